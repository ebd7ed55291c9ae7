"""Messages that were given up are offered again. ``state.outbox_queries`` lists what waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from state import audit, outbox_queries
from state.audit import AuditEvent, EventTag


def retry(
    session: Session, message_id: str | None = None, *, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Offer one message, or each that was given up, again with the transaction of the caller; their
    ids. What is not kept any more is left alone.
    """
    offered = outbox_queries.offer_again(session, now, message_id)
    for one in offered:
        audit.record(
            session,
            AuditEvent(
                EventTag.MESSAGE_RETRIED,
                now,
                one.reference,
                person_id=actor.person_id,
                details={"message": one.id, "channel": one.channel},
            ),
        )
    return tuple(one.id for one in offered)
