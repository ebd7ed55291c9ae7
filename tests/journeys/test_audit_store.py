"""L-03: where the audit cannot be written, what should have been audited does not happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from admin.cli.registering import apply_files
from state.db import WRITES
from tests.journeys.test_mandate_request import LOZING, _fatima_asks, _sanne
from tests.world import World

BODEM = "Meldportaal Bodem"
FULL = "CREATE TRIGGER full BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END"
TABLES = ("audit_event", '"grant"', "trace", "login_history", "session", "mandate", "outbox")


def run(world: World, statement: str) -> None:
    with world.process.engine.connect() as connection:
        connection.execution_options(**{WRITES: True})
        connection.execute(text(statement))
        connection.commit()


@contextmanager
def full(world: World) -> Iterator[None]:
    """The database takes everything but audit events."""
    run(world, FULL)
    yield
    run(world, "DROP TRIGGER full")


def counts(world: World) -> dict[str, int]:
    with world.session() as session:
        return {t: session.scalar(text(f"SELECT count(*) FROM {t}")) or 0 for t in TABLES}


def test_L_03_no_login_is_answered_without_its_event(own_world: World) -> None:
    before = counts(own_world)
    with full(own_world):
        page = own_world.walk(BODEM, "Polderpoort", "jan").run()
    assert page.status in (500, 503)
    assert counts(own_world) == {**before, "trace": before["trace"] + 1}  # of the page alone
    assert own_world.walk(BODEM, "Polderpoort", "jan").run().heading == "U bent ingelogd"
    assert counts(own_world)['"grant"'] == before['"grant"'] + 1


def test_L_03_no_mandate_is_given_without_its_event(own_world: World) -> None:
    world = own_world
    _fatima_asks(world)
    sanne = _sanne(world)
    sanne.click("Behandel het verzoek van Fatima Bouzid")
    page = sanne.click("Verder naar controleren")
    before = counts(world)
    with full(world):
        assert sanne.click("Leg 1 machtiging vast").status in (500, 503)
    assert counts(world) == {**before, "trace": before["trace"] + 1}  # of the page alone
    sanne.open(page.url)
    sanne.click("Leg 1 machtiging vast")
    assert counts(world)["mandate"] == before["mandate"] + 1
    assert world.walk(LOZING, "Veerhuis", "fatima").run().heading == "U bent ingelogd"


def test_L_03_no_registration_is_changed_without_its_event(own_world: World) -> None:
    changed = own_world.demo.registrations / "changed.yaml"
    changed.write_text(
        "kind: IdentityProvider\nid: zekerweg\nname: Zekerweg\nlevel_ceiling: EH2\nstate: paused\n"
        f"oidc: {{issuer: {own_world.demo.addresses.makelaars}/zekerweg, client_id: sluis-demo}}\n",
        encoding="utf-8",
    )
    with full(own_world):
        try:
            apply_files(own_world.process.settings, changed)
        except Exception as error:
            assert "full" in str(error)
        else:
            raise AssertionError("it was changed without an event")
    own_world.process.holder.refresh()
    assert own_world.process.holder.current.providers["zekerweg"].state == "live"
    apply_files(own_world.process.settings, changed)
    own_world.process.holder.refresh()
    assert own_world.process.holder.current.providers["zekerweg"].state == "paused"
