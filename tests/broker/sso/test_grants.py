"""Grants: what a portal holds stands until it is over, revoked, or its person is blocked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from assurance.session_lifetime import BrowserSession
from broker.downstream import NewGrant
from broker.sso import grants
from broker.sso.grants import Grant, Participant
from directory.people import Person
from providers.accounts import Account
from state.db import writing
from tests.broker.facts import OTHER_UUID, PORTAL, UUID
from tests.broker.sso.conftest import HOUR, SESSION_ID, Holds
from tests.clocks import START

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        (START, True),
        (START + HOUR - SECOND, True),
        (START + HOUR, False),
        (START - timedelta(seconds=10), True),  # another instance, whose clock is a little behind
        (START - timedelta(seconds=11), False),  # of a time to come: nobody knows how old it is
    ],
)
def test_a_grant_stands_for_its_time(
    session: Session, holds: Holds, now: datetime, stands: bool
) -> None:
    holds("one")
    assert grants.live(session, "one", now) == ("roos" if stands else None)


@pytest.mark.parametrize(
    ("blocked_at", "stands"), [(None, True), (START, False), (START + SECOND, True)]
)
def test_what_a_blocked_person_gave_is_worth_nothing(
    session: Session, roos: Person, holds: Holds, blocked_at: datetime | None, stands: bool
) -> None:
    holds("one")
    with writing(session):
        session.get_one(Person, roos.id).blocked_at = blocked_at
    assert (grants.live(session, "one", START) is not None) is stands


def test_a_grant_is_revoked_once(session: Session, holds: Holds) -> None:
    holds("one")
    with writing(session):
        assert grants.revoke(session, "one", START)
        assert not grants.revoke(session, "one", START)
        assert not grants.revoke(session, "unknown", START)
    assert grants.live(session, "one", START) is None


@pytest.mark.parametrize(
    ("revoke", "ended"),
    [
        (lambda s: grants.revoke_of_session(s, SESSION_ID, START), {"here", "there"}),
        (lambda s: grants.revoke_at_client(s, SESSION_ID, PORTAL.client_id, START), {"here"}),
        (lambda s: grants.revoke_of_person(s, "roos", START), {"here", "there", "console", "anew"}),
        (lambda s: grants.revoke_withdrawn(s, client_id="another", now=START), {"there", "of mo"}),
        (
            lambda s: grants.revoke_withdrawn(s, service_uuid=UUID, now=START),
            {"here", "console", "of mo", "anew"},
        ),
    ],
)
def test_what_ends_together_ends_together_and_nothing_else(
    session: Session,
    holds: Holds,
    revoke: Callable[[Session], Sequence[str]],
    ended: set[str],
) -> None:
    with writing(session):
        session.add(Person(id="mo", display_name="Mo", created_at=START))
    holds("here")
    holds("there", "another", OTHER_UUID)
    holds("anew", session_id=None)  # the same portal, in another browser
    holds("console", "sluis-mijn", session_id=None)
    holds("of mo", "another", session_id=None, person_id="mo")
    with writing(session):
        assert set(revoke(session)) == ended
        assert list(revoke(session)) == []  # those that stood, once
    standing = {"here", "there", "anew", "console", "of mo"} - ended
    found = session.scalars(select(Grant.id).where(Grant.revoked_at.is_(None)))
    assert set(found) == standing


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        ((), set()),
        (("console",), {"console"}),
        ((SESSION_ID,), {"here", "there"}),
        ((SESSION_ID, "console"), {"here", "there", "console"}),
        (("unknown",), set()),
        (("of mo",), set()),
    ],
)
def test_what_is_kept_of_a_person_goes_on_and_nothing_beside_it(
    session: Session, holds: Holds, keep: tuple[str, ...], left: set[str]
) -> None:
    with writing(session):
        session.add(Person(id="mo", display_name="Mo", created_at=START))
    holds("here")
    holds("there", "another", OTHER_UUID)
    holds("anew", session_id=None)
    holds("console", "sluis-mijn", session_id=None)
    holds("other console", "sluis-beheer", session_id=None)
    holds("of mo", "another", session_id=None, person_id="mo")
    with writing(session):
        grants.revoke_of_person(session, "roos", START, keep=keep)
    found = session.scalars(select(Grant.id).where(Grant.revoked_at.is_(None)))
    assert set(found) == {*left, "of mo"}


def test_a_grant_keeps_where_its_login_was_made(session: Session, holds: Holds) -> None:
    holds("before")  # or by a program of before
    facts = NewGrant("now", "sluis-mijn", "roos", UUID, START + HOUR)
    with writing(session):
        grants.insert(session, facts, START, browser="Firefox/Windows", provider_id="polder")
    kept = [session.get_one(Grant, name) for name in ("before", "now")]
    assert [(one.browser, one.provider_id) for one in kept] == [
        (None, None),
        ("Firefox/Windows", "polder"),
    ]


def test_what_was_over_already_does_not_end_again(session: Session, holds: Holds) -> None:
    holds("one")
    with writing(session):
        assert grants.revoke_of_person(session, "roos", START + HOUR) == []


def test_every_portal_and_service_of_a_session_takes_part_once(
    session: Session, holds: Holds
) -> None:
    holds("first")
    holds("again")
    holds("other service", service_uuid=OTHER_UUID)
    holds("elsewhere", "another", session_id=None)
    assert set(grants.participants(session, SESSION_ID)) == {
        Participant(PORTAL.client_id, "roos", UUID),
        Participant(PORTAL.client_id, "roos", OTHER_UUID),
    }
    assert len(grants.participants(session, SESSION_ID)) == 2


@pytest.mark.parametrize(
    ("account", "is_overtaken"),
    [
        ({}, False),
        ({"password_changed_at": START}, False),  # with which this login was made
        ({"password_changed_at": START + SECOND}, True),
        ({"ended_at": START + SECOND}, True),
    ],
)
def test_who_knew_the_old_password_is_out(
    session: Session, holds: Holds, account: dict[str, Any], is_overtaken: bool
) -> None:
    holds("one")
    assert not grants.is_overtaken(session, "one")  # without an account there is no password
    with writing(session):
        session.add(
            Account(
                person_id="roos",
                user_name="roos",
                level=AssuranceLevel.EH3,
                created_at=START,
                **account,
            )
        )
    assert grants.is_overtaken(session, "one") is is_overtaken


def test_a_session_stays_as_long_as_a_grant_names_it(session: Session, holds: Holds) -> None:
    holds("one")
    long_after = START + timedelta(days=30)
    with writing(session):
        assert grants.purge_sessions(session, long_after) == 0
        assert grants.purge(session, START + HOUR) == 0  # not before it was over
        assert grants.purge(session, START + HOUR + SECOND) == 1
        assert grants.purge_sessions(session, long_after) == 1
    assert session.scalars(select(BrowserSession.id)).all() == []
