"""Somebody who left an organisation and comes back begins without what it gave before: what counted
no more while the place was over is taken back, so that the new place does not give it again.
Documents alone bring a place back as it was: an entry that was left out by mistake is mended by
writing it again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.mandates import LAPSED, Mandate
from directory.people import Membership
from state import audit
from state.audit import AuditEvent, EventTag


def begin_anew(session: Session, place: Membership, now: datetime) -> list[Mandate]:
    """Take back the mandates of before, for a place that is over and is about to begin again; with
    the transaction of the caller. Those that were given after its end stay.
    """
    if place.until is None or place.until > now:
        return []
    query = (
        select(Mandate)
        .where(
            Mandate.person_id == place.person_id,
            Mandate.organisation_id == place.organisation_id,
            Mandate.revoked_at.is_(None),
            func.coalesce(Mandate.confirmed_at, Mandate.valid_from) <= place.until,
        )
        .with_for_update()
    )
    found = list(session.scalars(query))
    for row in found:
        row.revoked_at, row.revoked_by = now, LAPSED
        audit.record(
            session,
            AuditEvent(
                EventTag.MANDATE_REVOKED,
                now,
                service_uuid=row.service_uuid,
                organisation_id=row.organisation_id,
                reason="left",
                level=row.level,
                details={"mandate": row.id, "person": row.person_id},
            ),
        )
    session.flush()
    return found
