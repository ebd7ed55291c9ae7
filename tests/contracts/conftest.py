"""Every expiring store, ready for the same suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine, text

from state.db import WRITES, Base
from state.engine import make_engine
from state.ephemeral import ExpiringStore
from state.stores import make_store
from tests.clocks import FakeClock
from tests.databases import make_database
from tests.servers import postgresql_url, redis_url

__all__ = ["postgresql_url", "redis_url"]


@dataclass(frozen=True)
class Subject:
    """A store under test. ``wait`` lets time pass for it, ``empty`` takes away all it knew."""

    kind: str
    store: ExpiringStore
    clock: FakeClock
    wait: Callable[[float], None]
    empty: Callable[[], ExpiringStore]
    database_url: str
    store_url: str


SHARED = (
    "sql-sqlite",
    pytest.param("sql-postgresql", marks=pytest.mark.postgres),
    "redis",
)


@pytest.fixture(params=("memory", *SHARED))
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    kind: str = request.param
    database_url = f"sqlite:///{tmp_path}/sluis.db"
    if kind == "sql-postgresql":
        database_url = request.getfixturevalue("postgresql_url")
    store_url = {"memory": "memory:", "redis": ""}.get(kind, "sql:")
    store_url = store_url or request.getfixturevalue("redis_url")
    engine, clock = make_database(tmp_path), FakeClock()
    if kind == "sql-postgresql":
        engine = make_engine(database_url)
        Base.metadata.create_all(engine)
    _clean(engine, "ephemeral", "store_birth")
    if kind == "redis":
        _flush(store_url)
    store = make_store(store_url, engine, clock)

    def empty() -> ExpiringStore:
        if kind == "memory":  # a restart is what empties it
            return make_store(store_url, engine, clock)
        if kind == "redis":
            _flush(store_url)
        else:
            _clean(engine, "ephemeral")
        return store

    yield Subject(
        kind=kind,
        store=store,
        clock=clock,
        wait=partial(_as_if_later, store_url) if kind == "redis" else clock.advance,
        empty=empty,
        database_url=database_url,
        store_url=store_url,
    )
    if hasattr(store, "close"):
        store.close()
    engine.dispose()


def _clean(engine: Engine, *tables: str) -> None:
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        for table in tables:
            connection.execute(text(f"DELETE FROM {table}"))


def _flush(url: str) -> None:
    with Redis.from_url(url) as client:
        client.flushall()


def _as_if_later(url: str, seconds: float) -> None:
    """Redis has a clock of its own: everything in it gets so much less time."""
    with Redis.from_url(url) as client:
        for key in client.scan_iter():
            left = client.pttl(key)
            if left >= 0:
                client.pexpire(key, left - int(seconds * 1000))
