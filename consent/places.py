"""Somebody who left an organisation and comes back begins without what it gave before: what counted
no more while the place was over is taken back, so that the new place does not give it again.
Documents alone bring a place back as it was: an entry that was left out by mistake is mended by
writing it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.mandates import LAPSED, Mandate
from consent.options import has_left
from directory.people import Membership
from state import audit
from state.audit import AuditEvent, EventTag


def left_behind(session: Session, rows: Collection[Mandate], now: datetime) -> frozenset[str]:
    """Ids of those of these mandates that count no more, because their person left since they were
    given: the rule of ``has_left`` for lists, in one read.
    """
    if not rows:
        return frozenset()
    query = select(Membership.person_id, Membership.organisation_id, Membership.until).where(
        Membership.organisation_id.in_({row.organisation_id for row in rows}),
        Membership.until <= now,
    )
    people = {row.person_id for row in rows}
    if len(people) == 1:
        query = query.where(Membership.person_id.in_(people))
    ended = {(person, place): until for person, place, until in session.execute(query)}
    return frozenset(
        row.id
        for row in rows
        if has_left(row, ended.get((row.person_id, row.organisation_id)), now) is not None
    )


def without_left(session: Session, rows: Iterable[Mandate], now: datetime) -> list[Mandate]:
    """Those of these mandates whose person did not leave since."""
    found = list(rows)
    left = left_behind(session, found, now)
    return [row for row in found if row.id not in left]


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
        .order_by(Mandate.id)
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
