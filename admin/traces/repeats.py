"""What happened again and again is told once, with how often: a step that was repeated, and a page
of error that was asked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from state.trace import NOT_BEGUN, TraceRecord, TraceStep
from state.trace_search import FoundTrace


@dataclass(frozen=True)
class ToldRecord:
    """``record`` with each row of equal steps as its last one; ``times``: how often, a number for
    each step that is left.
    """

    record: TraceRecord
    times: tuple[int, ...]


@dataclass(frozen=True)
class ToldTrace:
    """One of equal traces, the newest, and how many there were."""

    found: FoundTrace
    times: int


def told_once(record: TraceRecord) -> ToldRecord:
    """Steps that follow each other and say the same are one."""
    groups = [tuple(group) for _, group in groupby(record.steps, _what)]
    steps = tuple(group[-1] for group in groups)
    return ToldRecord(replace(record, steps=steps), tuple(len(group) for group in groups))


def pages_once(found: Iterable[FoundTrace]) -> tuple[ToldTrace, ...]:
    """Requests that were refused for the same reason in the same way are one; logins never are."""
    told: list[ToldTrace] = []
    for one in found:
        last = told[-1] if told else None
        if last is not None and _is_again(one.record, last.found.record):
            told[-1] = replace(last, times=last.times + 1)
        else:
            told.append(ToldTrace(one, 1))
    return tuple(told)


def _what(step: TraceStep) -> tuple[str, str, str | None]:
    return step.step, step.outcome, step.reason


def _is_again(one: TraceRecord, other: TraceRecord) -> bool:
    return one.outcome == other.outcome == NOT_BEGUN and _page(one) == _page(other)


def _page(record: TraceRecord) -> tuple[object, ...]:
    return record.client_id, record.service_uuid, record.cause, tuple(map(_what, record.steps))
