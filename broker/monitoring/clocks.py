"""Clocks: how far the clock of this process lies from those of the servers that it shares with
others. SQLite and a store in the process have none but ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from state.clock import Clock
from state.ephemeral import ExpiringStore

MOST_DRIFT: Final = timedelta(seconds=5)  # what codes, tokens and mandates can bear
DATABASE: Final = "database"
STORE: Final = "store"


def ahead(before: datetime, theirs: datetime, after: datetime) -> timedelta:
    """How far we are ahead of a clock that was read between two looks at ours; below zero where we
    are behind. What the question itself took is no difference.
    """
    return before - theirs if theirs < before else min(after - theirs, timedelta(0))


def measure(session: Session, store: ExpiringStore, clock: Clock) -> dict[str, timedelta]:
    """Server → how far we are ahead of it; only servers with a clock of their own.

    Raises SQLAlchemyError and StoreUnavailable.
    """
    found = {
        DATABASE: _compare(clock, lambda: _database(session)),
        STORE: _compare(clock, store.server_time),
    }
    return {name: seen for name, seen in found.items() if seen is not None}


def is_ours_wrong(found: Mapping[str, timedelta]) -> bool:
    """True where every other clock contradicts us. Where only one of two does, that one is wrong:
    no reason to stop on all instances at once.
    """
    return bool(found) and all(map(_drifts, found.values()))


def differ(found: Mapping[str, timedelta]) -> bool:
    """True where any clock, ours or theirs, must be set."""
    return any(map(_drifts, found.values()))


def _drifts(difference: timedelta) -> bool:
    return abs(difference) > MOST_DRIFT


def _compare(clock: Clock, read: Callable[[], datetime | None]) -> timedelta | None:
    before, theirs = clock(), read()
    return ahead(before, theirs, clock()) if theirs is not None else None


def _database(session: Session) -> datetime | None:
    if session.get_bind().dialect.name == "sqlite":
        return None
    seconds = session.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    return datetime.fromtimestamp(float(seconds), UTC)
