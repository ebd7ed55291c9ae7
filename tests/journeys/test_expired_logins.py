"""Logins that nobody finishes: each gets its ending once, written by the worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from broker.journey import login_store
from broker.journey.expiry import end_expired
from directory.history import HistoryEntry
from sandbox.browser import Browser
from state import audit, trace_search
from state.audit import AuditEvent, EventTag
from state.ephemeral import Get
from state.trace import TraceRecord
from state.trace_search import Wanted
from tests.servers import redis_url
from tests.world import World, make_world

__all__ = ["redis_url"]
BODEM = "Meldportaal Bodem"


@pytest.fixture(params=["memory", "sql", "redis"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    kind: str = request.param
    url = f"{kind}:"
    if kind == "redis":
        url = request.getfixturevalue("redis_url")
        with Redis.from_url(url) as client:
            client.flushall()
    return make_world(tmp_path, store={"url": url})


def begin(world: World) -> tuple[Browser, str]:
    """A login that stands at the choice of the makelaar; its browser and address."""
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    return browser, browser.click(BODEM).url


def run_out(world: World) -> None:
    world.clock.advance(world.process.settings.login.transaction_minutes * 60 + 5)


def endings(world: World) -> list[AuditEvent]:
    with world.session() as session:
        return audit.recent(session, tags=[EventTag.LOGIN_EXPIRED, EventTag.LOGIN_REFUSED])


def traces(world: World) -> list[TraceRecord]:
    with world.session() as session:
        return [one.record for one in trace_search.newest(session, Wanted(), limit=50)]


def test_a_login_that_ran_out_has_its_event_and_its_trace(world: World) -> None:
    begin(world)
    end_expired(world.process)
    assert endings(world) == []
    run_out(world)
    end_expired(world.process)
    [event] = endings(world)
    assert (event.tag, event.outcome, event.reason) == (
        EventTag.LOGIN_EXPIRED,
        "expired",
        "login_expired",
    )
    [record] = traces(world)
    assert (record.reference, record.outcome) == (event.reference, "expired")
    assert record.steps[-1].step == "ended"
    world.clock.advance(10)
    end_expired(world.process)
    assert len(endings(world)) == len(traces(world)) == 1


def test_a_login_that_ran_out_can_not_be_continued(world: World) -> None:
    browser, address = begin(world)
    run_out(world)
    assert browser.open(address).heading == "Inloggen duurde te lang"
    end_expired(world.process)
    assert len(endings(world)) == 1


def test_a_login_that_succeeded_gets_no_second_ending(world: World) -> None:
    assert world.walk(BODEM, "Polderpoort", "jan").run().heading == "U bent ingelogd"
    run_out(world)
    end_expired(world.process)
    assert endings(world) == []
    assert [record.outcome for record in traces(world)] == ["success"]


def test_who_was_refused_and_never_came_back_was_refused(world: World) -> None:
    world.walk(BODEM, "Polderpoort", "jan", fault="wrong_audience").run()
    run_out(world)
    end_expired(world.process)
    [event] = endings(world)
    assert (event.tag, event.reason) == (EventTag.LOGIN_REFUSED, "audience")


def test_workers_write_each_ending_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes where the first has read the list and not yet taken anything."""
    for _ in range(3):
        begin(world)
    run_out(world)
    batch, nested = world.process.store.batch, list[bool]()

    def interrupted(operations: object) -> object:
        found = batch(operations)  # type: ignore[arg-type]
        if not nested and any(
            isinstance(o, Get) and o.key.startswith("login:")
            for o in operations  # type: ignore[attr-defined]
        ):
            nested.append(True)
            end_expired(world.process)
        return found

    monkeypatch.setattr(world.process.store, "batch", interrupted)
    end_expired(world.process)
    assert nested
    assert len(endings(world)) == len(traces(world)) == 3


def test_a_worker_that_dies_halfway_leaves_the_rest_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(world)
    begin(world)
    run_out(world)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("broker.journey.expiry.instrumentation.login_ended", die)
        with pytest.raises(KeyboardInterrupt):
            end_expired(world.process)
    assert len(endings(world)) == 1
    end_expired(world.process)
    assert len(endings(world)) == 2


def test_after_a_night_without_worker_the_last_hour_is_written(world: World) -> None:
    begin(world)
    run_out(world)
    world.clock.advance(login_store.WAITS_SECONDS - 600)
    end_expired(world.process)
    assert len(endings(world)) == 1


def test_a_person_sees_a_login_that_ran_out(world: World) -> None:
    """It stood at the question for a code."""
    world.walk("Lozing melden", "Brugwacht", "yara").run()
    run_out(world)
    end_expired(world.process)
    with world.session() as session:
        [row] = session.scalars(select(HistoryEntry)).all()
    assert (row.outcome, row.level, row.provider_id) == ("expired", None, "brugwacht")
