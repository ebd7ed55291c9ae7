"""Who can be let into a group."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.groups import changing
from admin.groups.changing import GroupChangeRefused, NewGroup
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state.db import writing
from tests.clocks import START
from tests.races.joining_acts import work


@pytest.fixture
def group_id(session: Session, roos: Person) -> str:
    """Of Jan, who administers the bakery."""
    with writing(session):
        session.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
        session.add(Person(id="jan", display_name="Jan", created_at=START))
        session.flush()
        session.add(
            Membership(
                person_id="jan", organisation_id="bakery", role=Role.ADMINISTRATOR, since=START
            )
        )
        session.flush()
        return changing.make(session, work("jan"), NewGroup("molen", "De Molen")).id


def let_in(session: Session, group_id: str) -> None:
    with writing(session):
        changing.add_member(session, work("jan"), group_id, "roos", Role.MEMBER)


def test_a_colleague_is_let_in_and_may_act_for_its_companies(
    session: Session, group_id: str
) -> None:
    let_in(session, group_id)
    given = session.scalars(select(Mandate).where(Mandate.person_id == "roos")).one()
    assert given.organisation_id == "bakery"


def test_who_is_blocked_or_was_just_forgotten_is_not_let_in(
    session: Session, group_id: str
) -> None:
    with writing(session):
        blocked = update(Person).where(Person.id == "roos").values(blocked_at=START)
        session.execute(blocked.execution_options(synchronize_session=False))
    with pytest.raises(GroupChangeRefused) as refused:
        let_in(session, group_id)
    assert refused.value.reason == "blocked"
    session.rollback()
    assert session.scalars(select(Mandate).where(Mandate.person_id == "roos")).all() == []
