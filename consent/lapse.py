"""Lapse: a mandate that nobody uses for a number of months ends by itself, as the scheme asks. It
is judged at each use; that the worker also ends it is for the lists. Pure rules.

What counts is the last use, or the last time that somebody said that it should hold, whichever came
later: given, extended, or read from a document for the first time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Protocol

from directory import dates

WARN_MONTHS: Final = (6, 2, 1)  # before a mandate lapses, or the role of an administrator ends


class UsedMandate(Protocol):
    """What is read of a mandate or a chain mandate."""

    @property
    def valid_from(self) -> datetime: ...
    @property
    def last_used_at(self) -> datetime | None: ...
    @property
    def confirmed_at(self) -> datetime | None: ...


def last_day(mandate: UsedMandate, months: int) -> date:
    """The last day on which it holds when nobody uses it any more."""
    since = max(
        moment
        for moment in (mandate.valid_from, mandate.last_used_at, mandate.confirmed_at)
        if moment is not None
    )
    return dates.months_after(dates.day_of(since), months)


def has_lapsed(mandate: UsedMandate, now: datetime, months: int) -> bool:
    """Was it left unused for so long that it holds no more?"""
    return dates.day_of(now) > last_day(mandate, months)


def months_left(until: date, today: date) -> int | None:
    """The shortest of ``WARN_MONTHS`` within which this day lies; None where it is further away, or
    over.
    """
    if until < today:
        return None
    within = [months for months in WARN_MONTHS if until <= dates.months_after(today, months)]
    return min(within, default=None)


def latest_start(now: datetime, months: int) -> datetime:
    """What began, was confirmed and was used before this moment may have lapsed; what did any of
    these after it has not. A little late, for months are not of one length: ask ``has_lapsed``.
    """
    first_of_month = dates.day_of(now).replace(day=1)
    return dates.end_of(dates.months_after(first_of_month, 1 - months))
