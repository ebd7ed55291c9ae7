"""Beats: that the worker lives, and when each job last did its work, for all processes to see.

They lie in the expiring store, because the worker may be a process or machine of its own. Times are
seconds since 1970, in text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from state.ephemeral import ExpiringStore, Get

WORKER: Final = "worker"
EVERY: Final = timedelta(seconds=15)
SILENT_AFTER: Final = timedelta(minutes=2)
_KEPT: Final = 35 * 24 * 3600  # longer than the rarest job pauses


def beat(store: ExpiringStore, now: datetime) -> None:
    """The worker lives."""
    store.put(f"beat:{WORKER}", _written(now), _KEPT)


def last_beat(store: ExpiringStore) -> datetime | None:
    """When a worker last lived; None where none is known."""
    raw = store.get(f"beat:{WORKER}")
    return _read(raw) if raw is not None else None


def is_silent(seen: datetime, now: datetime) -> bool:
    """Seen so long ago that no worker lives. One that beat in a time to come fell silent before the
    clock was set back: it would have beaten again.
    """
    return abs(now - seen) > SILENT_AFTER


def job_succeeded(store: ExpiringStore, name: str, now: datetime) -> None:
    """This job did its work."""
    store.put(f"job:{name}", _written(now), _KEPT)


def last_successes(store: ExpiringStore, names: Sequence[str]) -> dict[str, datetime]:
    """Job → when it last did its work; those that never did are absent. One round trip."""
    found = store.batch([Get(f"job:{name}") for name in names])
    pairs = zip(names, found, strict=True)
    return {name: _read(raw) for name, raw in pairs if isinstance(raw, bytes)}


def _written(moment: datetime) -> bytes:
    return str(moment.timestamp()).encode()


def _read(raw: bytes) -> datetime:
    return datetime.fromtimestamp(float(raw), UTC)
