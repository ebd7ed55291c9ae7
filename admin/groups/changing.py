"""What administrators do with a user group: make it, rename it, bring companies and people in and
let them go. One at a time changes a group, so that its last administrator cannot get lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin.groups import locks, rights, rules
from admin.groups.rights import GroupWork
from admin.mandates import administrators, decision_rules
from admin.mandates.administrators import NotAdministrator
from broker.texts import group_mails
from consent import end_dates
from directory import dates, groups, people
from directory.groups import GroupCompany, GroupMember, GroupNameRefused, UserGroup
from directory.organisations import Establishment
from directory.people import Person, Role
from state import audit, outbox
from state.audit import AuditEvent, Detail, EventTag
from state.db import is_duplicate
from state.outbox import Message


@dataclass(frozen=True)
class NewGroup:
    """What somebody chose. ``branch``: 12 digits, None for the whole company."""

    short_name: str
    name: str
    branch: str | None = None


class NotGroupAdministrator(Exception):
    """Who asks may not change this group, or no longer."""


class NoSuchPlace(Exception):
    """No such member or company is in the group now."""


class GroupChangeRefused(Exception):
    """The group cannot be changed like this; ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def make(session: Session, work: GroupWork, wanted: NewGroup) -> UserGroup:
    """A group with its maker as administrator and the company of the session in it. Raises
    NotAdministrator, LoginNotEnough, GroupNameRefused and GroupChangeRefused.
    """
    by = work.actor.logged_in
    locks.hold_person(session, by)
    administrators.demand(session, by, work.organisation_id, work.now)
    short_name = groups.canonical_short_name(wanted.short_name)
    group = UserGroup(
        short_name=short_name, name=groups.readable_name(wanted.name), made_at=work.now
    )
    if groups.is_short_name_taken(session, short_name):
        raise GroupNameRefused("taken")
    session.add(group)
    try:
        session.flush()
    except IntegrityError as met:
        if not is_duplicate(met, UserGroup.short_name):
            raise
        # Somebody else was first, at this very moment.
        raise GroupNameRefused("taken") from None
    locks.hold(session, [group.id])
    _join(session, work, group, by, Role.ADMINISTRATOR)
    _record(session, work, EventTag.GROUP_MADE, group.id)
    _bring_in(session, work, group, wanted.branch)
    rights.settle(session, work, group.id)
    return group


def rename(session: Session, work: GroupWork, group_id: str, name: str) -> None:
    """What people read; the short name stays. Raises NotGroupAdministrator, GroupNameRefused."""
    group = _administered(session, work, group_id)
    group.name = groups.readable_name(name)
    _record(session, work, EventTag.GROUP_RENAMED, group.id)


def add_company(session: Session, work: GroupWork, group_id: str, branch: str | None) -> None:
    """Bring the company of the session in, or one branch of it: everybody in the group may act for
    it from now on. A group that a first administrator asked for this company needs nobody else.
    Raises NotGroupAdministrator, NotAdministrator, LoginNotEnough and GroupChangeRefused.
    """
    group = _held(session, group_id)
    by = work.actor.logged_in
    company = administrators.demand(session, by, work.organisation_id, work.now)
    if group.id not in {one.id for one in groups.asked_for(session, company.kvk)}:
        _demand_administrator(session, group.id, by)
    _bring_in(session, work, group, branch)
    rights.settle(session, work, group.id)


def remove_company(session: Session, work: GroupWork, group_id: str, company_id: str) -> None:
    """Nobody acts for it through this group any more, at the next token. An administrator of the
    company may do so too, whoever looks after the group. Raises NotGroupAdministrator, NoSuchPlace.
    """
    group = _held(session, group_id)
    found = next((one for one in groups.companies(session, group.id) if one.id == company_id), None)
    if found is None:
        raise NoSuchPlace(company_id)
    by = work.actor.logged_in
    own = {one.id for one in administrators.organisations_of(session, by, work.now)}
    if found.organisation_id not in own:
        _demand_administrator(session, group.id, by)
    found.removed_at = work.now
    session.flush()
    details: dict[str, Detail] = {"company": found.organisation_id}
    _record(session, work, EventTag.GROUP_COMPANY_REMOVED, group.id, details, found.organisation_id)
    rights.settle(session, work, group.id)


def add_member(
    session: Session, work: GroupWork, group_id: str, person_id: str, role: Role
) -> None:
    """Let somebody in: whoever it is may act for every company of the group, and is told. Only an
    administrator of one of these companies brings people of it. Raises NotGroupAdministrator,
    NotAdministrator, LoginNotEnough, GroupChangeRefused and NoSuchPerson.
    """
    person = let_in(session, work, group_id, person_id, role)
    _tell(session, work, person, _held(session, group_id), joined=True)


def let_in(session: Session, work: GroupWork, group_id: str, person_id: str, role: Role) -> Person:
    """The same without a mail, for who asked for it. Raises as add_member."""
    locks.hold_person(session, person_id)
    group = _administered(session, work, group_id)
    place = administrators.demand(session, work.actor.logged_in, work.organisation_id, work.now)
    if place.id not in {one.organisation_id for one in groups.companies(session, group.id)}:
        raise NotAdministrator(place.id)
    person = people.known_person(session, person_id)
    session.refresh(person, with_for_update={"read": True})  # nobody is blocked or forgotten now
    if person.blocked_at is not None:
        raise GroupChangeRefused("blocked")
    decision_rules.demand(decision_rules.lack_to_decide(work.login, work.now))
    _join(session, work, group, person.id, role)
    rights.settle(session, work, group.id)
    return person


def remove_member(session: Session, work: GroupWork, group_id: str, person_id: str) -> None:
    """Let somebody go: felt at the next token. Everybody may go by themselves. Raises
    NotGroupAdministrator, NoSuchPlace, and GroupChangeRefused for the last administrator.
    """
    group = _held(session, group_id)
    if person_id != work.actor.logged_in:
        _demand_administrator(session, group.id, work.actor.logged_in)
    members = groups.members(session, group.id)
    place = _place(members, person_id)
    if rules.is_last_administrator(members, person_id):
        raise GroupChangeRefused("last_administrator")
    place.until = work.now
    session.flush()
    _record(session, work, EventTag.GROUP_MEMBER_REMOVED, group.id, {"person": person_id})
    rights.settle(session, work, group.id)
    if person_id != work.actor.logged_in:
        _tell(session, work, place.person, group, joined=False)


def change_role(
    session: Session, work: GroupWork, group_id: str, person_id: str, role: Role
) -> None:
    """Make a member administrator of the group, or the other way round. Raises
    NotGroupAdministrator, NoSuchPlace, LoginNotEnough, and GroupChangeRefused for the last
    administrator.
    """
    group = _administered(session, work, group_id)
    decision_rules.demand(decision_rules.lack_to_decide(work.login, work.now))
    members = groups.members(session, group.id)
    place = _place(members, person_id)
    if role is Role.MEMBER and rules.is_last_administrator(members, person_id):
        raise GroupChangeRefused("last_administrator")
    place.role = role
    details: dict[str, Detail] = {"person": person_id, "role": str(role)}
    _record(session, work, EventTag.GROUP_ROLE_CHANGED, group.id, details)


def _join(session: Session, work: GroupWork, group: UserGroup, person_id: str, role: Role) -> None:
    """The caller holds the groups of this person, and this group."""
    own = {one.group_id for one in groups.of_person(session, person_id)}
    why_not = rules.why_not_member(group.id, own, one_per_account=work.one_per_account)
    if why_not is not None:
        raise GroupChangeRefused(why_not)
    session.add(GroupMember(group_id=group.id, person_id=person_id, role=role, since=work.now))
    session.flush()
    details: dict[str, Detail] = {"person": person_id, "role": str(role)}
    _record(session, work, EventTag.GROUP_MEMBER_ADDED, group.id, details)


def _bring_in(session: Session, work: GroupWork, group: UserGroup, branch: str | None) -> None:
    decision_rules.demand(decision_rules.lack_to_decide(work.login, work.now))
    if branch is not None:
        row = session.get(Establishment, branch)
        if row is None or row.organisation_id != work.organisation_id or row.ended_at is not None:
            raise GroupChangeRefused("no_branch")
    for one in groups.companies(session, group.id):
        if one.organisation_id == work.organisation_id and one.branch in (None, branch):
            raise GroupChangeRefused("company_is_here")
    last_day = end_dates.latest(dates.day_of(work.now), work.max_years)
    session.add(
        GroupCompany(
            group_id=group.id,
            organisation_id=work.organisation_id,
            branch=branch,
            level=work.login.level,
            added_by=work.actor.logged_in,
            since=work.now,
            valid_until=dates.end_of(last_day),
        )
    )
    session.flush()
    details: dict[str, Detail] = {"company": work.organisation_id, "branch": branch}
    _record(session, work, EventTag.GROUP_COMPANY_ADDED, group.id, details)


def _administered(session: Session, work: GroupWork, group_id: str) -> UserGroup:
    """The group, held, where who asks looks after it at this moment."""
    group = _held(session, group_id)
    _demand_administrator(session, group.id, work.actor.logged_in)
    return group


def _held(session: Session, group_id: str) -> UserGroup:
    locks.hold(session, [group_id])
    group = groups.one(session, group_id)
    if group is None:
        raise NotGroupAdministrator(group_id)
    return group


def _demand_administrator(session: Session, group_id: str, person_id: str) -> None:
    place = groups.place_in(groups.members(session, group_id), person_id)
    if place is None or not rules.is_active_administrator(place):
        raise NotGroupAdministrator(group_id)


def _place(members: list[GroupMember], person_id: str) -> GroupMember:
    place = groups.place_in(members, person_id)
    if place is None:
        raise NoSuchPlace(person_id)
    return place


def _tell(
    session: Session, work: GroupWork, person: Person, group: UserGroup, *, joined: bool
) -> None:
    if person.email is None:
        return
    names = tuple(
        dict.fromkeys(one.organisation.name for one in groups.companies(session, group.id))
    )
    mail: Message = (
        group_mails.joined(person.email, person.locale, group.name, names)
        if joined
        else group_mails.left(person.email, person.locale, group.name, names)
    )
    outbox.enqueue(session, work.notifier.sealer, mail, work.now)


def _record(
    session: Session,
    work: GroupWork,
    tag: EventTag,
    group_id: str,
    details: dict[str, Detail] | None = None,
    about: str | None = None,
) -> None:
    """``about``: the organisation that it is about, where that is not the one of the session."""
    event = AuditEvent(
        tag,
        work.now,
        person_id=work.actor.person_id,
        organisation_id=about or work.organisation_id,
        details={"group": group_id, **(details or {})},
    )
    audit.record(session, event)
