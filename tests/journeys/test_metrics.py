"""Metrics after whole journeys: what an operator is told, and that nobody is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from admin.operations import management
from admin.operations.jobs import Job, run_due
from broker.monitoring import metrics, telemetry
from keys.certificates import VALID_FOR
from sandbox.browser import Browser
from sandbox.people import GUEST, PEOPLE
from sandbox.portal.clients import BODEM
from state.db import writing
from state.outbox import Message, enqueue
from tests.attacks.test_passkeys import asked, at_question, give_passkey
from tests.authenticator import PRESENT
from tests.broker.monitoring.test_logs import (
    is_told,
    replace_wire,
    secrets_of,
    spoil_everything,
    walk_every_way,
)
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.broker.recorder import Recorder
from tests.journeys.at_mijn import send_assertion
from tests.operators import later
from tests.world import World

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
LABELS = {
    *("service", "idp", "protocol", "result", "reason", "phase", "method", "grant", "owner", "use"),
    *("state", "channel", "job", "rule", "route", "status", "version", "le"),
    *("kind", "name", "party", "heard"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.export_to(exporter, at_once=True)
    yield exporter
    telemetry.stop_telemetry()


def scraped(world: World) -> str:
    answer = Client(management.application(world.process)).get("/metrics")
    assert answer.status_code == 200
    return answer.text


def samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    """The sum of the samples with these labels."""
    wanted = set(labels.items())
    return sum(v for (n, has), v in found.items() if n == name and wanted <= has)


def told_by(span: ReadableSpan) -> str:
    """All that a span says but its random identifiers."""
    said = json.loads(span.to_json())
    for random in ("context", "parent_id"):
        said.pop(random)
    return json.dumps(said)


def test_L_01_neither_labels_nor_spans_name_anybody(
    world: World, spans: InMemorySpanExporter
) -> None:
    set_clock(world)
    recorder = Recorder(world.wire)
    world.process.outgoing.wire = recorder  # type: ignore[attr-defined]
    portal = Portal(world)
    walk_every_way(portal, lambda: Browser(wire=recorder))
    by_key = Portal(replace_wire(world, recorder), "by-key")
    by_key.tokens(by_key.log_in("mo", browser=Browser(wire=recorder))["code"])
    spoil_everything(portal, recorder)
    world.process.outgoing.wire = world.wire  # type: ignore[attr-defined]
    made = spans.get_finished_spans()
    text = "\n".join([scraped(world), *map(told_by, made)])
    assert {span.name for span in made} == {
        *("login", "saml.validate", "idp.call", "mandate.check", "token.issue")
    }
    for span in made:
        assert re.fullmatch("[0-9A-Z]{8}", str((span.attributes or {})["sluis.reference"]))
        assert set(span.attributes or {}) <= {"sluis.reference", "sluis.result"}
        assert not span.events
    assert {value for value in secrets_of(recorder) if is_told(value, text)} == set()
    for person in (*PEOPLE, GUEST):
        assert person.name not in text
        assert all(login.subject not in text for login in person.logins)
    for number in ("90001201", "90001542", "voorbeeld.example", "127.0.0.1", "eyJ"):
        assert number not in text
    for name, labels in samples(scraped(world)):
        assert {label for label, _ in labels} <= LABELS, name


def test_a_login_is_counted_and_timed(world: World) -> None:
    set_clock(world)
    before = samples(scraped(world))
    portal = Portal(world)
    portal.tokens(portal.code(scope=scope_of(BODEM)))
    portal.redeem("a code that nobody gave")
    at = portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    at.fill("fault", "wrong_audience")
    at.press("person", "jan")
    after = samples(scraped(world))

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    to = {"service": BODEM.uuid, "protocol": "oidc"}
    assert more("sluis_logins_total", idp="zekerweg", result="success", reason="", **to) == 1
    for phase in ("total", "idp", "answer", "token"):
        assert more("sluis_login_seconds_count", phase=phase) >= 1, phase
    assert more("sluis_token_requests_total", grant="authorization_code", result="ok") == 1
    assert more("sluis_token_requests_total", result="invalid_grant") == 1
    assert more("sluis_mandate_checks_total", result="ok") == 1
    rejected = {"protocol": "saml", "reason": "audience"}
    assert more("sluis_message_rejections_total", **rejected) == 1
    route = {"route": "/login/<login_id>", "method": "GET", "status": "200"}
    assert more("sluis_http_request_seconds_count", **route) >= 1
    assert value(after, "sluis_idp_up", idp="zekerweg") == 1


def test_a_second_factor_is_counted_by_its_kind_and_outcome(world: World) -> None:
    set_clock(world)
    portal, before = Portal(world), samples(scraped(world))
    device = give_passkey(portal, "roos")
    browser = at_question(portal, heading="Vul de code uit uw app in")
    browser.fill("code", "000000")
    browser.click("Ga verder")
    browser.click("Gebruik een passkey")
    send_assertion(browser, device.get(asked(browser), flags=PRESENT))
    send_assertion(browser, device.get(asked(browser)))
    after = samples(scraped(world))
    for method, result in (("totp", "wrong"), ("passkey", "wrong"), ("passkey", "accepted")):
        wanted = {"method": method, "result": result}
        counted = [value(found, "sluis_stepup_total", **wanted) for found in (before, after)]
        assert counted[1] - counted[0] == 1, wanted


def test_what_lies_in_the_database_is_read_when_it_is_asked(world: World) -> None:
    set_clock(world)
    found = samples(scraped(world))
    assert value(found, "sluis_signing_keys", use="oidc_signing", state="active") == 2
    for use in ("oidc_signing", "saml_signing", "saml_encryption", "client_signing"):
        states = ("active", "next", "retiring")
        assert sum(value(found, "sluis_signing_keys", use=use, state=s) for s in states) >= 1
    now = world.clock().timestamp()
    name = "sluis_certificate_expiry_timestamp_seconds"
    assert value(found, name, owner="sluis", use="saml_signing") > now
    assert value(found, name, owner="polderpoort", use="signing") > now
    alarm = "sluis_certificate_alarm_days"
    assert value(found, alarm, owner="sluis", use="saml_signing") == 0
    with later(world, days=VALID_FOR.days - 5):
        ending = samples(scraped(world))
    assert value(ending, alarm, owner="sluis", use="saml_signing") == 7
    assert value(found, "sluis_build_info") == 1
    pending = value(found, "sluis_outbox_pending", channel="mail")
    message = Message("mail", "jan@voorbeeld.example", "Hallo", "Dag", "AAAA0000")
    with world.session() as session, writing(session):
        enqueue(session, world.process.sealer, message, world.clock() - timedelta(seconds=400))
    found = samples(scraped(world))
    assert value(found, "sluis_outbox_pending", channel="mail") == pending + 1
    assert value(found, "sluis_outbox_oldest_seconds", channel="mail") >= 400
    world.deliver_mail()
    found = samples(scraped(world))
    assert value(found, "sluis_outbox_pending", channel="mail") == 0
    assert value(found, "sluis_outbox_oldest_seconds", channel="mail") == 0


def test_a_job_is_told_when_it_did_its_work_and_not_when_it_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError

    jobs = (
        Job("fails", timedelta(hours=1), fail),
        Job("works", timedelta(hours=1), lambda _: None),
    )
    monkeypatch.setattr("admin.operations.readings.JOBS", jobs)
    run_due(world.process, jobs, {})
    found = samples(scraped(world))
    name = "sluis_job_last_success_timestamp_seconds"
    assert abs(value(found, name, job="works") - world.clock().timestamp()) < 1
    since = world.process.started_at.timestamp()  # so that one that never worked is missed, too
    assert value(found, name, job="fails") == since < value(found, name, job="works")
    assert value(found, "sluis_job_interval_seconds", job="fails") == 3600
    assert value(found, "sluis_worker_last_beat_timestamp_seconds") == since


def test_the_number_of_series_does_not_grow_with_what_strangers_send(world: World) -> None:
    set_clock(world)
    portal = Portal(world)

    def send(mark: str) -> None:
        wire = world.wire
        for path in (f"/login/{mark}", f"/{mark}", f"/oidc/callback/{mark}", f"/static/{mark}"):
            wire.request("GET", ISSUER + path)
            wire.request(f"FOO{mark}"[:12], ISSUER + path)
        portal.ask(portal.request(client_id=mark, scope=mark))
        portal.token({"client_id": mark, "grant_type": mark, "code": mark})

    def shape() -> set[tuple[str, frozenset[tuple[str, str]]]]:
        return set(samples(scraped(world)))

    send("first")
    before = shape()
    for number in range(30):
        send(f"stranger{number}")
    assert shape() == before
    assert "stranger" not in scraped(world)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (None, ""),
        ("wrong_audience", "wrong_audience"),
        ("a b", "other"),
        ("x" * 100, "other"),
        ("é", "other"),
        ('a"}', "other"),
    ],
)
def test_a_label_is_a_word_or_nothing(text: str | None, label: str) -> None:
    assert metrics.word(text) == label


def test_there_is_a_most_number_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_seen", {"known"})
    monkeypatch.setattr(metrics, "MOST_WORDS", 3)
    told = {metrics.word(f"word{number}") for number in range(100)} | {metrics.word("known")}
    assert told == {"known", "word0", "word1", "other"}


def test_the_management_address_has_nothing_else_and_changes_nothing(world: World) -> None:
    client = Client(management.application(world.process))
    for path in ("/", "/metrics/", "/health", "/health/live/../ready", "/.git/config"):
        assert client.get(path).status_code == 404
    assert client.post("/metrics").status_code == 404
    assert client.head("/metrics").data == b""


def test_what_cannot_be_read_is_left_out_and_the_rest_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OSError

    set_clock(world)
    monkeypatch.setattr("admin.operations.readings.outbox.waiting", away)
    found = {name for name, _ in samples(scraped(world))}
    assert "sluis_outbox_pending" not in found
    assert {"sluis_signing_keys", "sluis_build_info"} <= found
