"""Time is passed in. UTC, aware, everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

MOST_APART: Final = timedelta(seconds=10)  # two instances, each as far off as health allows
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of production."""
    return datetime.now(UTC)


def has_begun(since: datetime, now: datetime) -> bool:
    """False for what is of a time to come. It was made before the clock was set back, or by an
    instance whose clock is wrong; nobody knows how old it is, so it counts for nothing.
    """
    return since <= latest_beginning(now)


def latest_beginning(now: datetime) -> datetime:
    """The last moment that ``has_begun``, for conditions in SQL."""
    return now + MOST_APART
