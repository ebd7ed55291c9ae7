"""How much time an earlier login gives to the next, and when who they are is asked once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from assurance.levels import AssuranceLevel
from assurance.session_reuse import AskedAgain, Obstacle
from broker.journey import single_sign_on
from broker.journey.flow import Step, open_row
from broker.journey.login_methods import LoginMethod
from broker.sso.session import session_limits
from providers.accounts import PROVIDER_ID
from state.db import writing
from tests.broker.examples import an_authority
from tests.broker.facts import IDENTITY, a_context, a_login, a_service, asking
from tests.broker.journey.earlier_login import (
    PERIOD,
    REUSES,
    SESSION_ID,
    asked,
    logged_in,
    running,
    somebody_known,
)
from tests.clocks import START, FakeClock

L = AssuranceLevel


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START + timedelta(minutes=5))


@pytest.fixture
def known(session: Session) -> str:
    return somebody_known(session)


def test_an_earlier_login_answers_as_long_as_its_session_lasts(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    cookie = logged_in(rt, known)
    clock.advance(60 * 20)  # 25 minutes after it began, 5 before it is over unless it is used
    login = asked(rt, cookie, a_login(created_at=clock(), expires_at=clock() + PERIOD))
    assert login.expires_at == START + timedelta(minutes=30)
    assert login.session_until == START + session_limits(rt).absolute
    assert login.judged_at == clock()
    clock.advance(60 * 4)
    more = single_sign_on.with_more_time(rt, login, clock())
    assert more.expires_at == clock() + PERIOD
    clock.advance(60 * 14)  # 43 minutes after it began: more time was a use of it
    with writing(rt.session) as sql:
        limits = session_limits(rt)
        assert session_lifetime.use(sql, SESSION_ID, limits=limits, now=clock()) is not None


def test_more_time_where_the_session_ended_asks_the_makelaar_once_more(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    login = replace(asked(rt, logged_in(rt, known)), consent="seen")
    with writing(rt.session) as sql:
        session_lifetime.end(sql, SESSION_ID, "logged_out", clock())
    clock.advance(60 * 2)
    more = single_sign_on.with_more_time(rt, login, clock())
    assert (more.session_id, more.session_until, more.identity) == (None, None, None)
    assert (more.must_be, more.consent) == (known, "seen")
    assert more.asked_again == AskedAgain(Obstacle.OVER)
    assert more.expires_at == clock() + PERIOD


def test_a_login_that_has_a_whole_period_uses_no_session(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    login = replace(asked(rt, logged_in(rt, known)), expires_at=clock() + PERIOD)
    with writing(rt.session) as sql:
        session_lifetime.end(sql, SESSION_ID, "logged_out", clock())
    assert single_sign_on.with_more_time(rt, login, clock()) == login


@pytest.mark.parametrize("asserts", [False, True])
def test_what_is_too_old_is_shown_once_more_and_answers_stay(
    session: Session, clock: FakeClock, known: str, asserts: bool
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    authority = an_authority()
    login = a_login(
        asking(max_age=60),
        identity=replace(IDENTITY, authority=(authority,) if asserts else ()),
        judged_at=START,
        person_id=known,
        authority=authority,
        authority_settled=True,
        consent="seen",
    )
    assert single_sign_on.with_fresh_proof(rt, login, START + timedelta(minutes=14)) is login
    after = single_sign_on.with_fresh_proof(rt, login, START + PERIOD)
    assert (after.identity, after.person_id, after.must_be) == (None, None, known)
    assert (after.consent, after.asked_again) == ("seen", AskedAgain(Obstacle.TOO_OLD, 60))
    # What a makelaar said on whose behalf went with what it said.
    assert (after.authority_settled, after.authority is None) == (not asserts, asserts)


@pytest.mark.parametrize(
    ("method", "asks"),
    [(LoginMethod.MAKELAAR, Step.AUTHENTICATE), (LoginMethod.ACCOUNT, Step.GIVE_PASSWORD)],
)
def test_who_logged_in_too_long_ago_does_so_in_the_same_way(
    session: Session, clock: FakeClock, known: str, method: LoginMethod, asks: Step
) -> None:
    rt = running(session, clock, a_service(level="EH2", own_means=True))
    provider = IDENTITY.provider_id if method is LoginMethod.MAKELAAR else PROVIDER_ID
    login = a_login(
        asking(max_age=60, level=L.EH2),
        method=method,
        provider_id=provider,
        identity=replace(IDENTITY, provider_id=provider),
        judged_at=START,
        person_id=known,
    )
    after = single_sign_on.with_fresh_proof(rt, login, START + PERIOD)
    assert open_row(after, a_context(rt, after)).step is asks
