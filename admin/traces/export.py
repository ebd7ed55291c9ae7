"""A trace taken along: what is on the page in machine words, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin.actor import Actor
from state import audit, trace_search
from state.audit import AuditEvent, EventTag
from state.trace import show_reference
from state.trace_search import FoundTrace


def export(session: Session, trace_id: str, *, actor: Actor, now: datetime) -> FoundTrace | None:
    """The trace, audited with the transaction of the caller; None where there is none (any more).
    Who only reads one is not audited.
    """
    found = trace_search.one(session, trace_id)
    if found is None:
        return None
    audit.record(
        session,
        AuditEvent(
            EventTag.EXPORT_MADE,
            now,
            reference=found.record.reference,
            person_id=actor.person_id,
            details={"kind": "trace"},
        ),
    )
    return found


def document(found: FoundTrace) -> dict[str, Any]:
    """What an export holds: machine words, times, identifiers of registrations, and values of a
    protocol.
    """
    record = found.record
    return {
        "reference": show_reference(record.reference),
        "started_at": record.started_at.isoformat(),
        "ended_at": record.ended_at.isoformat(),
        "outcome": record.outcome,
        "reason": record.reason,
        "client_id": record.client_id,
        "service_uuid": record.service_uuid,
        "makelaar": record.provider_id,
        "level": record.level.label if record.level else None,
        "steps": [{**vars(step), "measured": dict(step.measured)} for step in record.steps],
    }
