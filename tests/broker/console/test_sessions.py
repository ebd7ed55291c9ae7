"""Who is in a console: a cookie, a grant that stands, a person who may, and use within the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance import second_factor
from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from broker.console import sessions
from broker.console.downstream import ConsoleCookie, idle_key, kept_facts, seal_ticket, used_at
from broker.console.sessions import RECENT, ConsoleSession
from broker.downstream import NewGrant
from broker.errors import TooManyRequests
from broker.runtime import Runtime
from broker.sso import grants
from directory import people
from directory.consoles import BEHEER, MINE, OPERATOR, Console
from directory.people import ExternalIdentity, Person
from providers.accounts import Account
from providers.login_facts import LoginFacts
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    Holds,
    a_configuration,
    a_makelaar,
    a_runtime,
    some_settings,
)
from tests.clocks import START, FakeClock

L = AssuranceLevel
IDLE = 20 * 60
GRANT = "the-grant"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rt(session: Session, clock: FakeClock, roos: Person) -> Runtime:
    """Roos has a grant for three hours, and used it just now."""
    settings = some_settings(
        login={"session_idle_minutes": IDLE // 60}, limits={"person_per_minute": 5}
    )
    configuration = a_configuration([], [a_makelaar(ceiling=L.EH4, local_factor_lifts=True)])
    made = a_runtime(session, configuration, clock=clock, settings=settings)
    with writing(session):
        session.add(
            ExternalIdentity(
                provider_id=IDENTITY.provider_id,
                subject_hash=people.subject_hash(made.sealer, "polder", IDENTITY.subject),
                person_id=roos.id,
                created_at=START,
            )
        )
        held = NewGrant(GRANT, MINE.client_id, roos.id, "service", START + timedelta(hours=3))
        grants.insert(session, held, START)
    came_in(made)
    return made


def came_in(
    rt: Runtime, level: AssuranceLevel = L.EH3, factor: AcceptedFactor | None = None, **fields: Any
) -> None:
    """Her makelaar said this level of her login."""
    identity = replace(IDENTITY, authentication=level, proofing=level, **fields)
    facts = LoginFacts(identity, "service", factor)
    rt.store.batch([kept_facts(rt.sealer, GRANT, facts, IDLE)])


@contextmanager
def browser(rt: Runtime, cookies: dict[str, str]) -> Iterator[None]:
    app = Flask("any")
    app.extensions["sluis"] = rt
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with app.test_request_context(headers={"Cookie": header}):
        yield


def here(
    rt: Runtime,
    console: Console = MINE,
    *,
    counts: bool = True,
) -> ConsoleSession | None:
    """Who is in this console, in the browser with this cookie."""
    cookie = seal_ticket(rt.sealer, console, ConsoleCookie(GRANT, START))
    with browser(rt, {console.cookie: cookie}):
        return sessions.current(console, counts=counts)


def test_who_logged_in_is_there(rt: Runtime) -> None:
    found = here(rt)
    assert found is not None
    assert (found.person.id, found.level, found.grant_id) == ("roos", L.EH3, GRANT)


def test_without_a_cookie_of_this_console_nobody_is(rt: Runtime) -> None:
    other = seal_ticket(rt.sealer, MINE, ConsoleCookie(GRANT, START))
    for cookies in ({}, {MINE.cookie: "nonsense"}, {BEHEER.cookie: other}):
        with browser(rt, cookies):
            assert sessions.current(BEHEER) is None


def change_password(session: Session) -> None:
    session.add(
        Account(
            person_id="roos",
            user_name="roos",
            level=L.EH3,
            created_at=START,
            password_changed_at=START + timedelta(seconds=1),
        )
    )


def block(session: Session) -> None:
    session.get_one(Person, "roos").blocked_at = START


def move_identity(session: Session) -> None:
    """The identity that logged in is somebody else's now."""
    session.add(Person(id="other", display_name="Other", created_at=START))
    session.flush()
    session.scalars(select(ExternalIdentity)).one().person_id = "other"


def end_identity(session: Session) -> None:
    session.delete(session.scalars(select(ExternalIdentity)).one())


def end_means(session: Session) -> None:
    session.scalars(select(ExternalIdentity)).one().means_active_until = START


@pytest.mark.parametrize(
    "end",
    [
        lambda session: grants.revoke(session, GRANT, START),
        change_password,
        block,
        move_identity,
        end_identity,
        end_means,
    ],
)
def test_what_ends_the_login_ends_the_session_at_once(
    rt: Runtime, end: Callable[[Session], Any]
) -> None:
    assert here(rt) is not None
    with writing(rt.session) as session:
        end(session)
    assert here(rt) is None


def test_a_block_of_later_ends_nothing_yet(rt: Runtime, clock: FakeClock) -> None:
    with writing(rt.session) as session:
        session.get_one(Person, "roos").blocked_at = START + timedelta(seconds=1)
    assert here(rt) is not None
    clock.advance(1)
    assert here(rt) is None


@pytest.mark.parametrize(
    ("makelaar", "level"),
    [
        ({"ceiling": L.EH4}, L.EH3),
        ({"ceiling": L.EH2_PLUS}, L.EH2_PLUS),
        ({"ceiling": L.EH2}, None),  # too low for this console
        ({"state": "paused"}, None),
        ({"name": "another"}, None),
    ],
)
def test_a_console_believes_a_makelaar_as_far_as_it_is_trusted_now(
    rt: Runtime, makelaar: dict[str, Any], level: AssuranceLevel | None
) -> None:
    assert here(rt, BEHEER) is not None
    now = a_configuration([], [a_makelaar(**makelaar)])
    found = here(replace(rt, holder=cast(Any, Holds(now))), BEHEER)
    assert (found.level if found is not None else None) is level


def test_a_session_ends_when_it_is_not_used_and_lasts_while_it_is(
    rt: Runtime, clock: FakeClock
) -> None:
    clock.advance(IDLE - 1)
    assert here(rt) is not None
    clock.advance(IDLE - 1)
    assert here(rt) is not None
    clock.advance(IDLE)
    assert here(rt) is None


@pytest.mark.parametrize(("hours", "is_in"), [(12, True), (2, True), (1, False)])
def test_a_session_lasts_no_longer_than_sessions_last_now(
    rt: Runtime, clock: FakeClock, hours: int, is_in: bool
) -> None:
    for _ in range(6):
        clock.advance(min(IDLE - 1, 12 * 60))
        assert here(rt) is not None
    login = rt.settings.login.model_copy(update={"session_hours": hours})
    shorter = replace(rt, settings=rt.settings.model_copy(update={"login": login}))
    assert (here(shorter) is not None) is is_in


def test_the_last_use_is_kept_for_who_looks_where_they_are_logged_in(
    rt: Runtime, clock: FakeClock
) -> None:
    clock.advance(60)
    assert here(rt, counts=False) is not None
    assert used_at(rt.store.get(idle_key(GRANT)) or b"") is None
    assert here(rt) is not None
    assert used_at(rt.store.get(idle_key(GRANT)) or b"") == clock()


def test_what_a_page_asks_by_itself_is_no_use(rt: Runtime, clock: FakeClock) -> None:
    clock.advance(IDLE - 1)
    assert here(rt, counts=False) is not None
    clock.advance(1)
    assert here(rt, counts=False) is None


def test_no_session_outlives_its_grant_however_much_it_is_used(
    rt: Runtime, clock: FakeClock
) -> None:
    for _ in range(11):
        clock.advance(IDLE - 300)
        assert here(rt) is not None
    clock.advance(IDLE - 300)
    assert here(rt) is None


@pytest.mark.parametrize(
    ("console", "level", "is_in"),
    [
        (MINE, L.EMAIL, False),
        (MINE, L.EH2, True),
        (BEHEER, L.EH2, False),
        (BEHEER, L.EH2_PLUS, True),
        (OPERATOR, L.EH2_PLUS, False),
        (OPERATOR, L.EH3, True),
    ],
)
def test_a_login_below_the_level_of_the_console_is_none(
    rt: Runtime, console: Console, level: AssuranceLevel, is_in: bool
) -> None:
    came_in(rt, level)
    assert (here(rt, console) is not None) is is_in


def test_a_level_that_a_factor_gave_goes_with_that_factor(rt: Runtime) -> None:
    with writing(rt.session) as session:
        app = second_factor.bind_totp(
            session, rt.sealer, person_id="roos", seed="JBSWY3DPEHPK3PXP", label="", now=START
        )
    came_in(rt, L.EH2, AcceptedFactor(app.id, "totp", START))
    lifted = here(rt, BEHEER)
    assert lifted is not None and lifted.level is L.EH2_PLUS
    with writing(rt.session):
        app.ended_at = START
    assert here(rt, BEHEER) is None
    left = here(rt, MINE)
    assert left is not None and left.level is L.EH2


@pytest.mark.parametrize(
    ("after", "is_recent"), [(0, True), (RECENT.total_seconds(), True), (601, False)]
)
def test_what_changes_a_factor_or_a_role_takes_a_login_of_the_last_minutes(
    rt: Runtime, clock: FakeClock, after: float, is_recent: bool
) -> None:
    clock.advance(after)
    found = here(rt)
    assert found is not None and found.is_recent() is is_recent


def test_one_person_asks_so_much_and_no_more(rt: Runtime, clock: FakeClock) -> None:
    for _ in range(5):
        assert here(rt) is not None
    with pytest.raises(TooManyRequests):
        here(rt)
    clock.advance(60)
    assert here(rt) is not None


def test_logging_out_ends_the_grant_and_takes_the_cookie_of_this_console(rt: Runtime) -> None:
    cookie = seal_ticket(rt.sealer, MINE, ConsoleCookie(GRANT, START))
    with browser(rt, {MINE.cookie: cookie}):
        response = sessions.log_out(MINE)
    assert response.headers["Location"] == "/mijn/uitgelogd?reason=logged_out"
    assert response.headers["Set-Cookie"].startswith(f"{MINE.cookie}=; Expires=Thu, 01 Jan 1970")
    assert grants.live(rt.session, GRANT, START) is None and here(rt) is None
    (event,) = audit.recent(rt.session, tags=[EventTag.SESSION_ENDED])
    assert event.person_id == "roos"


def test_who_was_not_in_is_out_as_well(rt: Runtime) -> None:
    with browser(rt, {}):
        assert sessions.log_out(MINE).status_code == 303
    assert audit.recent(rt.session) == []
