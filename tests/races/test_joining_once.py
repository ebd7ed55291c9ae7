"""Of two at the same moment: a group keeps an administrator, an account is in one group, an
invitation is accepted once.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.invitations import GroupOutcome, Invitation
from directory.people import Person, Role
from state.db import writing
from tests.clocks import START
from tests.races import joining_acts
from tests.races.racers import ROUNDS, Act, Racers

EVERY_ROUND = range(ROUNDS)


def in_group(session: Session, group_id: str, *people: str) -> None:
    session.add(UserGroup(id=group_id, short_name=group_id, name="De Molen", made_at=START))
    session.flush()
    session.add_all(
        GroupMember(group_id=group_id, person_id=one, role=Role.ADMINISTRATOR, since=START)
        for one in people
    )


@pytest.mark.parametrize("act", [joining_acts.remove_the_other, joining_acts.leave])
def test_M_04_of_two_administrators_who_go_at_once_one_stays(
    session: Session, url: str, two: Racers, act: Act
) -> None:
    with writing(session):
        for number in EVERY_ROUND:
            in_group(session, f"g{number}", "jan", "eva")
    found = two.race(url, act)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found
    session.rollback()
    left = select(GroupMember.group_id, func.count()).where(GroupMember.until.is_(None))
    assert {number for _, number in session.execute(left.group_by(GroupMember.group_id))} == {1}


def test_an_account_comes_into_one_of_two_groups(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        for number in EVERY_ROUND:
            session.add(Person(id=f"p{number}", display_name=f"P{number}", created_at=START))
            for who in ("jan", "eva"):
                in_group(session, f"{who}{number}", who)
                session.add(
                    GroupCompany(
                        group_id=f"{who}{number}",
                        organisation_id="bakery",
                        level=AssuranceLevel.EH3,
                        added_by=who,
                        since=START,
                        valid_until=START + timedelta(days=9),
                    )
                )
    found = two.race(url, joining_acts.add_newcomer)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found


def test_M_09_an_invitation_is_accepted_once(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        session.add_all(
            Invitation(
                id=f"i{number}",
                organisation_id="bakery",
                email="roos@x.example",
                name="Roos",
                role=Role.MEMBER,
                locale="nl",
                link_hash=f"{number:064}",
                invited_by="jan",
                created_at=START,
                expires_at=START + timedelta(days=3),
            )
            for number in EVERY_ROUND
        )
    found = two.race(url, joining_acts.accept)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found


def test_an_address_is_invited_once(session: Session, url: str, two: Racers) -> None:
    found = two.race(url, joining_acts.invite)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found


def _invited_into_group(session: Session) -> None:
    with writing(session):
        for number in EVERY_ROUND:
            in_group(session, f"ig{number}", "jan")
            session.add(
                GroupCompany(
                    id=f"c{number}",
                    group_id=f"ig{number}",
                    organisation_id="bakery",
                    level=AssuranceLevel.EH3,
                    added_by="jan",
                    since=START,
                    valid_until=START + timedelta(days=9),
                )
            )
            session.add(
                Invitation(
                    id=f"i{number}",
                    organisation_id="bakery",
                    email="roos@x.example",
                    name="Roos",
                    role=Role.MEMBER,
                    locale="nl",
                    link_hash=f"{number:064}",
                    invited_by="jan",
                    created_at=START,
                    expires_at=START + timedelta(days=3),
                    group_id=f"ig{number}",
                    group_role=Role.MEMBER,
                    group_level=AssuranceLevel.EH3,
                )
            )


def test_M_09_an_invitation_into_a_group_gives_one_place_in_it(
    session: Session, url: str, two: Racers
) -> None:
    _invited_into_group(session)
    found = two.race(url, joining_acts.accept)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found
    session.rollback()
    places = select(GroupMember.group_id, func.count()).group_by(GroupMember.group_id)
    assert max(number for _, number in session.execute(places)) == 2


def test_M_09_a_company_that_leaves_the_group_at_once_leaves_no_mandate(
    session: Session, url: str, two: Racers
) -> None:
    """Who accepts at that moment is in the group without it, or not in the group; never half."""
    _invited_into_group(session)
    found = two.race(url, joining_acts.accept_or_take_out)
    assert [sorted(map(str, pair)) for pair in found] == [["True", "True"]] * ROUNDS, found
    session.rollback()
    standing = select(func.count()).select_from(Mandate).where(Mandate.revoked_at.is_(None))
    assert session.scalar(standing) == 0
    for row in session.scalars(select(Invitation)):
        member = select(GroupMember.id).where(
            GroupMember.group_id == row.group_id, GroupMember.person_id == row.accepted_by
        )
        is_in = session.scalars(member).first() is not None
        assert is_in is (row.group_outcome is GroupOutcome.JOINED)
