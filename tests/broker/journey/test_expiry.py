"""Logins that nobody finished: each ends once, when its time is over, with the right word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from broker.downstream import RefusalCode
from broker.journey import expiry, login_store
from broker.journey.expiry import DONE, MARGIN_SECONDS
from broker.journey.login import Ended, Login, Stopped
from broker.journey.login_store import WAITS_SECONDS
from broker.runtime import Runtime
from state import audit
from state.audit import EventTag
from tests.broker.facts import LOGIN, a_process, a_runtime
from tests.clocks import START, FakeClock

LATER = 15 * 60  # seconds until the login runs out


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rt(session: Session, clock: FakeClock) -> Runtime:
    return a_runtime(session, clock=clock)


def begun(rt: Runtime, login: Login = LOGIN) -> None:
    rt.store.batch(login_store.first_put(login, rt.sealer, rt.clock()))


def endings(rt: Runtime) -> list[tuple[EventTag, str | None]]:
    """What the worker writes now."""
    before = len(audit.recent(rt.session))
    rt.session.rollback()
    expiry.end_expired(a_process(rt))
    found = [(event.tag, event.reason) for event in audit.recent(rt.session)]
    return found[: len(found) - before]


def test_a_login_ends_when_its_time_is_over_for_every_clock(rt: Runtime, clock: FakeClock) -> None:
    begun(rt)
    clock.advance(LATER)
    assert endings(rt) == []
    clock.advance(MARGIN_SECONDS)
    assert endings(rt) == []  # the second in which it runs out is not over yet
    clock.advance(1)
    assert endings(rt) == [(EventTag.LOGIN_EXPIRED, "login_expired")]
    clock.advance(60)
    assert endings(rt) == []


@pytest.mark.parametrize(
    ("change", "ending"),
    [
        ({}, (EventTag.LOGIN_EXPIRED, "login_expired")),
        ({"gave_way": True}, (EventTag.LOGIN_EXPIRED, "gave_way")),
        (
            {"stopped": Stopped(RefusalCode.MANDATE_MISSING, "mandate_missing")},
            (EventTag.LOGIN_REFUSED, "mandate_missing"),
        ),
        (
            {"ended": Ended(RefusalCode.NOT_ALLOWED, "other_person")},
            (EventTag.LOGIN_REFUSED, "other_person"),
        ),
        (
            {
                "ended": Ended(RefusalCode.NOT_ALLOWED, "other_person"),
                "stopped": Stopped(RefusalCode.MANDATE_MISSING, "mandate_missing"),
                "gave_way": True,
            },
            (EventTag.LOGIN_REFUSED, "other_person"),
        ),
    ],
)
def test_who_was_refused_and_went_away_was_refused(
    rt: Runtime, clock: FakeClock, change: dict[str, Any], ending: tuple[EventTag, str]
) -> None:
    begun(rt, replace(LOGIN, **change))
    clock.advance(LATER + MARGIN_SECONDS + 1)
    assert endings(rt) == [ending]


def test_what_remains_tells_its_browser_that_it_was_too_late(rt: Runtime, clock: FakeClock) -> None:
    begun(rt)
    clock.advance(LATER + MARGIN_SECONDS + 1)
    endings(rt)
    assert rt.store.get(login_store.key(LOGIN.id)) is None
    left = login_store.parse(rt.store.get(login_store.finished_key(LOGIN.id)), rt.sealer)
    assert left is not None and login_store.ran_out(left.login)


def test_a_login_that_was_finished_in_time_is_left_alone(rt: Runtime, clock: FakeClock) -> None:
    begun(rt)
    rt.store.take(login_store.key(LOGIN.id))
    clock.advance(LATER + MARGIN_SECONDS + 1)
    assert endings(rt) == []
    assert rt.store.get(login_store.finished_key(LOGIN.id)) is None


def test_a_login_that_was_given_more_time_does_not_end_by_its_old_list(
    rt: Runtime, clock: FakeClock
) -> None:
    begun(rt)
    longer = replace(LOGIN, expires_at=START + timedelta(hours=1))
    rt.store.put(login_store.key(LOGIN.id), login_store.dump(longer, rt.sealer), 7200)
    clock.advance(LATER + MARGIN_SECONDS + 1)
    assert endings(rt) == []
    assert rt.store.get(login_store.key(LOGIN.id)) is not None


def test_a_worker_that_was_away_ends_what_it_missed(rt: Runtime, clock: FakeClock) -> None:
    expiry.end_expired(a_process(rt))
    begun(rt)
    clock.advance(LATER + WAITS_SECONDS - 10)
    assert endings(rt) == [(EventTag.LOGIN_EXPIRED, "login_expired")]


def test_every_list_before_what_is_done_was_dealt_with(rt: Runtime, clock: FakeClock) -> None:
    clock.advance(1)
    expiry.end_expired(a_process(rt))
    assert rt.store.get(DONE) == str(int(clock().timestamp()) - MARGIN_SECONDS).encode()


def test_a_login_of_another_version_holds_up_no_other(rt: Runtime, clock: FakeClock) -> None:
    begun(rt, replace(LOGIN, id="0" * 26))
    rt.store.put(login_store.key("0" * 26), rt.sealer.seal(b"{}", login_store.CONTEXT), 3600)
    begun(rt)
    clock.advance(LATER + MARGIN_SECONDS + 1)
    assert endings(rt) == [(EventTag.LOGIN_EXPIRED, "login_expired")]
