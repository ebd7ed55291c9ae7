"""What the audit tells of a factor that administration gave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from directory.people import Person
from state import audit
from state.audit import AuditEvent, Detail, EventTag


def record(
    session: Session,
    tag: EventTag,
    person: Person,
    details: dict[str, Detail],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """With the transaction of the caller. Where nobody logged in, the event stands under the person
    whose factor it is.
    """
    if actor.person_id is None:
        event = AuditEvent(tag, now, person_id=person.id, details=details)
    else:
        told = {**details, "person": person.id}
        event = AuditEvent(tag, now, person_id=actor.person_id, details=told)
    audit.record(session, event)
