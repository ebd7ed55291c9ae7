"""What the audit keeps of an answer of a makelaar that was refused."""

from __future__ import annotations

from sqlalchemy.orm import Session

from broker.journey import instrumentation
from broker.journey.login import Login
from broker.runtime import Runtime
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing


def keep(rt: Runtime, login: Login, provider_id: str, reason: str) -> None:
    """Count it and write it down, in a transaction of its own."""
    instrumentation.message_rejected(rt, provider_id, reason)
    with writing(rt.session) as session:
        record(session, rt, login, provider_id, reason)


def record(session: Session, rt: Runtime, login: Login, provider_id: str, reason: str) -> None:
    """Write it down in the transaction of the caller."""
    event = AuditEvent(
        tag=EventTag.MESSAGE_REJECTED,
        at=rt.clock(),
        reference=login.reference,
        client_id=login.request.client_id,
        service_uuid=login.request.service_uuid,
        provider_id=provider_id,
        outcome="refused",
        reason=reason,
    )
    audit.record(session, event)
