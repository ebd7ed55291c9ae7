"""An invitation in words for a page, and the pages of those that are over."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.invitations import asking_again, into_group
from admin.invitations.accepting import InvitationClosed
from admin.invitations.rules import ClosedLink
from admin.joining.pages import ClosedInvitationPage, InvitationWords, InvitedGroup
from admin.mandates import administrators
from broker.web.responses import show
from directory import groups
from directory.invitations import GroupOutcome, Invitation
from directory.people import Role


def said_by(session: Session, invitation: Invitation, now: datetime) -> InvitationWords:
    """What a page tells of it."""
    by = administrators.name_to_tell(session, invitation.organisation, invitation.invited_by)
    return InvitationWords(
        organisation=invitation.organisation.name,
        by=by,
        name=invitation.name,
        role=str(invitation.role),
        address=hidden(invitation.email),
        until=invitation.expires_at,
        group=group_of(session, invitation, into_group.hindrance(session, invitation, now)),
    )


def group_of(
    session: Session, invitation: Invitation, outcome: GroupOutcome | None
) -> InvitedGroup | None:
    """The group of an invitation; ``outcome``: what came of it, or what stands in its way."""
    group = invitation.group
    if group is None:
        return None
    companies = groups.companies(session, group.id)
    return InvitedGroup(
        name=group.name,
        is_administrator=invitation.group_role is Role.ADMINISTRATOR,
        companies=tuple(dict.fromkeys(one.organisation.name for one in companies)),
        outcome=str(outcome or ""),
    )


def hidden(address: str) -> str:
    """``k…@voorbeeld.example``: enough for whose it is."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def closed_page(
    session: Session, closed: InvitationClosed, secret: str = "", *, is_asked: bool = False
) -> Response:
    """The page that says why, and what to do now: 404 for what never was, 410 for what is over."""
    invitation = closed.invitation
    if invitation is None:
        return show(ClosedInvitationPage(str(closed.why)), 404)
    by = administrators.name_to_tell(session, invitation.organisation, invitation.invited_by)
    may_ask = bool(secret) and asking_again.may_ask(closed.why) and not is_asked
    page = ClosedInvitationPage(
        str(closed.why),
        organisation=invitation.organisation.name,
        by=by if closed.why is not ClosedLink.INVITER_GONE else None,
        ask=url_for("joining.ask_again", secret=secret) if may_ask else "",
        is_asked=is_asked,
    )
    return show(page, 410)
