"""Beats of the worker and successes of its jobs, as every process sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.monitoring import heartbeat
from broker.monitoring.heartbeat import EVERY, SILENT_AFTER
from state.stores.memory import MemoryStore
from tests.clocks import START, FakeClock


def test_the_last_beat_and_the_last_success_of_each_job_are_known() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    assert heartbeat.last_beat(store) is None
    assert heartbeat.last_successes(store, ["purge", "seal"]) == {}
    for moment in (START, START + timedelta(seconds=1.5)):
        heartbeat.beat(store, moment)
        heartbeat.job_succeeded(store, "seal", moment)
    assert heartbeat.last_beat(store) == START + timedelta(seconds=1.5)
    found = heartbeat.last_successes(store, ["purge", "seal"])
    assert found == {"seal": START + timedelta(seconds=1.5)}


def test_a_job_that_works_once_a_month_is_not_forgotten() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    heartbeat.job_succeeded(store, "rare", START)
    clock.advance(timedelta(days=32).total_seconds())
    assert heartbeat.last_successes(store, ["rare"]) == {"rare": START}


@pytest.mark.parametrize(
    ("ago", "silent"),
    [
        (0, False),
        (EVERY.total_seconds(), False),
        (SILENT_AFTER.total_seconds(), False),
        (SILENT_AFTER.total_seconds() + 1, True),
        (-SILENT_AFTER.total_seconds() - 1, True),  # before the clock was set back
    ],
)
def test_a_worker_is_missed_after_two_minutes(ago: float, silent: bool) -> None:
    assert heartbeat.is_silent(START - timedelta(seconds=ago), START) is silent
