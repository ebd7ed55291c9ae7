"""What happened again and again is told once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.traces.repeats import pages_once, told_once
from state.trace import NOT_BEGUN, TraceRecord, TraceStep
from state.trace_search import FoundTrace
from tests.clocks import START


def step(name: str, outcome: str = "answered", reason: str | None = None, at: int = 0) -> TraceStep:
    return TraceStep(name, outcome, reason, at)


@pytest.mark.parametrize(
    ("steps", "told", "times", "failed"),
    [
        ((), (), (), None),
        ((step("a"), step("b")), (step("a"), step("b")), (1, 1), 2),
        (
            (step("a"), step("b", at=1), step("b", at=2), step("b", at=3), step("a")),
            (step("a"), step("b", at=3), step("a")),
            (1, 3, 1),
            3,
        ),
        (
            (step("a"), step("b"), step("b"), step("c", "rejected", "expired"), step("d")),
            (step("a"), step("b"), step("c", "rejected", "expired"), step("d")),
            (1, 2, 1, 1),
            3,
        ),
        (
            (step("a", "rejected", "x"), step("a", "rejected", "y")),
            (step("a", "rejected", "x"), step("a", "rejected", "y")),
            (1, 1),
            2,
        ),
    ],
)
def test_steps_that_say_the_same_in_a_row_are_one(
    steps: tuple[TraceStep, ...],
    told: tuple[TraceStep, ...],
    times: tuple[int, ...],
    failed: int | None,
) -> None:
    record = TraceRecord("7K3QX9AB", START, START, "refused", steps=steps)
    once = told_once(record)
    assert (once.record.steps, once.times) == (told, times)
    assert once.record.failed == failed  # the number that is shown
    assert once.record.cause == record.cause


def test_a_page_that_was_asked_again_is_one_and_a_login_never() -> None:
    page = TraceRecord("7K3QX9AB", START, START, NOT_BEGUN, "x", steps=(step("page", "failed"),))
    other = replace(page, reason="y")
    login = replace(page, outcome="refused")
    found = [
        FoundTrace(str(n), one)
        for n, one in enumerate((login, login, page, page, page, other, page))
    ]
    told = pages_once(found)
    assert [(one.found.id, one.times) for one in told] == [
        *(("0", 1), ("1", 1), ("2", 3), ("5", 1), ("6", 1)),
    ]
