"""End dates are whole days in the Netherlands; 29 February and summer time are days like others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from consent import end_dates
from directory import dates

LEAP = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("today", "day", "fault"),
    [
        (date(2026, 11, 30), date(2026, 11, 30), "ends_before_tomorrow"),
        (date(2026, 11, 30), date(2026, 11, 29), "ends_before_tomorrow"),
        (date(2026, 11, 30), date(2026, 12, 1), None),
        (date(2026, 11, 30), date(2031, 11, 30), None),
        (date(2026, 11, 30), date(2031, 12, 1), "too_long"),
        (LEAP, date(2033, 2, 28), None),  # that year has no 29th
        (LEAP, date(2033, 3, 1), "too_long"),
        (date(2027, 2, 28), date(2032, 2, 29), "too_long"),
        (date(2026, 12, 31), date(2027, 1, 1), None),
    ],
)
def test_a_mandate_ends_from_tomorrow_until_five_years_on(
    today: date, day: date, fault: str | None
) -> None:
    assert end_dates.fault(day, today, 5) == fault


@pytest.mark.parametrize(
    ("most", "years"), [(5, [5, 3, 1]), (4, [3, 1]), (3, [3, 1]), (2, [1]), (1, [1])]
)
def test_quick_terms_are_those_that_are_allowed(most: int, years: list[int]) -> None:
    found = end_dates.quick(LEAP, most)
    assert list(found) == years
    assert all(day == date(LEAP.year + n, 2, 28) for n, day in found.items())


@pytest.mark.parametrize(
    ("today", "last", "soon"),
    [
        (date(2026, 11, 30), date(2027, 1, 30), True),
        (date(2026, 11, 30), date(2027, 1, 31), False),
        (date(2026, 12, 31), date(2027, 2, 28), True),  # the last day of a shorter month
        (date(2026, 12, 31), date(2027, 3, 1), False),
        (date(2027, 12, 31), LEAP, True),
        (date(2027, 2, 28), date(2027, 4, 28), True),  # summer time begins between
        (date(2026, 11, 30), date(2026, 11, 30), True),
        (date(2026, 11, 30), date(2026, 11, 29), False),  # over
    ],
)
def test_what_ends_within_two_months_ends_soon(today: date, last: date, soon: bool) -> None:
    noon = dates.start_of(today) + timedelta(hours=12)
    assert end_dates.ends_soon(dates.end_of(last), noon) is soon


def test_the_last_day_ends_at_midnight_in_the_netherlands() -> None:
    until = dates.end_of(date(2027, 7, 1))
    assert until == datetime(2027, 7, 1, 21, 59, 59, 999999, tzinfo=UTC)
    winter = dates.end_of(date(2027, 1, 1))
    assert winter == datetime(2027, 1, 1, 22, 59, 59, 999999, tzinfo=UTC)
