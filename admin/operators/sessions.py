"""What an operator still holds ends here: grants, of the consoles too, and sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from assurance import session_lifetime
from broker.sso import grants
from state import audit
from state.audit import AuditEvent, EventTag


def end_all(sql: Session, person_id: str, reason: str, now: datetime) -> None:
    """End all of it with the transaction of the caller, at every instance at once. Nothing is told
    to portals: an operator's account is for the console.
    """
    ended = grants.revoke_of_person(sql, person_id, now)
    for session_id in session_lifetime.standing(sql, person_id, now):
        session_lifetime.end(sql, session_id, reason, now)
    audit.record(
        sql,
        AuditEvent(
            EventTag.SESSION_ENDED,
            now,
            reason=reason,
            details={"operator": person_id, "grants": len(ended)},
        ),
    )
