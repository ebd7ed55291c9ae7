"""What a command works with: the settings, the database that they name, and the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from admin.installation import Installation
from admin.tables import TABLES
from broker.settings import Settings
from keys.master_key_file import load_sealer
from keys.sealing import Sealer
from state.clock import utc_now
from state.engine import engine_at, session_at


@dataclass(frozen=True)
class Opened:
    """A session for one command."""

    settings: Settings
    session: Session
    now: datetime

    @cached_property
    def sealer(self) -> Sealer:
        """Of the master key, read where a command needs it. Raises MasterKeyError."""
        return load_sealer(self.settings.keys.master_key_file)


@contextmanager
def opened(settings: Settings) -> Iterator[Opened]:
    """Open the database; its connections are closed at the end."""
    assert TABLES
    with session_at(settings.database.url, expire_on_commit=False) as session:
        yield Opened(settings, session, utc_now())


@contextmanager
def installation(settings: Settings) -> Iterator[Installation]:
    """The same without a session, where a use case opens more than one."""
    assert TABLES
    with engine_at(settings.database.url) as engine:
        yield Installation(settings, engine, utc_now())
