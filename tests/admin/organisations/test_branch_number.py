"""The branch number goes where there is one branch; mandates then hold for all of the company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates.decision_rules import DeciderLogin, LoginLack, LoginNotEnough
from admin.organisations import branch_number
from admin.organisations.branch_number import BranchState, BranchWish, NotRemovable
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from consent import group_mandates, mandates
from consent.group_mandates import GroupMandate
from consent.mandates import Mandate
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.organisations import Establishment, Organisation
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.consent.conftest import SERVICE
from tests.databases import make_database
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

FIRST, SECOND = "000090012011", "000090012021"
L = AssuranceLevel


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            made.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
            for name in ("jan", "roos"):
                made.add(
                    Person(
                        id=name,
                        display_name=name,
                        email=f"{name}@x.example",
                        created_at=START,
                    )
                )
            made.flush()
            made.add(Establishment(number=FIRST, organisation_id="bakery", name="bakkerij"))
            made.add(
                Membership(
                    person_id="jan",
                    organisation_id="bakery",
                    role=Role.ADMINISTRATOR,
                    since=START,
                )
            )
            made.add(mandate("m", [FIRST]))
            made.add(mandate("whole", []))
        yield made


def mandate(name: str, branches: list[str], level: AssuranceLevel = L.EH3) -> Mandate:
    return Mandate(
        id=name,
        person_id="roos",
        organisation_id="bakery",
        service_uuid=SERVICE,
        level=level,
        branches=branches,
        valid_from=START - timedelta(days=9),
        valid_until=START + timedelta(days=300),
    )


def wish(level: AssuranceLevel = L.EH3, age: timedelta = timedelta()) -> BranchWish:
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    login = DeciderLogin(level, START - age)
    return BranchWish("bakery", Actor.administrator("jan"), login, make_sealer(), notifier)


def state(session: Session) -> BranchState:
    return branch_number.limited(session, "bakery", START).state


def test_mandates_for_the_only_branch_hold_for_the_whole_organisation(session: Session) -> None:
    assert state(session) is BranchState.REMOVABLE
    with writing(session):
        assert branch_number.remove(session, wish()) == 1
    assert state(session) is BranchState.NOTHING
    standing = mandates.at(session, "bakery", START)
    assert [row.branches for row in standing] == [[], []]
    old = session.get_one(Mandate, "m")
    (new,) = [row for row in standing if row.id != "whole"]
    assert (old.revoked_by, new.granted_by, new.valid_until) == ("jan", "jan", old.valid_until)
    (event,) = audit.recent(session, tags=[EventTag.MANDATE_CHANGED])
    assert (event.reason, event.details["branches"]) == ("branch_removed", FIRST)
    (mail,) = waiting_in(session, make_sealer())
    assert mail.recipient == "roos@x.example" and "hele organisatie" in mail.text


def test_with_several_branches_it_would_give_more_than_there_was(session: Session) -> None:
    with writing(session):
        session.add(Establishment(number=SECOND, organisation_id="bakery", name="winkel"))
    with pytest.raises(NotRemovable) as refused, writing(session):
        branch_number.remove(session, wish())
    assert refused.value.state is BranchState.SEVERAL
    with writing(session):
        session.get_one(Establishment, SECOND).ended_at = START
    assert state(session) is BranchState.REMOVABLE, "one that ended does not count"


def test_a_branch_that_nobody_registered_is_not_taken_for_the_only_one(session: Session) -> None:
    with writing(session):
        session.add(mandate("other", [SECOND]))
    with pytest.raises(NotRemovable) as refused, writing(session):
        branch_number.remove(session, wish())
    assert refused.value.state is BranchState.UNKNOWN


@pytest.mark.parametrize(
    ("login", "why"),
    [
        (wish(L.EH2_PLUS), LoginLack.TOO_LOW),
        (wish(L.EH3, timedelta(hours=1)), LoginLack.TOO_OLD),
    ],
)
def test_M_02_giving_for_the_whole_takes_the_level_of_what_is_given(
    session: Session, login: BranchWish, why: LoginLack
) -> None:
    with pytest.raises(LoginNotEnough) as lacking, writing(session):
        branch_number.remove(session, login)
    assert lacking.value.why is why and session.get_one(Mandate, "m").revoked_at is None


def test_what_a_group_gave_for_the_branch_still_ends_with_the_group(session: Session) -> None:
    """And what no group gave is no group's afterwards."""
    with writing(session):
        session.add(UserGroup(id="g", short_name="winkels", name="Winkels", made_at=START))
        session.flush()
        session.add(
            GroupMember(id="p", group_id="g", person_id="roos", role=Role.MEMBER, since=START)
        )
        session.add(
            GroupCompany(
                id="c",
                group_id="g",
                organisation_id="bakery",
                branch=FIRST,
                level=L.EH3,
                added_by="jan",
                since=START,
                valid_until=START + timedelta(days=300),
            )
        )
        session.add(mandate("by-group", [FIRST]))
        session.flush()
        session.add(GroupMandate(mandate_id="by-group", member_id="p", company_id="c"))
    with writing(session):
        assert branch_number.remove(session, wish()) == 2
    links = group_mandates.given_in(session, "g")
    whole = [one.mandate for one in links if one.mandate.revoked_at is None]
    assert [row.branches for row in whole] == [[]] and len(links) == 2
    assert session.get_one(GroupCompany, "c").branch is None


def test_M_07_a_mandate_of_who_left_is_not_given_anew(session: Session) -> None:
    with writing(session):
        session.add(
            Membership(
                person_id="roos",
                organisation_id="bakery",
                role=Role.MEMBER,
                since=START - timedelta(days=9),
                until=START - timedelta(days=1),
            )
        )
    assert state(session) is BranchState.NOTHING
    with pytest.raises(NotRemovable), writing(session):
        branch_number.remove(session, wish())
    assert {row.id for row in mandates.at(session, "bakery", START)} == {"m", "whole"}
