"""Locks between processes: one at a time does what must happen once."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session


def one_at_a_time(on: Session | Connection, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until the transaction ends.

    On SQLite the write transaction (``state.db.WRITES``) that the caller is in excludes all others.
    """
    connection = on.connection() if isinstance(on, Session) else on
    if connection.dialect.name != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
