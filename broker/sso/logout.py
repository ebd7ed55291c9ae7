"""Sign-off: a session ends, with everything that portals hold because of it; those that can be told
are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from assurance import sessions
from broker.oidc.logout import logout_message
from broker.process import Parts
from broker.runtime import Runtime
from broker.sso import grants
from broker.sso.grants import Participant
from directory.services import OidcClient
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag


@dataclass(frozen=True)
class SignedOff:
    """What ended. ``told`` are portals that hear it from us; at ``untold`` the user must log out
    as well, though what they hold of Sluis is worth nothing any more.
    """

    told: tuple[Participant, ...] = ()
    untold: tuple[Participant, ...] = ()


@dataclass(frozen=True)
class Teller:
    """What telling portals needs, also outside the web process."""

    sealer: Sealer
    clients: Mapping[str, OidcClient]
    now: datetime


def end_session(
    sql: Session, rt: Runtime | Parts, session_id: str, reason: str, reference: str | None = None
) -> SignedOff:
    """End one session in the transaction of the caller. Nothing happens where it had ended."""
    teller = Teller(rt.sealer, rt.holder.current.clients, rt.clock())
    return end_and_tell(sql, teller, session_id, reason, reference)


def end_and_tell(
    sql: Session, teller: Teller, session_id: str, reason: str, reference: str | None = None
) -> SignedOff:
    """The same with the parts that it takes."""
    now = teller.now
    if not sessions.end(sql, session_id, reason, now):
        return SignedOff()
    portals = grants.participants(sql, session_id)
    grants.revoke_of_session(sql, session_id, now)
    by_client = {one.client_id: one for one in portals}
    reached = {
        name for name, one in by_client.items() if _tell(sql, teller, session_id, one, reference)
    }
    told = tuple(one for one in portals if one.client_id in reached)
    audit.record(
        sql,
        AuditEvent(
            EventTag.SESSION_ENDED,
            now,
            reference=reference,
            person_id=portals[0].person_id if portals else None,
            reason=reason,
            details={"session": session_id, "told": len(reached)},
        ),
    )
    return SignedOff(told, tuple(one for one in portals if one not in told))


def end_everywhere(sql: Session, rt: Runtime | Parts, person_id: str, reason: str) -> Sequence[str]:
    """End every session of this person (password changed, blocked); the ids of those that stood."""
    standing = sessions.standing(sql, person_id, rt.clock())
    for session_id in standing:
        end_session(sql, rt, session_id, reason)
    return standing


def _tell(
    sql: Session, teller: Teller, session_id: str, portal: Participant, reference: str | None
) -> bool:
    """Queue the message to one portal; False where its registration has no address for it."""
    client = teller.clients.get(portal.client_id)
    if client is None or client.backchannel_logout_uri is None:
        return False
    message = logout_message(
        teller.sealer,
        client,
        person_id=portal.person_id,
        session_id=session_id,
        reference=reference,
    )
    outbox.enqueue(sql, teller.sealer, message, teller.now)
    return True
