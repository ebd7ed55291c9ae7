"""What remains of a login: the audit event, the trace behind its reference, and the person's login
history.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from broker.journey import trace_steps
from broker.journey.login import Login
from broker.process import Process
from broker.runtime import Runtime
from consent.authority import Authority, AuthorityKind
from directory import history
from state import audit, trace
from state.audit import AuditEvent, Detail, EventTag
from state.db import is_duplicate, writing
from state.trace import Trace, TraceRecord

OUTCOMES = {
    EventTag.LOGIN_SUCCEEDED: "success",
    EventTag.LOGIN_REFUSED: "refused",
    EventTag.LOGIN_CANCELLED: "cancelled",
    EventTag.LOGIN_EXPIRED: "expired",
}


def write_ending(
    session: Session,
    rt: Runtime | Process,
    login: Login,
    tag: EventTag,
    *,
    reason: str | None = None,
    level: AssuranceLevel | None = None,
    session_id: str | None = None,
    new_browser: bool = False,
    browser: str | None = None,
) -> None:
    """Three rows in the caller's transaction. ``reason`` is a machine word; ``level`` only on
    success, as is the session that it leaves behind. ``new_browser``: the person is told of it;
    ``browser``: that of the user, where it is the one that asks.
    """
    now, outcome = rt.clock(), OUTCOMES[tag]
    if tag is not EventTag.LOGIN_SUCCEEDED:
        login = trace_steps.ended(login, now, outcome, reason)
    audit.record(
        session,
        AuditEvent(
            tag=tag,
            at=now,
            reference=login.reference,
            person_id=login.person_id,
            client_id=login.request.client_id,
            service_uuid=login.request.service_uuid,
            provider_id=login.provider_id,
            outcome=outcome,
            reason=reason,
            level=level,
            details=_details(login, session_id),
        ),
    )
    if login.is_noted:
        trace.withdraw(session, login.id)
    trace.save(session, _trace(login, now, outcome, reason, level), trace_id=login.id)
    authority = login.authority
    if login.person_id is not None:
        history.record(
            session,
            person_id=login.person_id,
            at=now,
            reference=login.reference,
            client_id=login.request.client_id,
            service_uuid=login.request.service_uuid,
            provider_id=login.provider_id,
            outcome=outcome,
            level=level,
            represented=authority.represented.value if authority else None,
            intermediary=_office(authority) if authority else None,
            new_browser=new_browser,
            browser=browser,
        )


def note(rt: Runtime, login: Login) -> None:
    """Keep the trace of a login that stands before a page with its reference, for who calls from
    there: refused where the page says what is missing, else open. What another try meets takes the
    place of this, and so does its ending.
    """
    why = login.ended or login.stopped
    outcome = OUTCOMES[EventTag.LOGIN_REFUSED] if why is not None else trace.OPEN
    record = _trace(login, rt.clock(), outcome, why.reason if why is not None else None, None)
    try:
        with writing(rt.session) as session:
            trace.save(session, record, trace_id=login.id)
    except IntegrityError as met:
        if not is_duplicate(met, Trace.id):
            raise
        # It stood before such a page already, or another tab was first.
        with writing(rt.session) as session:
            trace.amend(session, record, trace_id=login.id)


def _trace(
    login: Login, now: datetime, outcome: str, reason: str | None, level: AssuranceLevel | None
) -> TraceRecord:
    return TraceRecord(
        reference=login.reference,
        started_at=login.created_at,
        ended_at=now,
        client_id=login.request.client_id,
        service_uuid=login.request.service_uuid,
        provider_id=login.provider_id,
        outcome=outcome,
        reason=reason,
        level=level,
        steps=trace_steps.steps(login),
    )


def _office(authority: Authority) -> str | None:
    """The number of the intermediary of a chain."""
    is_chain = authority.kind is AuthorityKind.CHAIN and authority.intermediary is not None
    return authority.intermediary.value if is_chain and authority.intermediary else None


def _details(login: Login, session_id: str | None) -> dict[str, Detail]:
    authority = login.authority
    branches = ", ".join(authority.branches) if authority else None
    found = {
        "mandate": authority.mandate_id if authority else None,
        "branches": branches or None,
        "session": session_id,
    }
    return {name: value for name, value in found.items() if value is not None}
