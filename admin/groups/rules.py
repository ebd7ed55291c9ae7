"""What holds for every user group. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from assurance.levels import AssuranceLevel, highest_of
from directory import dates
from directory.groups import GroupCompany, GroupMember
from directory.people import Role


def is_last_administrator(members: Sequence[GroupMember], person_id: str) -> bool:
    """Would the group be without an administrator when this person is none any more? Who is
    blocked looks after nothing.
    """
    left = [one for one in members if is_active_administrator(one) and one.person_id != person_id]
    return not left


def leaves_others_without(members: Sequence[GroupMember], person_id: str) -> bool:
    """Is this the last administrator of a group in which somebody else stays behind? A group with
    nobody else may go with its administrator.
    """
    own = any(one.person_id == person_id and one.role is Role.ADMINISTRATOR for one in members)
    others = any(one.person_id != person_id for one in members)
    return own and others and is_last_administrator(members, person_id)


def is_active_administrator(member: GroupMember) -> bool:
    """Can this member change the group?"""
    return member.role is Role.ADMINISTRATOR and member.person.blocked_at is None


def why_not_member(
    group_id: str, groups_of_person: Collection[str], *, one_per_account: bool
) -> str | None:
    """A word for why somebody cannot join this group; None where one can."""
    if group_id in groups_of_person:
        return "already_here"
    return "other_group" if one_per_account and groups_of_person else None


def missing(
    members: Sequence[GroupMember],
    companies: Sequence[GroupCompany],
    given: Collection[tuple[str, str]],
    now: datetime,
) -> Iterator[tuple[GroupMember, GroupCompany]]:
    """For whom a mandate is still to be given, and for which company. ``given``: (member, company)
    that had one: what was taken back since is not given again.
    """
    for company in companies:
        if dates.day_of(company.valid_until) <= dates.day_of(now):
            continue  # a mandate is not given for less than a day
        for member in members:
            if (member.id, company.id) not in given:
                yield member, company


def needed_level(companies: Sequence[GroupCompany], now: datetime) -> AssuranceLevel | None:
    """What a login must reach to let somebody act for all of these; None for no company."""
    return highest_of(*(one.level for one in companies if one.valid_until > now))
