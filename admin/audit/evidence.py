"""Evidence of a login, for who must show why somebody was let in: opened on purpose, audited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from directory import evidence
from keys.sealing import Sealer
from providers.saml.advice import unpacked
from state import audit
from state.audit import AuditEvent, Detail, EventTag
from state.db import writing


def opened(
    session: Session, sealer: Sealer, reference: str, *, actor: Actor, now: datetime
) -> list[bytes]:
    """What makelaars rested their word on in the login with this reference, as they wrote it; empty
    where nothing was kept, which is audited as well. Raises SealBroken.
    """
    found = [unpacked(one) for one in evidence.of_login(session, sealer, reference)]
    details: dict[str, Detail] = {"kind": "evidence", "rows": len(found)}
    with writing(session):
        audit.record(
            session,
            AuditEvent(
                EventTag.EXPORT_MADE,
                now,
                reference=reference,
                person_id=actor.person_id,
                details=details,
            ),
        )
    return found
