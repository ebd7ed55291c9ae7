"""What an invitation asks of who gives it and of who accepts it. Pure rules."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

from admin.mandates import decision_rules
from admin.mandates.decision_rules import DeciderLogin, LoginLack
from assurance.levels import AssuranceLevel, suffices
from directory.invitations import Invitation, InvitationState, state_of
from directory.people import Role
from state.audit import Detail

ADMINISTRATOR_LEVEL: Final = AssuranceLevel.EH2_PLUS  # what /beheer asks of everybody


class ClosedLink(enum.StrEnum):
    """Why a link opens nothing (any more)."""

    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"
    INVITER_GONE = "inviter_gone"  # who invited is no administrator there any more


def why_closed(
    invitation: Invitation | None, now: datetime, *, inviter_may: bool
) -> ClosedLink | None:
    """Why it cannot be accepted now; None while it can. ``inviter_may``: who invited administers
    the organisation today.
    """
    if invitation is None:
        return ClosedLink.UNKNOWN
    state = state_of(invitation, now)
    if state is not InvitationState.OPEN:
        return ClosedLink(state.value)
    return None if inviter_may else ClosedLink.INVITER_GONE


def told(invitation: Invitation) -> dict[str, Detail]:
    """What the audit keeps of it."""
    details: dict[str, Detail] = {"invitation": invitation.id, "role": str(invitation.role)}
    if invitation.group_id is not None:
        details |= {"group": invitation.group_id, "group_role": str(invitation.group_role)}
    if invitation.group_outcome is not None:
        details["group_outcome"] = str(invitation.group_outcome)
    return details


def level_for(role: Role) -> AssuranceLevel | None:
    """What a login must reach to accept this role; None where every login will do, that of an
    e-mail account too.
    """
    return ADMINISTRATOR_LEVEL if role is Role.ADMINISTRATOR else None


def reaches(role: Role, level: AssuranceLevel) -> bool:
    """May somebody with a login of this level accept this role?"""
    needed = level_for(role)
    return needed is None or suffices(level, needed)


def lack_to_invite(login: DeciderLogin, role: Role, now: datetime) -> LoginLack | None:
    """Who makes somebody administrator logged in a moment ago; a member may do nothing yet, so any
    login will do.
    """
    return decision_rules.lack_to_decide(login, now) if role is Role.ADMINISTRATOR else None
