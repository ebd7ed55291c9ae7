"""What an accepted invitation does to a place that is or was there already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.invitations import accepting
from admin.invitations.accepting import Acceptance, InvitationClosed
from admin.invitations.into_group import GroupTerms
from admin.invitations.rules import ClosedLink
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from consent.mandates import Mandate
from directory import groups
from directory.administrator_role import last_day, role_of
from directory.dates import day_of, end_of, years_after
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.invitations import GroupOutcome, Invitation, new_link
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state.db import writing
from tests.clocks import START
from tests.databases import make_database
from tests.keys_for_tests import make_sealer

YEAR = timedelta(days=365)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            made.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
            for name in ("jan", "roos"):
                made.add(Person(id=name, display_name=name, created_at=START))
            made.flush()
            made.add(_place("jan", Role.ADMINISTRATOR))
        yield made


def _place(person: str, role: Role, years: int = 1) -> Membership:
    return Membership(
        person_id=person, organisation_id="bakery", role=role, since=START - years * YEAR
    )


def accept(
    session: Session, person: str, *, group: str | None = None, one_per_account: bool = True
) -> Membership:
    around = Acceptance(
        sealer=make_sealer(),
        site="Voorbeeld",
        base_url="https://sluis.example",
        now=START,
        has_proof=True,
        groups=GroupTerms(
            notifier=LogoutNotifier(make_sealer(), {}, {}, START),
            site="Voorbeeld",
            base_url="https://sluis.example",
            max_years=5,
            one_per_account=one_per_account,
        ),
    )
    with writing(session):
        session.add(
            Invitation(
                id="i",
                organisation_id="bakery",
                email="roos@x.example",
                name="Roos",
                role=Role.ADMINISTRATOR,
                locale="nl",
                link_hash=new_link()[1],
                invited_by="jan",
                created_at=START,
                expires_at=START + timedelta(days=1),
                group_id=group,
                group_role=Role.ADMINISTRATOR if group else None,
                group_level=AssuranceLevel.EH3 if group else None,
            )
        )
        session.flush()
        accepting.accept(
            session,
            around,
            "i",
            actor=Actor.person(person),
            level=AssuranceLevel.EH3,
            provider_id="polderpoort",
        )
    query = select(Membership).where(Membership.person_id == person)
    return session.scalars(query.execution_options(populate_existing=True)).one()


@pytest.mark.parametrize(
    ("role", "is_over"),
    [(Role.MEMBER, False), (Role.MEMBER, True), (Role.ADMINISTRATOR, True)],
)
def test_who_becomes_administrator_is_it_from_now_on(
    session: Session, role: Role, is_over: bool
) -> None:
    """However long ago the place began, or an earlier time as administrator."""
    place = _place("roos", role, years=7)
    place.role_since = START - 6 * YEAR
    place.until = START - timedelta(days=1) if is_over else None
    with writing(session):
        session.add(place)
    place = accept(session, "roos")
    assert role_of(place, START) is Role.ADMINISTRATOR
    assert last_day(place) == years_after(day_of(START), 5)


@pytest.mark.parametrize(("is_over", "stands"), [(True, False), (False, True)])
def test_M_07_who_comes_back_by_an_invitation_has_no_mandate_of_before(
    session: Session, is_over: bool, stands: bool
) -> None:
    place = _place("roos", Role.MEMBER, years=7)
    place.until = START - timedelta(days=1) if is_over else None
    with writing(session):
        session.add(place)
        session.add(
            Mandate(
                id="m",
                person_id="roos",
                organisation_id=place.organisation_id,
                service_uuid=None,
                level=AssuranceLevel.EH3,
                valid_from=START - YEAR,
                valid_until=START + YEAR,
            )
        )
    assert accept(session, "roos").until is None
    assert (session.get_one(Mandate, "m").revoked_at is None) is stands


def test_nobody_extends_the_own_role_by_an_invitation_to_another_address(session: Session) -> None:
    place = accept(session, "jan")
    assert last_day(place) == years_after(day_of(START - YEAR), 5)


@pytest.mark.parametrize(
    ("in_group", "one_per_account", "outcome"),
    [
        ("", True, GroupOutcome.JOINED),
        ("other", True, GroupOutcome.OTHER_GROUP),
        ("other", False, GroupOutcome.JOINED),
        ("mill", True, GroupOutcome.ALREADY_HERE),
    ],
)
def test_who_is_in_a_group_already_comes_into_another_where_accounts_may(
    session: Session, in_group: str, one_per_account: bool, outcome: GroupOutcome
) -> None:
    """The role in a group of who is there stays as it was, and the place is given all the same."""
    with writing(session):
        for name in ("mill", "other"):
            session.add(UserGroup(id=name, short_name=name, name=name, made_at=START))
        session.flush()
        session.add(_member("mill", "jan", Role.ADMINISTRATOR))
        session.add(_company(START + YEAR))
        if in_group:
            session.add(_member(in_group, "roos", Role.MEMBER))
    place = accept(session, "roos", group="mill", one_per_account=one_per_account)
    assert place.role is Role.ADMINISTRATOR
    assert session.get_one(Invitation, "i").group_outcome is outcome
    found = groups.place_in(groups.members(session, "mill"), "roos")
    roles = {GroupOutcome.JOINED: Role.ADMINISTRATOR, GroupOutcome.ALREADY_HERE: Role.MEMBER}
    assert (found.role if found else None) is roles.get(outcome)
    given = session.scalars(select(Mandate).where(Mandate.person_id == "roos")).all()
    assert len(given) == (1 if outcome is GroupOutcome.JOINED else 0)


@pytest.mark.parametrize(
    ("valid_until", "ends"),
    [
        (end_of(day_of(START)), None),  # its last day: nothing is given for less than a day
        (end_of(day_of(START) + timedelta(days=1)), end_of(day_of(START) + timedelta(days=1))),
        (START + 9 * YEAR, end_of(years_after(day_of(START), 5))),
    ],
)
def test_a_company_of_a_group_gives_a_mandate_for_no_shorter_or_longer_than_any_other(
    session: Session, valid_until: datetime, ends: datetime | None
) -> None:
    with writing(session):
        session.add(UserGroup(id="mill", short_name="mill", name="mill", made_at=START))
        session.flush()
        session.add(_member("mill", "jan", Role.ADMINISTRATOR))
        session.add(_company(valid_until))
    accept(session, "roos", group="mill")
    given = session.scalars(select(Mandate).where(Mandate.person_id == "roos")).all()
    assert [one.valid_until for one in given] == ([ends] if ends else [])


def _member(group: str, person: str, role: Role) -> GroupMember:
    return GroupMember(group_id=group, person_id=person, role=role, since=START)


def _company(valid_until: datetime) -> GroupCompany:
    return GroupCompany(
        group_id="mill",
        organisation_id="bakery",
        level=AssuranceLevel.EH3,
        added_by="jan",
        since=START,
        valid_until=valid_until,
    )


@pytest.mark.parametrize("group", [None, "g"])
def test_who_was_blocked_or_forgotten_since_the_login_accepts_nothing(
    session: Session, group: str | None
) -> None:
    """Whoever was first has committed; the place is not given any more."""
    with writing(session):
        if group is not None:
            session.add(UserGroup(id="g", short_name="molen", name="De Molen", made_at=START))
        session.execute(update(Person).where(Person.id == "roos").values(blocked_at=START))
    with pytest.raises(InvitationClosed) as refused:
        accept(session, "roos", group=group)
    assert refused.value.why is ClosedLink.UNKNOWN
    session.rollback()
    assert session.scalars(select(Membership).where(Membership.person_id == "roos")).all() == []
