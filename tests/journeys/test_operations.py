"""What an operator relies on: health, a trace for every login, registrations that take effect."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from admin.cli import main
from admin.cli.tracing import explain_login
from admin.operations import management
from broker import configuration
from broker.monitoring import heartbeat, metrics
from sandbox.wire import Answer
from state import audit
from state.audit import EventTag
from state.ephemeral import StoreUnavailable
from tests.world import World

BODEM = "Meldportaal Bodem"
REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def health(world: World, name: str) -> Answer:
    return world.wire.request("GET", f"{world.demo.addresses.broker}/health/{name}")


def checks(world: World, name: str = "ready") -> tuple[int, dict[str, str]]:
    """What the management address says: status, and each check by name."""
    answer = Client(management.application(world.process)).get(f"/health/{name}")
    found: dict[str, str] = (answer.json or {})["checks"]
    return answer.status_code, found


def alarms(world: World) -> dict[str, str]:
    answer = Client(management.application(world.process)).get("/health/ready")
    found: dict[str, str] = (answer.json or {})["alarms"]
    return found


def test_a_healthy_process_is_live_and_ready(world: World) -> None:
    assert health(world, "live").status == 200
    ready = health(world, "ready")
    assert (ready.status, ready.json()) == (200, {"status": "ok"})
    for name in ("live", "started", "ready"):
        status, named = checks(world, name)
        assert status == 200 and set(named.values()) == {"ok"}, named
    assert set(named) == {
        *("database", "schema", "store", "configuration", "keys", "clock", "staying")
    }
    assert alarms(world) == {"worker": "ok", "clocks": "ok"}


def test_without_its_store_it_is_live_and_not_ready(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(own_world.process.store, "ping", down)
    monkeypatch.setattr(own_world.process.store, "batch", down)
    assert health(own_world, "live").status == 200
    ready = health(own_world, "ready")
    assert (ready.status, ready.json()) == (503, {"status": "failed"})
    status, named = checks(own_world)
    assert (status, named["store"], named["database"]) == (503, "failed", "ok")
    page = own_world.walk(BODEM, "Polderpoort", "jan").run()
    assert (page.status, page.heading) == (503, "Er is een storing")
    assert REFERENCE.search(page.text)


def test_on_tables_of_another_version_it_is_not_ready(own_world: World) -> None:
    with own_world.process.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert health(own_world, "ready").status == 503
    assert checks(own_world)[1]["schema"] == "failed"
    assert checks(own_world, "started")[0] == 503


def test_registrations_that_could_not_be_read_for_a_minute_are_not_trusted(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: object) -> int:
        raise OperationalError("SELECT", {}, Exception("database is away"))

    own_world.walk(BODEM, "Polderpoort", "jan").run()  # the good twin
    with monkeypatch.context() as patch:
        patch.setattr(configuration, "current_revision", unreadable)
        own_world.clock.advance(59)
        assert health(own_world, "ready").status == 200
        own_world.clock.advance(2)
        assert health(own_world, "ready").status == 503
        assert checks(own_world)[1]["configuration"] == "failed"
        assert own_world.walk(BODEM, "Polderpoort", "jan").run().status == 503
    assert health(own_world, "ready").status == 200


def test_a_worker_that_fell_silent_is_an_alarm_and_logins_go_on(own_world: World) -> None:
    """Every instance would be taken out at once, though all of them serve."""
    store, now = own_world.process.store, own_world.clock()
    heartbeat.beat(store, now - timedelta(seconds=110))
    assert alarms(own_world)["worker"] == "ok"
    heartbeat.beat(store, now - timedelta(seconds=130))
    assert alarms(own_world)["worker"] == "failed"
    assert checks(own_world)[0] == health(own_world, "ready").status == 200
    page = own_world.walk(BODEM, "Polderpoort", "jan").run()
    assert page.url.startswith(own_world.demo.addresses.portal)
    heartbeat.beat(store, now)
    assert alarms(own_world)["worker"] == "ok"


def test_a_worker_that_never_lived_is_missed_once_it_had_time_to_come_up(own_world: World) -> None:
    own_world.clock.now = own_world.process.started_at + heartbeat.SILENT_AFTER
    assert alarms(own_world)["worker"] == "ok"
    own_world.clock.advance(1)
    assert alarms(own_world)["worker"] == "failed"
    heartbeat.beat(own_world.process.store, own_world.clock())
    assert alarms(own_world)["worker"] == "ok"


def test_X_08_a_worker_that_beat_before_the_clock_was_set_back_is_missed(own_world: World) -> None:
    heartbeat.beat(own_world.process.store, own_world.clock())
    own_world.clock.advance(-3600)
    assert alarms(own_world)["worker"] == "failed"
    heartbeat.beat(own_world.process.store, own_world.clock())
    assert alarms(own_world)["worker"] == "ok"


def test_a_makelaar_that_is_down_does_not_make_us_unready(own_world: World) -> None:
    own_world.wire.down.add(urlsplit(own_world.demo.addresses.makelaars).netloc)
    page = own_world.walk(BODEM, "Zekerweg", "liv").run()
    assert page.status == 503
    assert checks(own_world)[0] == 200
    told = Client(management.application(own_world.process)).get("/metrics").text
    assert 'sluis_idp_up{idp="zekerweg"} 0.0' in told


def _errors() -> float:
    return sum(one.value for one in metrics.ERRORS.collect()[0].samples if "_total" in one.name)


def test_a_makelaar_that_is_down_is_no_error_of_ours(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both pages have status 503; SluisErrors wakes somebody up for one of them."""
    before = _errors()
    own_world.wire.down.add(urlsplit(own_world.demo.addresses.makelaars).netloc)
    page = own_world.walk(BODEM, "Zekerweg", "liv").run()
    assert (page.status, _errors()) == (503, before)

    def gone(*_: object) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(type(own_world.process.store), "get", gone)
    answer = own_world.app.test_client().get(f"{own_world.demo.addresses.broker}/login/{'a' * 26}")
    assert (answer.status_code, _errors()) == (503, before + 1)


def trace_of(world: World, reference: str) -> str:
    lines = explain_login(world.process.settings, reference)
    assert lines is not None
    return "\n".join(lines)


def last_reference(world: World, tag: EventTag) -> str:
    with world.session() as session:
        found = audit.recent(session, tags=[tag], limit=1)[0].reference
    assert found is not None
    return found


def test_a_login_that_succeeded_can_be_explained(world: World) -> None:
    world.walk(BODEM, "Polderpoort", "jan").run()
    told = trace_of(world, last_reference(world, EventTag.LOGIN_SUCCEEDED))
    for word in (
        *(
            "Succeeded",
            "EH3",
            "Register holder portal (bronhouderportaal)",
            "Polderpoort (polderpoort)",
        ),
        *("Answer of the identity provider", "Checked and in order"),
    ):
        assert word in told, word
    for secret in ("Jan", "Vries", "90001201", "pp-jan"):
        assert secret not in told


def test_a_login_that_was_refused_can_be_explained_with_the_code_of_its_page(
    world: World,
) -> None:
    page = world.walk(BODEM, "Polderpoort", "jan", fault="wrong_audience").run()
    shown = REFERENCE.search(page.text)
    assert shown is not None
    lines = explain_login(world.process.settings, shown.group())
    assert lines is not None
    assert "audience" in "\n".join(lines)
    assert explain_login(world.process.settings, "0000-0000") is None


def test_the_trace_command_reads_the_code_as_people_type_it(world: World) -> None:
    world.walk(BODEM, "Polderpoort", "jan").run()
    reference = last_reference(world, EventTag.LOGIN_SUCCEEDED)
    typed = f"{reference[:4].lower()} {reference[4:].lower()}"
    done = CliRunner().invoke(main, ["--config", str(world.demo.config), "trace", typed])
    assert done.exit_code == 0, done.output
    assert f"{reference[:4]}-{reference[4:]}" in done.output


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        (lambda t: t.replace("state: live", "state: paused"), "Nu niet beschikbaar"),
        (lambda t: t.replace("level_ceiling: EH3", "level_ceiling: EH2"), "Niet mogelijk"),
    ],
)
def test_a_changed_registration_holds_for_the_next_login(
    own_world: World, change: Callable[[str], str], pages: str
) -> None:
    document = (
        "kind: IdentityProvider\nid: zekerweg\nname: Zekerweg\nlevel_ceiling: EH3\nstate: live\n"
        f"oidc: {{issuer: {own_world.demo.addresses.makelaars}/zekerweg, client_id: sluis-demo}}\n"
    )
    own_world.apply(document)
    assert own_world.walk(BODEM, "Zekerweg", "liv").run().heading == "U bent ingelogd"
    own_world.apply(change(document))
    browser = own_world.browser()
    browser.open(own_world.demo.addresses.portal + "/")
    assert pages in browser.click(BODEM).text


def test_a_login_leaves_one_event_one_trace_and_one_line_of_history(own_world: World) -> None:
    own_world.walk(BODEM, "Polderpoort", "jan").run()
    with own_world.session() as session:
        for table, number in (("trace", 1), ("login_history", 1), ('"grant"', 1)):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == number
        assert len(audit.recent(session, tags=[EventTag.LOGIN_SUCCEEDED])) == 1
