"""The SQL engine: SQLite in one file by default, PostgreSQL in production."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from state.db import prepare_sqlite
from state.pipeline import follow_pipelines

POOL_SIZE: Final = 8  # per process: two connections for each of the threads that a worker has
MORE_WHEN_BUSY: Final = 8
SECONDS_FOR_A_CONNECTION: Final = 5
SECONDS_BELIEVED: Final = 30  # after its last use a connection that says nothing still stands
_USED: Final = "sluis_used"  # in the pool's notes on a connection: when it came back
POSTGRESQL_OPTIONS: Final = (
    "-c timezone=UTC -c statement_timeout=15s -c lock_timeout=10s"
    " -c idle_in_transaction_session_timeout=60s"
)


class DatabaseUrlError(Exception):
    """The address of the database cannot be used; the message says what to write."""


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql+psycopg://…``; connects to nothing yet. Its
    errors name the statement and never the values. Raises DatabaseUrlError.
    """
    parsed = database_url(url)
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)


def database_url(url: str) -> URL:
    """The address as it is used. Raises DatabaseUrlError, which repeats no password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError(
            "database.url: it cannot be read as an address; write sqlite:///file or "
            "postgresql+psycopg://user:password@host:5432/database, with %40 for an @ in the "
            "password"
        ) from None
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        if not parsed.database or parsed.database == ":memory:":
            raise DatabaseUrlError(
                "database.url: SQLite needs a file, for example sqlite:///var/sluis.db"
            )
        return parsed
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    raise DatabaseUrlError(
        f"database.url: {parsed.drivername} is not supported; write sqlite:///file or "
        "postgresql+psycopg://…"
    )


@contextmanager
def engine_at(url: str) -> Iterator[Engine]:
    """An engine for one command; its connections are closed at the end."""
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def session_at(url: str, *, expire_on_commit: bool = True) -> Iterator[Session]:
    """A session for one command; its connections are closed at the end."""
    with engine_at(url) as engine, Session(engine, expire_on_commit=expire_on_commit) as session:
        yield session


def _sqlite(url: URL) -> Engine:
    assert url.database is not None
    folder = Path(url.database).parent
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUrlError(
            f"database.url: the folder {folder} cannot be made ({error.strerror}); make it, or "
            "name another file"
        ) from None
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=MORE_WHEN_BUSY,
        pool_timeout=SECONDS_FOR_A_CONNECTION,
        pool_use_lifo=True,  # the one that was used last still has pages and statements at hand
        hide_parameters=True,
    )
    prepare_sqlite(engine)
    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=MORE_WHEN_BUSY,
        pool_timeout=SECONDS_FOR_A_CONNECTION,
        pool_use_lifo=True,  # the one that was used last still has pages and statements at hand
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "connect_timeout": SECONDS_FOR_A_CONNECTION,
            "application_name": "sluis",
            "options": POSTGRESQL_OPTIONS,
        },
    )
    _replace_what_broke(engine)
    follow_pipelines(engine)
    return engine


def _replace_what_broke(engine: Engine) -> None:
    """A connection that a restart of the server broke is replaced instead of failing a login.

    A server that goes says so on the line, which is seen without a word from us. Only where
    something waits there, or after a while without use, it is asked whether it still answers: a
    question before each use would be three of the round trips of a login.
    """

    @event.listens_for(engine, "checkin")
    def _on_checkin(_: Any, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        used = record.info.get(_USED)
        if used is None:  # it was made a moment ago
            return
        if monotonic() - used < SECONDS_BELIEVED and not _something_waits(connection):
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise InvalidatePoolError


def _something_waits(connection: Any) -> bool:
    if connection.closed:
        return True
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    return bool(line.poll(0))
