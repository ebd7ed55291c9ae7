"""An invitation into a user group: who may send one, what stands in the way today, and coming in.
What it gives is what an administrator of the group would give at ``/beheer``, with the level of
the login that invited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.groups import changing, locks, rights, rules
from admin.groups.rights import GroupWork
from admin.mandates.decision_rules import DeciderLogin
from assurance.levels import suffices
from broker.sso.logout import LogoutNotifier
from consent import mandate_locks
from directory import groups
from directory.groups import GroupCompany
from directory.invitations import GroupOutcome, Invitation
from directory.people import Role


@dataclass(frozen=True)
class GroupTerms:
    """What an installation says of groups, and who tells portals what ended."""

    notifier: LogoutNotifier
    site: str
    base_url: str
    max_years: int
    one_per_account: bool


def why_not_sent(
    session: Session, group_id: str, organisation_id: str, person_id: str
) -> GroupOutcome | None:
    """Why this administrator of the organisation cannot invite into the group; None where it can
    be.
    """
    place = groups.place_in(groups.members(session, group_id), person_id)
    if place is None or not rules.is_active_administrator(place):
        return GroupOutcome.INVITER
    companies = groups.companies(session, group_id)
    if organisation_id not in {one.organisation_id for one in companies}:
        return GroupOutcome.COMPANY
    return None


def hindrance(session: Session, invitation: Invitation, now: datetime) -> GroupOutcome | None:
    """What stands in the way today, whoever accepts; None for nothing, or for no group."""
    if invitation.group_id is None:
        return None
    found = why_not_sent(
        session, invitation.group_id, invitation.organisation_id, invitation.invited_by
    )
    if found is not None:
        return found
    companies = groups.companies(session, invitation.group_id)
    return None if _reaches(invitation, companies, now) else GroupOutcome.LEVEL


def hold(session: Session, invitation: Invitation, person_id: str) -> None:
    """One at a time changes the group and what it gives: before anything else is written."""
    organisation_id = invitation.organisation_id
    if invitation.group_id is None:
        mandate_locks.hold(session, organisation_id)
        return
    locks.hold_person(session, person_id)
    locks.hold(session, [invitation.group_id])
    rights.hold_mandates(session, invitation.group_id, organisation_id)


def come_in(
    session: Session, terms: GroupTerms, invitation: Invitation, person_id: str, now: datetime
) -> GroupOutcome | None:
    """Let who accepted into the group, with the transaction of the caller that holds the group and
    gave the place in the organisation. What came of it; None where the invitation is for no group.
    """
    if invitation.group_id is None or invitation.group_level is None:
        return None
    found = hindrance(session, invitation, now) or _why_not(session, terms, invitation, person_id)
    if found is not None:
        return found
    work = GroupWork(
        actor=Actor.administrator(invitation.invited_by),
        login=DeciderLogin(invitation.group_level, now),
        organisation_id=invitation.organisation_id,
        notifier=terms.notifier,
        site=terms.site,
        base_url=terms.base_url,
        max_years=terms.max_years,
        one_per_account=terms.one_per_account,
    )
    role = invitation.group_role or Role.MEMBER
    changing.let_in(session, work, invitation.group_id, person_id, role)
    return GroupOutcome.JOINED


def _why_not(
    session: Session, terms: GroupTerms, invitation: Invitation, person_id: str
) -> GroupOutcome | None:
    own = {one.group_id for one in groups.of_person(session, person_id)}
    word = rules.why_not_member(
        invitation.group_id or "", own, one_per_account=terms.one_per_account
    )
    return GroupOutcome(word) if word is not None else None


def _reaches(invitation: Invitation, companies: list[GroupCompany], now: datetime) -> bool:
    needed, own = rules.needed_level(companies, now), invitation.group_level
    return needed is None or (own is not None and suffices(own, needed))
