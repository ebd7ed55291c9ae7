"""Who was invited and came too late asks for a new link: the administrator who invited hears it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.invitations.accepting import InvitationClosed, opened
from admin.invitations.rules import ClosedLink
from broker.texts import invitation_mails
from directory import invitations
from keys.sealing import Sealer
from state import limits, outbox
from state.ephemeral import ExpiringStore
from state.limits import Limit

A_DAY: Final = Limit("invitation-asked-again", 1, 86400)


def may_ask(why: ClosedLink) -> bool:
    """Does a new link help, and is there somebody to ask?"""
    return why is ClosedLink.EXPIRED


def is_asked(store: ExpiringStore, invitation_id: str) -> bool:
    """Was it asked today already? Counts this time too; outside of any transaction."""
    return bool(limits.spend(store, (A_DAY, invitation_id)))


def ask(session: Session, sealer: Sealer, secret: str, *, base_url: str, now: datetime) -> None:
    """Mail who invited, with the transaction of the caller. A link that is not over, or that nobody
    can renew, changes nothing.
    """
    invitation = invitations.behind(session, secret)
    try:
        opened(session, invitation, now)
        return
    except InvitationClosed as closed:
        if invitation is None or not may_ask(closed.why):
            return
    inviter = invitation.inviter
    if not inviter.email:
        return
    mail = invitation_mails.asked_again(
        inviter.email,
        inviter.locale,
        name=invitation.name,
        organisation=invitation.organisation.name,
        console_url=f"{base_url}/beheer/gebruikers",
    )
    outbox.enqueue(session, sealer, mail, now)
