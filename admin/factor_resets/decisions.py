"""Decisions on requests to reset factors: each request ends once.

Each function works in the transaction of its caller and writes its audit event there. Ending the
factors of an approved request is the caller's, in that same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.actor import WORKER, Actor
from admin.factor_resets.colleagues import colleague
from admin.factor_resets.requests import (
    RESETS,
    FactorReset,
    ResetOutcome,
    details,
    digest,
    record,
)
from admin.factor_resets.rules import Approval, Verdict
from admin.factor_resets.rules import verdict as judge
from assurance import enrolment
from directory.people import Person
from state import audit
from state.audit import AuditEvent, EventTag

_TAGS: Final = {
    ResetOutcome.REJECTED: EventTag.FACTOR_RESET_REJECTED,
    ResetOutcome.WITHDRAWN: EventTag.FACTOR_RESET_WITHDRAWN,
    ResetOutcome.EXPIRED: EventTag.FACTOR_RESET_EXPIRED,
    ResetOutcome.STALE: EventTag.FACTOR_RESET_STALE,
}
_ENDS: Final = {Verdict.EXPIRED: ResetOutcome.EXPIRED, Verdict.STALE: ResetOutcome.STALE}


def approve(session: Session, reset_id: str, approver_id: str, now: datetime) -> Verdict:
    """Judge an approval and take the request; of two approvals at once one gets GRANTED.

    The caller must commit whatever the verdict: what is over or stale ends here, and an approval
    by somebody who may not is audited.
    """
    reset = session.get_one(FactorReset, reset_id, with_for_update=True, populate_existing=True)
    found = verdict(session, reset, approver_id, now)
    if found is Verdict.GRANTED:
        return (
            found if _end(session, reset, ResetOutcome.DONE, approver_id, now) else Verdict.DECIDED
        )
    if found in _ENDS:
        actor = WORKER if found is Verdict.EXPIRED else Actor.operator(approver_id)
        close(session, reset, _ENDS[found], actor, now)
    elif found is not Verdict.DECIDED:
        denied = details(reset)
        audit.record(
            session,
            AuditEvent(
                EventTag.ACCESS_DENIED, now, person_id=approver_id, reason=found, details=denied
            ),
        )
    return found


def verdict(session: Session, reset: FactorReset, approver_id: str, now: datetime) -> Verdict:
    """What an approval by this operator would come to now. Changes nothing."""
    standing = enrolment.of_person(session, reset.person_id, now)
    person = session.get_one(Person, reset.person_id)
    return judge(
        Approval(
            is_open=reset.outcome is None,
            is_over=reset.expires_at <= now,
            is_same=digest(standing) == reset.standing and person.blocked_at is None,
            subject=colleague(session, reset.person_id, RESETS, now),
            asker=colleague(session, reset.asked_by, RESETS, now),
            approver=colleague(session, approver_id, RESETS, now),
        )
    )


def close(
    session: Session, reset: FactorReset, outcome: ResetOutcome, actor: Actor, now: datetime
) -> bool:
    """End a request without a reset; False where it ended before. Time acts as the worker."""
    by = actor.person_id
    if not _end(session, reset, outcome, by, now):
        return False
    record(session, _TAGS[outcome], reset, by, now)
    return True


def end_over(session: Session, now: datetime) -> int:
    """End every request whose time is over; how many."""
    query = select(FactorReset).where(FactorReset.outcome.is_(None), FactorReset.expires_at <= now)
    return sum(
        close(session, one, ResetOutcome.EXPIRED, WORKER, now) for one in session.scalars(query)
    )


def _end(
    session: Session, reset: FactorReset, outcome: ResetOutcome, by: str | None, now: datetime
) -> bool:
    done = session.execute(
        update(FactorReset)
        .where(FactorReset.id == reset.id, FactorReset.outcome.is_(None))
        .values(outcome=outcome, decided_by=by, ended_at=now)
        .returning(FactorReset.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.expire(reset)
    return done is not None
