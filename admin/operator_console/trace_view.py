"""A trace told to an operator: names for machine words, the step that failed, and what it means.

Where a login is not closed yet, as when the user still has the error page open, the audit events
with its reference tell what is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from admin.operator_console.trace_pages import EventRow, Fact, StepRow, TraceView
from admin.traces import clock_pattern
from admin.traces.repeats import pages_once, told_once
from broker.configuration import Configuration
from broker.runtime import Runtime
from broker.texts import trace_values, trace_words
from broker.web.registration_names import client_name, makelaar_name, service_name
from state import audit, trace_search
from state.audit import AuditEvent
from state.trace import TraceStep
from state.trace_search import FoundTrace

_NAMES: Final[Mapping[str, Callable[[Configuration, str], str | None]]] = {
    "client": client_name,
    "service": service_name,
    "provider": makelaar_name,
}


def views(rt: Runtime, reference: str) -> tuple[TraceView, ...]:
    """Every login with this reference, newest first; what the audit log knows where there is
    none. Then what was refused beside it.
    """
    told = pages_once(trace_search.with_reference(rt.session, reference))
    found = tuple(view(rt, one.found, times=one.times) for one in told)
    if any(one.is_login for one in found):
        return found
    events = audit.recent(rt.session, reference=reference)
    return (_of_events(rt, events), *found) if events else found


def view(rt: Runtime, found: FoundTrace, *, times: int = 1) -> TraceView:
    """One login; or one page of error, shown so many times."""
    told, configuration = told_once(found.record), rt.configuration
    record, failed = told.record, told.record.failed
    steps = tuple(
        _step(configuration, step, number == failed, told.times[number - 1])
        for number, step in enumerate(record.steps, 1)
    )
    return TraceView(
        id=found.id,
        outcome=record.outcome,
        reason=record.cause,
        client=client_name(configuration, record.client_id),
        service=service_name(configuration, record.service_uuid),
        makelaar=makelaar_name(configuration, record.provider_id),
        level=record.level.label if record.level else None,
        started_at=record.started_at,
        ended_at=record.ended_at,
        steps=steps,
        failed=failed,
        times=times,
        explained=trace_words.explained(record.cause, clock_pattern.measured(rt.session, record)),
    )


def _of_events(rt: Runtime, events: list[AuditEvent]) -> TraceView:
    last, configuration = events[0], rt.configuration
    reason = next((event.reason for event in events if event.reason), None)
    return TraceView(
        id=None,
        outcome=last.outcome or "open",
        reason=reason,
        client=client_name(configuration, last.client_id),
        service=service_name(configuration, last.service_uuid),
        makelaar=makelaar_name(configuration, last.provider_id),
        level=None,
        started_at=None,
        ended_at=None,
        steps=(),
        failed=None,
        explained=trace_words.explained(reason),
        events=tuple(
            EventRow(event.at, trace_words.event(event.tag), event.reason)
            for event in reversed(events)
        ),
    )


def _step(configuration: Configuration, step: TraceStep, is_bad: bool, times: int) -> StepRow:
    state = "bad" if is_bad else "ok" if step.went_well else "off"
    return StepRow(
        name=trace_words.step(step.step),
        state=state,
        detail=trace_words.outcome(step.outcome),
        after=trace_words.after(step.milliseconds),
        reason=step.reason,
        times=times,
        facts=tuple(
            Fact(
                trace_words.measured(name),
                trace_values.in_words(name, value, partial(_called, configuration)),
            )
            for name, value in step.measured.items()
        ),
    )


def _called(configuration: Configuration, kind: str, identifier: str) -> str | None:
    """What a registration is called that a step names."""
    name_of = _NAMES.get(kind)
    return name_of(configuration, identifier) if name_of is not None else None
