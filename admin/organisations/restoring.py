"""An organisation that was closed here counts again: what it had and nobody ended since, it has."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.means import administration
from admin.organisations.records import is_of_the_register, organisation_at
from directory import organisation_records
from state import audit
from state.audit import AuditEvent, EventTag
from state.trace import new_reference


class RestoreFault(enum.Enum):
    """Why an organisation is not restored."""

    OPEN = enum.auto()  # it counts already
    MOVED = enum.auto()  # it went up in another, which has what it had
    REGISTER = enum.auto()  # it left the trade register, which alone takes that back


class RestoreRefused(Exception):
    """Nothing changed. ``why``: the fault."""

    def __init__(self, why: RestoreFault) -> None:
        super().__init__(why.name.lower())
        self.why = why


def restore(session: Session, kvk: str, *, actor: Actor, now: datetime) -> bool:
    """With the transaction of the caller. Returns whether anybody administers it, which is nobody
    where its last administrator closed it. Raises NoSuchOrganisation, RestoreRefused.
    """
    if organisation_records.moved_to(session, kvk) is not None:
        raise RestoreRefused(RestoreFault.MOVED)
    administration.hold(session, [organisation_at(session, kvk).id])
    organisation = organisation_at(session, kvk, held=True)
    if organisation.suspended_at is None:
        raise RestoreRefused(RestoreFault.OPEN)
    record = organisation_records.record_of(session, organisation.id)
    if record is not None and is_of_the_register(organisation, record):
        raise RestoreRefused(RestoreFault.REGISTER)
    organisation.suspended_at = None
    audit.record(
        session,
        AuditEvent(
            EventTag.ORGANISATION_CHANGED,
            now,
            reference=new_reference(),
            person_id=actor.person_id,
            organisation_id=organisation.id,
            reason="restored",
            details={"fields": "suspended_at"},
        ),
    )
    session.flush()
    return administration.has_administrator(session, organisation.id, now)
