"""The SQL engine: SQLite in one file by default, PostgreSQL in production."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from state.db import prepare_sqlite

POOL_SIZE: Final = 8  # per process: two connections for each of the threads that a worker has
MORE_WHEN_BUSY: Final = 8
SECONDS_FOR_A_CONNECTION: Final = 5
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
        hide_parameters=True,
    )
    prepare_sqlite(engine)
    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=MORE_WHEN_BUSY,
        pool_timeout=SECONDS_FOR_A_CONNECTION,
        pool_recycle=1800,
        # A connection that a restart of the server broke is replaced instead of failing a login.
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": SECONDS_FOR_A_CONNECTION,
            "application_name": "sluis",
            "options": POSTGRESQL_OPTIONS,
        },
    )
