"""How long a login may take, and what in it never gets longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from assurance.levels import AssuranceLevel
from broker.journey import login_time
from providers.interface import Remembered
from tests.broker.facts import IDENTITY, a_login, asking
from tests.clocks import START

MINUTES = 15
PERIOD = timedelta(minutes=MINUTES)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        (0, 15),  # it was given whole just now
        (0.5, 15),
        (2, 17),
        (14.9, 29.9),
    ],
)
def test_more_time_is_a_whole_period_from_now(asked: float, ends: float) -> None:
    login = login_time.with_more_time(a_login(), at(asked), MINUTES)
    assert login.expires_at == at(ends)


def test_it_can_be_asked_ten_times_and_then_there_is_none() -> None:
    """Ten times at least, also for who asks at the last moment (WCAG 2.2, 2.2.1)."""
    login, times = a_login(), 0
    while login_time.may_get_more(login, MINUTES):
        before = login
        now = login.expires_at - timedelta(seconds=20)
        login = login_time.with_more_time(login, now, MINUTES)
        assert login.expires_at > before.expires_at
        times += 1
        assert times < 20
    assert times >= 10
    assert login.expires_at == login_time.latest_end(login, MINUTES) == START + 11 * PERIOD
    late = login.expires_at - timedelta(seconds=20)
    assert login_time.with_more_time(login, late, MINUTES) == login


def test_a_setting_that_was_lowered_takes_no_time_back_and_gives_none() -> None:
    login = a_login(expires_at=at(100))
    assert login_time.with_more_time(login, at(99), 5) == login
    assert not login_time.may_get_more(login, 5)


@pytest.mark.parametrize(
    ("most", "session_until", "ends"),
    [
        (100, None, 29),
        (20, None, 20),  # the session that answered is over by then, unless it is used again
        (10, None, 15),  # nothing is taken back
        (100, 25, 25),  # and its last end is one of the login
        (100, 10, 15),
    ],
)
def test_a_login_lasts_no_longer_than_the_session_that_answered(
    most: float, session_until: float | None, ends: float
) -> None:
    until = at(session_until) if session_until is not None else None
    login = login_time.with_more_time(a_login(session_until=until), at(14), MINUTES, most=at(most))
    assert login.expires_at == at(ends)


@pytest.mark.parametrize(
    ("max_age", "proved", "judged", "now", "is_too_old"),
    [
        (None, 0, 0, 160, False),  # the portal asks no age
        (60, 0, 0, 14.9, False),  # one period, for whoever reads and answers
        (60, 0, 0, 15, True),
        (60, -5, 3, 17.9, False),  # from when it came here and was found fresh enough
        (60, -5, 3, 18, True),
        (60, -5, None, 14.9, False),  # of a login that an earlier release began
        (60, -5, None, 15, True),
        (3600, 0, 0, 59.9, False),
        (3600, 0, 0, 60, True),
        (3600, -59, 0, 14.9, False),  # an earlier login answered: one period as well
        (3600, -59, 0, 15, True),
    ],
)
def test_what_was_proved_gets_too_old_where_the_portal_says_how_old(
    max_age: int | None, proved: float, judged: float | None, now: float, is_too_old: bool
) -> None:
    login = a_login(
        asking(max_age=max_age),
        identity=replace(IDENTITY, authenticated_at=at(proved)),
        judged_at=at(judged) if judged is not None else None,
        expires_at=at(165),
    )
    assert login_time.is_too_old(login, at(now), MINUTES) is is_too_old
    assert not login_time.is_too_old(replace(login, identity=None), at(now), MINUTES)


@pytest.mark.parametrize(
    ("given", "now", "counts"),
    [
        (1, 15.9, True),
        (1, 16, False),  # however long the login itself may take by now
        (-600, 14.9, True),  # an earlier login brought it; whether it may was judged at the start
        (-600, 15, False),
    ],
)
def test_a_factor_counts_for_one_period(given: float, now: float, counts: bool) -> None:
    login = a_login(expires_at=at(100))
    assert login_time.counts_still(login, at(given), at(now), MINUTES) is counts


@pytest.mark.parametrize(("now", "is_late"), [(74.9, False), (75, True)])
def test_an_answer_of_a_makelaar_is_awaited_for_one_period(now: float, is_late: bool) -> None:
    asked = Remembered("polder", "id", at(60), AssuranceLevel.EH3)
    assert login_time.is_late(asked, at(now), MINUTES) is is_late
