"""Who took which list along, and how it was filtered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from broker.web.lists.request import SEARCH, ListRequest
from state import audit
from state.audit import AuditEvent, EventTag


def record_export(
    session: Session,
    kind: str,
    asked: ListRequest,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str | None = None,
) -> None:
    """With the transaction of the caller, before the first row leaves. ``kind``: which list, a
    machine word. What was looked for may be the name of a person: the audit keeps that something
    was, and the names of the filters.
    """
    names = [*((SEARCH,) if asked.search else ()), *asked.filters]
    audit.record(
        session,
        AuditEvent(
            EventTag.EXPORT_MADE,
            now,
            person_id=actor.person_id,
            organisation_id=organisation_id,
            details={"kind": kind, "layout": "csv", "filters": " ".join(sorted(names))},
        ),
    )
