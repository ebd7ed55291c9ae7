"""A password that its user changed: whoever knew the old one is out, at once and everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from assurance.levels import AssuranceLevel
from broker.sso import grants, password_change
from directory.people import Person
from providers.accounts import Account
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.facts import a_runtime
from tests.broker.sso.conftest import Holds
from tests.clocks import START
from tests.deliveries import waiting_in

SECOND = timedelta(seconds=1)


def account(session: Session, **facts: Any) -> str:
    """Roos has an account since a while; its id."""
    with writing(session):
        made = Account(
            person_id="roos",
            user_name="roos",
            level=AssuranceLevel.EH3,
            password_hash="the old one",
            created_at=START,
            **facts,
        )
        session.add(made)
    return made.id


def changed(session: Session, account_id: str, not_after: datetime = START) -> bool:
    rt = a_runtime(session)
    with writing(session):
        return password_change.change(
            session,
            rt,
            account_id,
            "the new one",
            EventTag.PASSWORD_CHANGED,
            not_after=not_after,
            reference="ABCD1234",
        )


def test_everything_that_the_old_password_opened_is_closed(session: Session, holds: Holds) -> None:
    holds("at a portal")
    holds("in a console", "sluis-mijn", session_id=None)
    account_id = account(session)
    assert changed(session, account_id)
    assert session.get_one(Account, account_id).password_hash == "the new one"
    assert session_lifetime.standing(session, "roos", START) == []
    live = [one for one in ("at a portal", "in a console") if grants.live(session, one, START)]
    assert live == []
    (event,) = audit.recent(session, tags=[EventTag.PASSWORD_CHANGED])
    assert (event.person_id, event.provider_id, event.reference) == ("roos", "sluis", "ABCD1234")
    ended = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    assert {one.reason for one in ended} == {"password_changed"}
    assert {one.client_id for one in ended} == {None, "sluis-mijn"}  # each says where


def test_who_proved_an_old_password_changes_nothing(session: Session, holds: Holds) -> None:
    holds("at a portal")
    account_id = account(session, password_changed_at=START)
    assert not changed(session, account_id, not_after=START - SECOND)
    assert session.get_one(Account, account_id).password_hash == "the old one"
    assert grants.live(session, "at a portal", START) == "roos"
    assert session_lifetime.standing(session, "roos", START) != []
    assert audit.recent(session) == [] and waiting_in(session, a_runtime().sealer) == []


@pytest.mark.parametrize(
    ("of_account", "of_person", "told"),
    [
        ("account@x.example", "roos@x.example", ["account@x.example"]),
        (None, "roos@x.example", ["roos@x.example"]),
        (None, None, []),
    ],
)
def test_the_person_is_told_at_the_address_of_the_account(
    session: Session, roos: Person, of_account: str | None, of_person: str | None, told: list[str]
) -> None:
    account_id = account(session, email=of_account)
    with writing(session):
        session.get_one(Person, roos.id).email = of_person
    assert changed(session, account_id)
    messages = waiting_in(session, a_runtime().sealer)
    assert [message.recipient for message in messages] == told
    assert not any("the new one" in message.text for message in messages)
