"""Expiring stores: in the SQL database, in Redis, or in this process. Nothing here must last. The
contract that all of them keep is ``state.ephemeral``; what lies in them is known by its owners.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import Engine

from state.clock import Clock
from state.ephemeral import ExpiringStore
from state.stores.memory import MemoryStore
from state.stores.sql import SqlStore
from state.stores.store_generation import is_first_store


def make_store(url: str, engine: Engine, clock: Clock) -> ExpiringStore:
    """The store of ``store.url``: ``sql:``, ``redis://…`` or ``memory:``; connects to nothing yet.

    Raises ValueError for another address.
    """
    if url == "sql:":
        return SqlStore(engine, clock)
    if url == "memory:":
        return MemoryStore(clock, is_first=lambda: is_first_store(engine, clock))
    if url.startswith(("redis://", "rediss://", "unix://")):
        # Imported here: most processes never talk to Redis.
        from state.stores.redis import RedisStore

        try:
            return RedisStore(url, clock, is_first=lambda: is_first_store(engine, clock))
        except ValueError:  # its text may hold a part of the password
            raise ValueError(_WRITE) from None
    raise ValueError(_WRITE)


_WRITE: Final = "store.url is sql:, redis://host:6379/0 or memory:"
