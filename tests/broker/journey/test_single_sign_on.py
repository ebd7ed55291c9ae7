"""When an earlier login of this browser answers, and what a login leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance import second_factor, session_lifetime
from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from assurance.session_reuse import AskedAgain, Obstacle
from broker.downstream import LoginRefused, NewGrant, Purpose, RefusalCode
from broker.journey import single_sign_on
from broker.journey.login import Ended, Login
from broker.journey.login_methods import LoginMethod
from broker.journey.single_sign_on import Plan
from broker.runtime import Runtime
from broker.sso import grants
from broker.web.cookies import SESSION
from directory.people import Person
from providers.accounts import PROVIDER_ID, Account
from providers.interface import Identity
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    LOGIN,
    PORTAL,
    UUID,
    a_configuration,
    a_context,
    a_login,
    a_request,
    a_runtime,
    a_service,
    asking,
)
from tests.broker.journey.earlier_login import (
    REUSES,
    SESSION_ID,
    SHARED,
    asked,
    judged,
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


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"request": asking(purpose=Purpose.CONSOLE)}, False),
        ({"session_asked": True}, False),
        ({"identity": IDENTITY}, False),
        ({"method": LoginMethod.MAKELAAR}, False),
        ({"provider_id": "polder"}, False),
        ({"departures": 1}, False),
        ({"ended": Ended(RefusalCode.CANCELLED, "cancelled")}, False),
    ],
)
def test_an_earlier_login_answers_only_before_anything_was_done(
    change: dict[str, Any], may: bool
) -> None:
    rt = a_runtime(configuration=a_configuration([a_service(**SHARED)]))
    login = replace(LOGIN, **change)
    assert single_sign_on.may_ask(login, a_context(rt, login)) is may


def test_a_service_that_accepts_no_sessions_asks_for_none() -> None:
    rt = a_runtime(configuration=a_configuration([a_service(session_group="bouw")]))
    assert not single_sign_on.may_ask(LOGIN, a_context(rt, LOGIN))


def test_an_earlier_login_answers_with_who_it_was(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    login = asked(rt, logged_in(rt, known))
    assert (login.identity, login.person_id) == (IDENTITY, known)
    assert (login.session_id, login.session_asked) == (SESSION_ID, True)
    assert (login.method, login.provider_id) == (LoginMethod.MAKELAAR, "polder")
    assert login.authority is None and not login.authority_settled


@pytest.mark.parametrize(
    ("service", "makelaar", "change", "why"),
    [
        ({**REUSES, "accepts_sessions_of": []}, {}, {}, Obstacle.NOT_ACCEPTED),
        ({**REUSES, "accepts_sessions_of": ["water"]}, {}, {}, Obstacle.OTHER_GROUP),
        ({**REUSES, "makelaars": ["zekerweg"]}, {}, {}, Obstacle.NOT_ADMITTED),
        (REUSES, {"state": "paused"}, {}, Obstacle.WORTHLESS),
        (REUSES, {"ceiling": L.EH2}, {}, Obstacle.NOT_ADMITTED),
        (REUSES, {"name": "zekerweg"}, {}, Obstacle.WORTHLESS),
        (
            {**REUSES, "mandate": "none"},
            {},
            {"request": asking(choose_again=True)},
            Obstacle.NOTHING_TO_CHOOSE,
        ),
    ],
)
def test_an_earlier_login_that_does_not_do_here_changes_nothing(
    session: Session,
    clock: FakeClock,
    known: str,
    service: dict[str, Any],
    makelaar: dict[str, Any],
    change: dict[str, Any],
    why: Obstacle,
) -> None:
    rt = running(session, clock, a_service(**service), **makelaar)
    login = replace(LOGIN, **change)
    cookie = logged_in(rt, known)
    assert judged(rt, cookie, login) == (login, why)


@pytest.mark.parametrize(
    ("service", "change", "again"),
    [
        (
            {**REUSES, "second_factor_reuse_minutes": 4},
            {},
            AskedAgain(Obstacle.FACTOR_TOO_OLD),
        ),
        (REUSES, {"request": asking(force_authn=True)}, AskedAgain(Obstacle.FORCED)),
        (REUSES, {"request": asking(max_age=299)}, AskedAgain(Obstacle.TOO_OLD, 299)),
    ],
)
def test_who_is_logged_in_and_must_log_in_again_is_told_why_and_nothing_else(
    session: Session,
    clock: FakeClock,
    known: str,
    service: dict[str, Any],
    change: dict[str, Any],
    again: AskedAgain,
) -> None:
    rt = running(session, clock, a_service(**service))
    login = replace(LOGIN, **change)
    after = asked(rt, logged_in(rt, known), login)
    assert after == replace(login, asked_again=again)
    assert after.afresh().asked_again == again  # also after another makelaar was chosen
    assert asked(rt, logged_in_again(rt), after) == after  # a reload changes nothing


def logged_in_again(_rt: Runtime) -> str:
    """A browser that lost its session meanwhile."""
    return "no cookie of ours"


def test_the_session_of_one_person_never_answers_for_another(
    session: Session, clock: FakeClock, known: str, roos: Person
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    cookie = logged_in(rt, roos.id)
    assert judged(rt, cookie) == (LOGIN, Obstacle.OTHER_PERSON)
    assert judged(rt, "") == (LOGIN, Obstacle.NO_SESSION)


@pytest.mark.parametrize(
    ("service", "ended", "counts"),
    [
        ({}, False, True),
        ({"second_factor_reuse_minutes": 4}, False, False),
        ({"second_factor_reuse_minutes": 0}, False, False),
        ({"second_factors": ["passkey"]}, False, False),
        ({"second_factors": ["totp"]}, False, True),
        ({"local_second_factor": False}, False, False),
        ({}, True, False),
    ],
)
def test_a_factor_of_the_session_counts_while_the_service_allows_and_it_stands(
    session: Session,
    clock: FakeClock,
    known: str,
    service: dict[str, Any],
    ended: bool,
    counts: bool,
) -> None:
    rt = running(session, clock, a_service(**{**REUSES, "level": "EH2", **service}))
    with writing(session):
        app = second_factor.bind_totp(
            session, rt.sealer, person_id=known, seed="JBSWY3DPEHPK3PXP", label="", now=START
        )
        app.ended_at = START if ended else None
    factor = AcceptedFactor(app.id, "totp", START)
    login = asked(rt, logged_in(rt, known, factor), a_login(asking(level=L.EH2)))
    assert login.session_id == SESSION_ID
    assert login.factor == (factor if counts else None)


def test_a_means_of_ours_lends_its_factor_to_no_other_login(
    session: Session, clock: FakeClock, roos: Person
) -> None:
    """It asks a fresh code each time, however long the service lets others be used again."""
    service = a_service(**{**REUSES, "level": "EH2", "own_means": True})
    rt = running(session, clock, service)
    with writing(session):
        session.add(
            Account(
                id="account", person_id=roos.id, user_name="roos", level=L.EH3, created_at=START
            )
        )
        app = second_factor.bind_totp(
            session, rt.sealer, person_id=roos.id, seed="JBSWY3DPEHPK3PXP", label="", now=START
        )
    means = Identity(PROVIDER_ID, "account", L.EH3, L.EH2, START, own_means=L.EH3)
    used = AcceptedFactor(app.id, "totp", START)
    login = asked(rt, logged_in(rt, roos.id, used, identity=means), a_login(asking(level=L.EH2)))
    assert (login.session_id, login.identity) == (SESSION_ID, means)
    assert login.factor is None


# What a login leaves behind.


def planned(rt: Runtime, cookie: str, **change: Any) -> Plan | None:
    login = replace(LOGIN, **change)
    return single_sign_on.plan(rt, login, a_request({SESSION: cookie}), rt.clock())


def test_a_console_leaves_no_session_of_the_browser() -> None:
    assert planned(a_runtime(), "", request=asking(purpose=Purpose.CONSOLE)) is None


def test_a_login_begins_a_session_of_its_own(
    session: Session, clock: FakeClock, known: str, roos: Person
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    first = planned(rt, "", person_id=known)
    assert first is not None
    assert (first.is_new, first.rises, first.replaces) == (True, True, None)
    cookie = logged_in(rt, known)
    assert planned(rt, cookie, person_id=known) == Plan(SESSION_ID, is_new=False, rises=True)
    other = planned(rt, cookie, person_id=roos.id)
    assert other is not None and other.id != SESSION_ID
    assert (other.is_new, other.replaces) == (True, SESSION_ID)  # that of somebody else


@pytest.mark.parametrize(
    ("change", "rises"),
    [
        ({}, False),
        ({"factor": AcceptedFactor("f", "totp", START - timedelta(seconds=1))}, False),
        ({"factor": AcceptedFactor("f", "totp", START)}, True),  # asked in this login
        ({"is_continued": False}, True),  # the same person logged in once more
        ({"is_continued": False, "insists": True}, True),  # and the makelaar gave more
    ],
)
def test_a_session_that_answered_rises_only_by_what_is_new(
    change: dict[str, Any], rises: bool
) -> None:
    facts = {"is_continued": True, **change}
    found = planned(a_runtime(), "", session_id=SESSION_ID, **facts)
    assert found == Plan(SESSION_ID, is_new=False, rises=rises)


def wrote(rt: Runtime, plan: Plan, login: Login) -> str | None:
    with writing(rt.session) as sql:
        return single_sign_on.write(sql, rt, plan, login, a_context(rt, login))


def test_a_session_that_ended_meanwhile_answers_nothing(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    logged_in(rt, known)
    with writing(session):
        session_lifetime.end(session, SESSION_ID, "logged_out", START)
    login = a_login(identity=IDENTITY, person_id=known, session_id=SESSION_ID)
    for rises in (False, True):
        with pytest.raises(LoginRefused) as refused:
            wrote(rt, Plan(SESSION_ID, is_new=False, rises=rises), login)
        assert refused.value.code is RefusalCode.LOGIN_REQUIRED


def test_a_rise_gives_another_cookie_and_a_use_none(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    cookie = logged_in(rt, known)
    login = a_login(identity=IDENTITY, person_id=known, session_id=SESSION_ID)
    assert wrote(rt, Plan(SESSION_ID, is_new=False, rises=False), login) is None
    assert asked(rt, cookie).session_id == SESSION_ID
    raised = wrote(rt, Plan(SESSION_ID, is_new=False, rises=True), login)
    assert raised is not None and raised != cookie
    assert asked(rt, cookie) is LOGIN and asked(rt, raised).session_id == SESSION_ID


def test_a_new_session_can_be_continued_without_what_must_be_seen_once(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    identity = replace(IDENTITY, replay_keys=("response-id",), replay_until=START)
    plan = Plan(session_lifetime.new_session_id(), is_new=True, rises=True)
    cookie = wrote(rt, plan, a_login(identity=identity, person_id=known))
    assert cookie is not None
    assert asked(rt, cookie).identity == IDENTITY


def test_a_session_is_over_when_the_makelaar_wants_it_to_be(
    session: Session, clock: FakeClock, known: str
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    ends = clock() + timedelta(seconds=90)
    login = a_login(identity=replace(IDENTITY, session_until=ends), person_id=known)
    for is_new in (True, False):
        plan = Plan(SESSION_ID, is_new=is_new, rises=True)
        cookie = wrote(rt, plan, login)
        assert cookie is not None
        assert asked(rt, cookie).session_id == SESSION_ID
    clock.advance(91)
    assert asked(rt, cookie) is LOGIN


@pytest.mark.parametrize("choose_again", [True, False])
def test_who_chooses_another_party_loses_what_this_portal_held_and_nothing_else(
    session: Session, clock: FakeClock, known: str, choose_again: bool
) -> None:
    rt = running(session, clock, a_service(**REUSES))
    logged_in(rt, known)
    with writing(session):
        for name, client in (("here", PORTAL.client_id), ("elsewhere", "another")):
            held = NewGrant(name, client, known, UUID, START + timedelta(hours=1), SESSION_ID)
            grants.insert(session, held, START)
    request = asking(choose_again=choose_again)
    login = a_login(request, identity=IDENTITY, person_id=known, session_id=SESSION_ID)
    wrote(rt, Plan(SESSION_ID, is_new=False, rises=False), login)
    now = clock()
    assert (grants.live(session, "here", now) is None) is choose_again
    assert grants.live(session, "elsewhere", now) == known
    switched = audit.recent(session, tags=[EventTag.PARTY_SWITCHED])
    assert [event.details["from"] for event in switched] == (["here"] if choose_again else [])
