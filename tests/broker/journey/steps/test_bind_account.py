"""Which person is this? By what a makelaar vouches for, never by a name or an address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broker.journey.dispatch import Advance
from broker.journey.login import Login
from broker.journey.steps import bind_account
from directory.people import Person
from providers.accounts import PROVIDER_ID
from providers.interface import Identity
from tests.broker.facts import IDENTITY, a_login, a_runtime, a_turn

TOLD = replace(
    IDENTITY, attributes={"display_name": ("Roos Willems", "R."), "email": ("roos@x.example",)}
)


def bound(session: Session, identity: Identity = TOLD, **login: Any) -> Login:
    turn = a_turn(a_runtime(session), a_login(identity=identity, **login))
    outcome = bind_account.enter(turn)
    assert isinstance(outcome, Advance)
    return outcome.login


def people_there(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def test_somebody_new_gets_a_record_with_what_the_makelaar_tells(session: Session) -> None:
    login = bound(session)
    person = session.get_one(Person, login.person_id)
    assert (person.display_name, person.email) == ("Roos Willems", "roos@x.example")
    assert not person.memberships


def test_the_same_subject_at_the_same_makelaar_is_the_same_person(session: Session) -> None:
    first = bound(session)
    other_name = replace(TOLD, attributes={"display_name": ("Another",)})
    assert bound(session, other_name).person_id == first.person_id
    assert people_there(session) == 1


@pytest.mark.parametrize("change", [{"provider_id": "zekerweg"}, {"subject": "another"}])
def test_one_address_at_two_makelaars_is_two_people(
    session: Session, roos: Person, change: dict[str, str]
) -> None:
    first = bound(session)
    other = bound(session, replace(TOLD, **change))
    assert len({first.person_id, other.person_id, roos.id}) == 3


def test_who_comes_back_with_a_higher_level_is_who_was_sent(session: Session) -> None:
    sent = bound(session).person_id
    assert bound(session, must_be=sent).person_id == sent
    for identity in (replace(TOLD, subject="another"), replace(TOLD, provider_id="zekerweg")):
        refused = bound(session, identity, must_be=sent)
        assert refused.person_id is None
        assert refused.ended is not None and refused.ended.reason == "other_person"
    assert people_there(session) == 1  # a stranger gets no record by it


def test_an_account_that_is_gone_is_nobody(session: Session) -> None:
    login = bound(
        session, Identity(PROVIDER_ID, "0" * 26, *([IDENTITY.proofing] * 2), TOLD.authenticated_at)
    )
    assert login.person_id is None
    assert login.ended is not None and login.ended.reason == "account_ended"
    assert people_there(session) == 0
