"""Clocks for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def in_years(years: int, month: int = 12, day: int = 31) -> date:
    """This day in the year that is so many ahead of the clock of the machine. For worlds, whose
    clock is that one: a day that is written out is over one day.
    """
    return date(datetime.now(UTC).year + years, month, day)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
