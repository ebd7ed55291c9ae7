"""Pauses after work: a share of the interpreter, shared by all who stand back."""

from __future__ import annotations

import threading

import pytest

from admin.operations.pauses import LONGEST, TIMES, Pauses
from state.outbox import PACES


class Machine:
    """``worked``: CPU seconds of whichever thread asks; ``slept``: each pause, none waited for."""

    def __init__(self) -> None:
        self.worked, self.slept = 5.0, list[float]()
        self.pauses = Pauses(
            worked=lambda: self.worked, monotonic=lambda: 100.0, sleep=self.slept.append
        )


def test_a_pause_is_a_multiple_of_the_work_before_it() -> None:
    machine = Machine()
    machine.pauses.take()
    machine.worked += 0.004
    machine.pauses.take()
    assert machine.slept == pytest.approx([0.0, 0.004 * TIMES])


def test_those_of_other_threads_come_first() -> None:
    machine, step = Machine(), threading.Barrier(2)

    def another() -> None:
        machine.pauses.take()
        step.wait()
        step.wait()
        machine.pauses.take()

    thread = threading.Thread(target=another)
    thread.start()
    step.wait()
    machine.pauses.take()
    machine.worked += 0.004
    machine.pauses.take()
    step.wait()
    thread.join()
    assert machine.slept[-1] == pytest.approx(2 * 0.004 * TIMES)


def test_no_pause_is_longer_than_a_claim_allows() -> None:
    machine = Machine()
    for _ in range(5):
        machine.pauses.take()
        machine.worked += 60
    assert max(machine.slept) == pytest.approx(LONGEST)
    assert min(pace.claim for pace in PACES.values()).total_seconds() / 10 > LONGEST
