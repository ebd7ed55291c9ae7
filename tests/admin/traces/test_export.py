"""A trace is taken along: audited, in machine words."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.traces.export import document, export
from state import audit, trace
from state.audit import EventTag
from state.db import new_id, writing
from state.trace import TraceRecord
from tests.clocks import START


def test_who_takes_a_trace_along_stands_in_the_audit(session: Session) -> None:
    trace_id, actor = new_id(), Actor.operator("robin")
    with writing(session):
        record = TraceRecord("K7QM4RXT", START, START, "success", provider_id="makelaar")
        trace.save(session, record, trace_id=trace_id)
    with writing(session):
        found = export(session, trace_id, actor=actor, now=START)
        assert export(session, "another", actor=actor, now=START) is None
    assert found is not None
    told = document(found)
    assert (told["reference"], told["makelaar"], told["steps"]) == ("K7QM-4RXT", "makelaar", [])
    (event,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert (event.reference, event.person_id) == ("K7QM4RXT", "robin")
    assert event.details == {"kind": "trace"}
