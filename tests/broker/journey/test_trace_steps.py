"""The trail of a login: every check with its outcome, its time and what was measured."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from admin.cli.tracing import explain_login
from broker.journey import trace_steps
from broker.journey.expiry import end_expired
from state import trace, trace_search
from state.trace import TraceRecord, TraceStep
from state.trace_search import Wanted
from tests.world import World, make_world

REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
BODEM = "Meldportaal Bodem"
WHOLE = (
    *("received", "client", "provider", "authenticate", "answer", "signature", "conditions"),
    *("level", "account", "means", "step-up", "mandate", "consent", "respond"),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def own_world(tmp_path: Path) -> World:
    """The clock of this one runs away from that of its makelaars."""
    return make_world(tmp_path)


def last(world: World) -> TraceRecord:
    with world.session() as session:
        return trace_search.newest(session, Wanted(), limit=1)[0].record


def refused(world: World, fault: str) -> TraceRecord:
    """The trace of a login whose answer was wrong like this, and whose user went away."""
    page = world.walk(BODEM, "Polderpoort", "jan", fault=fault).run()
    assert page.status == 400, page.text
    shown = REFERENCE.search(page.text)
    assert shown is not None
    world.clock.advance(1000)
    end_expired(world.process)
    with world.session() as session:
        record = trace.find(session, shown.group().replace("-", ""))
    assert record is not None
    return record


def steps(record: TraceRecord) -> dict[str, TraceStep]:
    return {step.step: step for step in record.steps}


def test_a_login_that_succeeded_tells_every_check(world: World) -> None:
    assert world.walk(BODEM, "Polderpoort", "jan").run().heading == "U bent ingelogd"
    record = last(world)
    found = steps(record)
    assert [name for name in WHOLE if name not in found] == []
    assert found["provider"].measured == {"provider": "polderpoort", "how": "chosen"}
    assert found["level"].measured == {"asked": "EH3", "given": "EH3"}
    assert found["conditions"].measured.keys() == {"login_age_seconds"}
    assert found["means"].measured == {"status": "active"}
    assert found["respond"].measured == {"given": "EH3"}
    times = [step.milliseconds for step in record.steps]
    assert times == sorted(times)


def test_times_count_from_the_start_of_the_login(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM)
    world.clock.advance(7)
    browser.click("Polderpoort")
    browser.press("person", "jan")
    browser.click("Geef niet door en ga terug")
    found = steps(last(world))
    assert found["received"].milliseconds == 0
    assert found["provider"].milliseconds == 7000
    assert (found["ended"].outcome, found["ended"].reason) == ("cancelled", "cancelled")


@pytest.mark.parametrize(
    ("fault", "at", "held", "measured"),
    [
        (
            "wrong_audience",
            "conditions",
            ["answer", "signature"],
            {"element", "seen", "expected"},
        ),
        (
            "clock_ahead",
            "answer",
            [],
            {"provider", "element", "clock_seconds", "allowed_seconds", "setting"},
        ),
        (
            "bad_signature",
            "signature",
            ["answer"],
            {"element", "keys", "signed_by", "trusted"},
        ),
    ],
)
def test_a_refused_answer_tells_what_held_and_what_did_not(
    own_world: World, fault: str, at: str, held: list[str], measured: set[str]
) -> None:
    record = refused(own_world, fault)
    found = steps(record)
    assert record.reason == found[at].reason
    assert found[at].outcome == "rejected"
    assert set(found[at].measured) == measured
    assert all(found[name].outcome == "accepted" for name in held)
    assert "level" not in found


def test_no_step_holds_anything_that_names_a_person(world: World) -> None:
    world.walk(BODEM, "Polderpoort", "jan").run()
    told = json.dumps([step.measured for step in last(world).steps], default=dict)
    for word in ("Jan", "Vries", "90001201", "pp-jan", "@"):
        assert word not in told


def test_the_command_tells_cause_remedy_and_measured_values(own_world: World) -> None:
    world = own_world
    reference = refused(world, "wrong_audience").reference
    english = "\n".join(explain_login(world.process.settings, reference) or [])
    for word in ("Cause", "Remedy", "Say", "Expected: http://localhost:8000", "Time, address"):
        assert word in english
    dutch = " ".join(" ".join(explain_login(world.process.settings, reference, "nl") or []).split())
    assert "Het antwoord is bedoeld voor " in dutch


def test_a_level_that_no_message_gave_says_nothing_of_a_signature() -> None:
    held = (trace_steps.SIGNATURE, trace_steps.CONDITIONS)
    assert trace_steps._held(trace_steps.LEVEL, "level_too_low", {"asked": "EH3"}) == ()
    assert trace_steps._held(trace_steps.LEVEL, "level_too_low", {"given": "EH2"}) == held
    assert trace_steps._held(trace_steps.LEVEL, "level_unknown", {"asked": "EH3"}) == held
