"""Counts of one process: each key by itself, in windows, and no more keys than there is room."""

from __future__ import annotations

import pytest

from state import local_rate_limits
from state.limits import Limit
from state.local_rate_limits import LocalRateLimits
from tests.clocks import FakeClock

LIMIT = Limit("tries", 3, 60)


def test_each_key_is_counted_by_itself_and_anew_in_the_next_window() -> None:
    counts, clock = LocalRateLimits(), FakeClock()
    assert [counts.spend(LIMIT, "a", clock()) for _ in range(4)] == [1, 2, 3, 4]
    assert counts.spend(LIMIT, "b", clock()) == 1
    assert counts.spend(Limit("others", 3, 60), "a", clock()) == 1
    clock.advance(60)
    assert counts.spend(LIMIT, "a", clock()) == 1


def test_a_block_lasts_one_window_and_holds_for_its_own_key() -> None:
    counts, clock = LocalRateLimits(), FakeClock()
    counts.block(LIMIT, "a", clock())
    assert counts.is_blocked(LIMIT, "a", clock())
    assert not counts.is_blocked(LIMIT, "b", clock())
    clock.advance(59)
    assert counts.is_blocked(LIMIT, "a", clock())
    clock.advance(1)
    assert not counts.is_blocked(LIMIT, "a", clock())


def test_who_comes_from_everywhere_does_not_fill_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_rate_limits, "MOST_KEYS", 10)
    counts, clock = LocalRateLimits(), FakeClock()
    for number in range(1000):
        counts.spend(LIMIT, str(number), clock())
        counts.block(LIMIT, str(number), clock())
    assert len(counts._counts) == len(counts._blocks) == 10
    assert counts.spend(LIMIT, "999", clock()) == 2
