"""Time is passed in; what is of a time to come was made by another clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.monitoring import clocks
from state.clock import MOST_APART, has_begun, latest_beginning, utc_now
from tests.clocks import START

MINUTES, HOUR = 180, 3600


@pytest.mark.parametrize(
    ("ahead", "holds"),
    [(-HOUR, True), (0, True), (10, True), (10.1, False), (MINUTES, False), (HOUR, False)],
)
def test_X_08_what_is_of_a_time_to_come_counts_for_nothing(ahead: float, holds: bool) -> None:
    assert has_begun(START + timedelta(seconds=ahead), START) is holds
    assert MOST_APART == 2 * clocks.MOST_DRIFT  # each instance as far off as health allows


def test_the_condition_for_sql_is_the_same_moment() -> None:
    edge = latest_beginning(START)
    assert has_begun(edge, START)
    assert not has_begun(edge + timedelta(microseconds=1), START)


def test_the_clock_of_production_knows_its_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)
