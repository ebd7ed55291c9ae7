"""A process for one command: for what concerns running logins, and what portals are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from admin.tables import TABLES
from broker.process import Process
from broker.settings import Settings
from broker.start import start
from state.clock import utc_now


@contextmanager
def process_at(settings: Settings) -> Iterator[Process]:
    """What a process runs on, with the registrations of this moment. Raises MasterKeyError."""
    assert TABLES
    process = start(settings, utc_now)
    try:
        process.holder.refresh()
        yield process
    finally:
        process.engine.dispose()
