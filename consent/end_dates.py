"""End dates of mandates: whole days in the Netherlands, from tomorrow until the same day some years
on. Pure rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from directory import dates

SOON_MONTHS: Final = 2  # before its end a mandate is told of, and can be extended at once
QUICK_YEARS: Final = (5, 3, 1)
TOO_EARLY: Final = "ends_before_tomorrow"
TOO_LATE: Final = "too_long"


def first(today: date) -> date:
    """The first day on which a mandate may end: to end one today, it is taken back."""
    return today + timedelta(days=1)


def latest(today: date, max_years: int) -> date:
    """The last one; also what is proposed."""
    return dates.years_after(today, max_years)


def fault(day: date, today: date, max_years: int) -> str | None:
    """Why a mandate may not end on this day; None where it may."""
    if day < first(today):
        return TOO_EARLY
    return TOO_LATE if day > latest(today, max_years) else None


def quick(today: date, max_years: int) -> Mapping[int, date]:
    """Years → the day, the longest first, as far as they are allowed."""
    return {years: dates.years_after(today, years) for years in QUICK_YEARS if years <= max_years}


def ends_soon(until: datetime, now: datetime) -> bool:
    """Does what still stands end within two months? The last of its days counts."""
    return until > now and dates.day_of(until) <= dates.months_after(dates.day_of(now), SOON_MONTHS)
