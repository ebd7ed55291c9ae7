"""Days of the Dutch calendar: a date without a time is a whole day in the Netherlands, wherever it
is written. It begins at its midnight there and holds until its last moment, also where summer time
makes it 23 or 25 hours long.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
EARLIEST: Final = 1900
LONGEST_TYPED: Final = 40  # of what is shown again to who typed no day
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TYPED: Final = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_EXPECTED: Final = (
    "write a day, such as 2026-11-28, which is a whole day in the Netherlands; "
    "or day, time and zone, such as 2026-11-28T22:00:00+01:00"
)


def start_of(day: date) -> datetime:
    """The first moment of this day in the Netherlands, in UTC. Raises ValueError before 1900."""
    return _there(day, time.min)


def end_of(day: date) -> datetime:
    """The last moment of this day in the Netherlands, in UTC: a microsecond before the next day, so
    that it is still shown as this one. Raises ValueError before 1900.
    """
    return _there(day, time.max)


def day_of(moment: datetime) -> date:
    """The day that it is in the Netherlands at this moment."""
    return moment.astimezone(AMSTERDAM).date()


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the 28th, where that year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def typed(text: str) -> date | None:
    """A day as a form or a file has it: ``2027-12-31``, or as people here write it, ``31-12-2027``.
    None for anything else, for what could be another day, and before 1900.
    """
    # Spaces around a dash are nothing; one between digits says that something is missing.
    plain = "-".join([part.strip() for part in text.split("-")])
    local = _TYPED.fullmatch(plain)
    try:
        if local is not None:
            day, month, year = (int(part) for part in local.groups())
            found = date(year, month, day)
        elif _DAY.fullmatch(plain):
            found = date.fromisoformat(plain)
        else:
            return None
    except ValueError:
        return None
    return found if found.year >= EARLIEST else None


def beginning(value: Any) -> datetime:
    """The moment at which something begins: a day from its start. Raises ValueError."""
    return _moment(value, start_of)


def ending(value: Any) -> datetime:
    """The moment until which something holds: a day until its end. Raises ValueError."""
    return _moment(value, end_of)


def written(moment: datetime, of_day: Callable[[date], datetime]) -> date | datetime:
    """As a document says it: the day where it is all of one (``start_of`` or ``end_of``), else the
    moment in UTC.
    """
    day = day_of(moment)
    return day if of_day(day) == moment else moment.astimezone(UTC)


def _moment(value: Any, of_day: Callable[[date], datetime]) -> datetime:
    found = _read(value) if isinstance(value, str) else value
    if isinstance(found, datetime):
        return _with_zone(found)
    if isinstance(found, date):
        return of_day(found)
    raise ValueError(_EXPECTED)


def _read(text: str) -> date | datetime:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{_EXPECTED} ({error})") from None


def _with_zone(moment: datetime) -> datetime:
    """Which moment ``22:00`` is depends on where it is read."""
    if moment.tzinfo is None:
        raise ValueError(_EXPECTED)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"write a year between {EARLIEST} and 9999") from None
    return moment


def _there(day: date, at: time) -> datetime:
    if day.year < EARLIEST:
        raise ValueError(f"write a year between {EARLIEST} and 9999")
    return datetime.combine(day, at, AMSTERDAM).astimezone(UTC)
