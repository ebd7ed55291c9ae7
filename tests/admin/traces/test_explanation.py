"""A login is explained from its trace, and from the audit where there is none."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.traces.explanation import explain
from state import audit, trace
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.trace import TraceRecord
from tests.clocks import START

REFERENCE = "K7QM4RXT"


def test_what_ended_is_explained_with_who_can_do_something(session: Session) -> None:
    with writing(session):
        trace.save(session, TraceRecord(REFERENCE, START, START, "refused", "mandate_missing"))
    found = explain(session, "k7qm-4rxt")
    assert found is not None and found.record is not None and found.told is not None
    assert (found.reference, found.events) == (REFERENCE, ())
    assert found.told.cause == "The user has no authorisation that can be used here."
    assert found.fixer == "The administrator of the organisation"
    dutch = explain(session, REFERENCE, "nl")
    assert dutch is not None and dutch.fixer == "De beheerder van de organisatie"


def test_the_audit_tells_what_no_trace_holds(session: Session) -> None:
    with writing(session):
        for tag, reason in (
            (EventTag.LOGIN_REFUSED, "mandate_missing"),
            (EventTag.SESSION_ENDED, None),
        ):
            audit.record(session, AuditEvent(tag, START, REFERENCE, reason=reason))
    found = explain(session, REFERENCE)
    assert found is not None and found.record is None and found.told is not None
    assert [event.tag for event in found.events] == [
        EventTag.SESSION_ENDED,
        EventTag.LOGIN_REFUSED,
    ]


def test_nothing_is_known_of_another_reference(session: Session) -> None:
    assert explain(session, REFERENCE) is None
    assert explain(session, "no reference at all") is None
