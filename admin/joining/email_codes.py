"""Codes by mail: who types one reads the mail of the address that was invited. A code belongs to
the browser that asked for it: a link that was sent on opens nothing.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Final

from admin.joining.ticket import InvitationTicket
from broker.runtime import Runtime
from broker.texts import invitation_mails
from directory.invitations import Invitation
from state import limits, outbox
from state.db import writing
from state.limits import Limit

HOLDS: Final = timedelta(minutes=10)
TRIES: Final = Limit("invitation-code-tries", 3, int(HOLDS.total_seconds()))
MAILS: Final = Limit("invitation-code-mails", 5, 3600)  # to one address


def send(rt: Runtime, ticket: InvitationTicket, invitation: Invitation) -> bool:
    """Mail a code to the address of the invitation. False where too many were asked."""
    if limits.spend(rt.store, (MAILS, f"{invitation.organisation_id} {invitation.email}")):
        return False
    now, code = rt.clock(), f"{secrets.randbelow(1_000_000):06d}"
    kept = _hash(rt, ticket, code).encode()
    rt.store.put(_key(ticket), kept, int(HOLDS.total_seconds()))
    mail = invitation_mails.code(invitation.email, invitation.locale, rt.settings.ui.name, code)
    with writing(rt.session) as sql:
        outbox.enqueue(sql, rt.sealer, mail, now, until=now + HOLDS)
    return True


def is_sent(rt: Runtime, ticket: InvitationTicket) -> bool:
    """Is there a code that this browser can still give?"""
    return rt.store.get(_key(ticket)) is not None


def take(rt: Runtime, ticket: InvitationTicket, text: str) -> bool:
    """Is this the code? It is used up by the right answer, and worth nothing after three wrong
    ones.
    """
    kept = rt.store.get(_key(ticket))
    if kept is None or limits.spend(rt.store, (TRIES, kept.decode())):
        return False
    if not hmac.compare_digest(kept, _hash(rt, ticket, text).encode()):
        return False
    return rt.store.take(_key(ticket)) == kept


def _hash(rt: Runtime, ticket: InvitationTicket, code: str) -> str:
    digits = "".join(code.split())[:7]
    return rt.sealer.fingerprint("invitation-code", ticket.browser, ticket.invitation_id, digits)


def _key(ticket: InvitationTicket) -> str:
    return f"invitation-code:{ticket.browser}:{ticket.invitation_id}"
