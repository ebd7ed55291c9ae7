"""Whoever forgets a person and whoever is busy with that person wait for each other, never both:
each comes to its end, and nothing of the person is left.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans, MeansLink
from consent.mandates import Mandate
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.invitations import Invitation
from directory.people import ExternalIdentity, Membership, Person, Role
from providers.accounts import Account
from state.db import new_id, writing
from tests.clocks import START
from tests.giving import known
from tests.races import forgetting_acts as acts
from tests.races import test_means_once
from tests.races.acts import YEAR, uuid_of
from tests.races.racers import ROUNDS, Act, Racers

EVERY_ROUND: Final = range(ROUNDS)
OTHERS: Final[dict[str, Act]] = {
    "a company that comes into the group": acts.bring_company_in,
    "who is let go out of the group": acts.let_go,
    "who comes into a group": acts.let_in,
    "an invitation that is accepted": acts.accept,
    "mandates that are given": acts.give,
    "a means that is ended": acts.end_means,
    "a means that is activated": acts.activate,
}


def _begin(session: Session) -> None:
    """Per round somebody with a means, a letter, a mandate and a place in a group."""
    test_means_once.approved(session)
    session.flush()
    for number in EVERY_ROUND:
        person = f"p{number}"
        session.add(known(person))
        session.add(
            MeansLink(
                id=new_id(),
                means_id=f"m{number}",
                organisation_id="bakery",
                role=Role.MEMBER,
                gives_place=True,
                since=START,
            )
        )
        session.add(
            Mandate(
                person_id=person,
                organisation_id="bakery",
                service_uuid=uuid_of(number),
                level=AssuranceLevel.EH3,
                valid_from=START,
                valid_until=START + YEAR,
                granted_by="eva",
                confirmed_at=START,
            )
        )
        for group_id in (f"g{number}", f"h{number}"):
            session.add(UserGroup(id=group_id, short_name=group_id, name=group_id, made_at=START))
        session.flush()
        session.add_all(
            GroupMember(group_id=group_id, person_id=who, role=role, since=START)
            for group_id, who, role in (
                (f"g{number}", "jan", Role.ADMINISTRATOR),
                (f"g{number}", person, Role.MEMBER),
                (f"h{number}", "jan", Role.ADMINISTRATOR),
            )
        )
        session.add(
            GroupCompany(
                group_id=f"h{number}",
                organisation_id="bakery",
                level=AssuranceLevel.EH3,
                added_by="jan",
                since=START,
                valid_until=START + timedelta(days=9),
            )
        )


def _invited(session: Session) -> None:
    for number in EVERY_ROUND:
        session.add(
            Invitation(
                id=f"i{number}",
                organisation_id="bakery",
                email=f"p{number}@x.example",
                name=f"P{number}",
                role=Role.MEMBER,
                locale="nl",
                link_hash=f"{number:064}",
                invited_by="jan",
                created_at=START,
                expires_at=START + timedelta(days=3),
                group_id=f"h{number}",
                group_role=Role.MEMBER,
                group_level=AssuranceLevel.EH3,
            )
        )


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_both_come_to_their_end(session: Session, url: str, two: Racers, other: Act) -> None:
    with writing(session):
        _begin(session)
        _invited(session)
        if other in (acts.let_in, acts.accept):  # an account is in one group
            session.execute(delete(GroupMember).where(GroupMember.person_id.like("p%")))
    found = two.race(url, acts.forget, other)
    assert {first for first, _ in found} == {acts.DONE}, found
    assert {second for _, second in found} <= {acts.DONE, acts.LATE}, found
    session.rollback()
    for model in (Account, ExternalIdentity, IssuedMeans):
        assert session.scalar(select(func.count()).where(model.person_id.like("p%"))) == 0
    for place in (Membership, GroupMember):
        standing = select(func.count()).where(place.person_id.like("p%"), place.until.is_(None))
        assert session.scalar(standing) == 0
    given = select(func.count()).where(Mandate.person_id.like("p%"), Mandate.revoked_at.is_(None))
    assert session.scalar(given) == 0
    names = select(Person.display_name).where(Person.id.like("p%"))
    assert set(session.scalars(names)) == {""}
