"""What runs of people: what was not ended, of whom, in which browser, and where it led to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from broker.console.downstream import idle_key, use_of
from broker.console.running_sessions import RunningSession, running, with_places
from broker.downstream import NewGrant
from broker.runtime import Runtime
from broker.sso import grants
from broker.sso.grants import Participant
from broker.sso.session import session_limits
from directory.consoles import BEHEER, MINE
from directory.people import Person
from providers.login_facts import LoginFacts, stored
from state.db import writing
from tests.broker.facts import IDENTITY, PORTAL, UUID, a_process, a_runtime
from tests.clocks import START, FakeClock

SESSION, GRANT = "0" * 26, "1" * 26
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rt(session: Session, clock: FakeClock, roos: Person) -> Runtime:
    with writing(session):
        session.add(Person(id="mo", display_name="Mo", created_at=START))
    return a_runtime(session, clock=clock)


def in_browser(rt: Runtime, name: str = SESSION, person_id: str = "roos", **facts: Any) -> str:
    identity = replace(IDENTITY, **facts)
    with writing(rt.session) as sql:
        session_lifetime.start(
            sql,
            rt.sealer,
            identifier=name,
            person_id=person_id,
            group=None,
            facts=stored(LoginFacts(identity, UUID, None)),
            limits=session_limits(rt),
            now=rt.clock(),
            browser="Firefox/Windows",
        )
    return name


def at_console(rt: Runtime, name: str = GRANT, person_id: str = "roos", **more: Any) -> str:
    held = NewGrant(name, MINE.client_id, person_id, MINE.service.uuid, rt.clock() + 8 * HOUR, None)
    with writing(rt.session) as sql:
        grants.insert(sql, replace(held, **more), rt.clock(), browser="/iPad", provider_id="polder")
    rt.store.put(idle_key(name), b"1", 15 * 60)
    return name


def ids(found: Any) -> list[str]:
    return [one.id for one in found]


def test_both_kinds_are_told_with_browser_makelaar_and_time(rt: Runtime, clock: FakeClock) -> None:
    at_console(rt)
    clock.advance(60)
    in_browser(rt)
    assert running(rt.session, rt, person_id="roos") == [
        RunningSession(
            id=SESSION,
            person_id="roos",
            is_console=False,
            browser="Firefox/Windows",
            provider_id=IDENTITY.provider_id,
            since=START + MINUTE,
            last_used=START + MINUTE,
        ),
        RunningSession(
            id=GRANT,
            person_id="roos",
            is_console=True,
            browser="/iPad",
            provider_id="polder",
            since=START,
            last_used=None,  # not since it began
            places=(Participant(MINE.client_id, "roos", MINE.service.uuid),),
        ),
    ]


def test_what_was_used_last_stands_first(rt: Runtime, clock: FakeClock) -> None:
    in_browser(rt)
    at_console(rt)
    clock.advance(60)
    rt.store.put(idle_key(GRANT), use_of(clock()), 60)
    first, second = running(rt.session, rt)
    assert (first.id, first.last_used) == (GRANT, START + MINUTE)
    assert (second.id, second.last_used) == (SESSION, START)


def test_what_ended_or_is_over_does_not_run(rt: Runtime, clock: FakeClock) -> None:
    in_browser(rt, "a" * 26)
    at_console(rt, "b" * 26)
    in_browser(rt, "c" * 26)
    at_console(rt, "d" * 26)
    at_console(rt, "e" * 26, expires_at=START + MINUTE)
    with writing(rt.session) as sql:
        session_lifetime.end(sql, "a" * 26, "logged_out", START)
        grants.revoke(sql, "b" * 26, START)
    clock.advance(60)
    assert set(ids(running(rt.session, rt))) == {"c" * 26, "d" * 26}
    clock.advance(session_limits(rt).absolute.total_seconds())
    assert running(rt.session, rt) == []


def test_what_a_portal_holds_is_no_session_of_its_own(rt: Runtime) -> None:
    at_console(rt, "p" * 26, client_id=PORTAL.client_id, service_uuid=UUID)
    assert running(rt.session, rt) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"r1", "r2", "m1", "m2"}),
        ({"person_id": "roos"}, {"r1", "r2"}),
        ({"person_id": "nobody"}, set()),
        ({"provider_id": "polder"}, {"r1", "r2", "m2"}),
        ({"provider_id": "other"}, {"m1"}),
        ({"person_id": "mo", "provider_id": "polder"}, {"m2"}),
    ],
)
def test_who_is_asked_for_is_told_and_nobody_else(
    rt: Runtime, wanted: dict[str, str], found: set[str]
) -> None:
    in_browser(rt, "r1")
    at_console(rt, "r2")
    in_browser(rt, "m1", "mo", provider_id="other")
    at_console(rt, "m2", "mo")
    assert set(ids(running(rt.session, rt, **wanted))) == found


def test_a_session_without_use_is_told_as_such_and_a_console_is_over(
    rt: Runtime, clock: FakeClock
) -> None:
    in_browser(rt)
    at_console(rt)
    idle = session_limits(rt).idle
    clock.now = START + idle - timedelta(seconds=1)
    assert [(one.id, one.is_idle) for one in running(rt.session, rt)] == [(SESSION, False)]
    clock.now = START + idle
    assert [(one.id, one.is_idle) for one in running(rt.session, rt)] == [(SESSION, True)]


def test_who_does_not_see_when_consoles_are_used_counts_them_for_their_hours(
    rt: Runtime, clock: FakeClock
) -> None:
    at_console(rt)
    clock.advance(7 * 3600)
    assert running(rt.session, a_process(rt)) == []
    (found,) = running(rt.session, a_process(rt), shares_store=False)
    assert (found.id, found.last_used) == (GRANT, None)


def test_of_each_kind_no_more_than_asked(rt: Runtime, clock: FakeClock) -> None:
    for number in range(3):
        in_browser(rt, f"s{number}")
        at_console(rt, f"g{number}")
        clock.advance(1)
    assert set(ids(running(rt.session, rt, most=1))) == {"s2", "g2"}


def test_where_a_session_led_to_is_told_once_each(rt: Runtime) -> None:
    in_browser(rt)
    in_browser(rt, "unused")
    at_console(rt)
    for name, client in (("one", "portaal"), ("again", "portaal"), ("two", "other")):
        held = NewGrant(name, client, "roos", UUID, START + HOUR, SESSION)
        with writing(rt.session) as sql:
            grants.insert(sql, held, START)
    places = {one.id: one.places for one in with_places(rt.session, running(rt.session, rt))}
    assert places["unused"] == ()
    assert [one.client_id for one in places[GRANT]] == [MINE.client_id]
    assert sorted(one.client_id for one in places[SESSION]) == ["other", "portaal"]


def test_facts_that_cannot_be_opened_hide_no_session(rt: Runtime) -> None:
    in_browser(rt)
    with writing(rt.session) as sql:
        sql.get_one(session_lifetime.BrowserSession, SESSION).facts = b"not sealed by us"
    (found,) = running(rt.session, rt)
    assert (found.id, found.provider_id) == (SESSION, None)


def test_a_session_of_a_time_to_come_is_none_of_ours(rt: Runtime) -> None:
    at_console(rt, client_id=BEHEER.client_id)
    later: datetime = START - HOUR
    assert grants.at_consoles(rt.session, later) == []
    assert len(grants.at_consoles(rt.session, START)) == 1
