"""The SQL side: declarative base, naming convention, column types. Engine and sessions come from
the caller.
"""

from __future__ import annotations

import enum
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any, Final

from sqlalchemy import DateTime, Enum, LargeBinary, MetaData, String, Table, event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    MappedColumn,
    Session,
    mapped_column,
)
from sqlalchemy.types import TypeDecorator

from assurance.levels import AssuranceLevel
from state.prepared import end_reads

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_MILLISECONDS = 10_000  # how long SQLite waits for another writer
BUSY_PAUSE = 0.02  # seconds until it is asked again, where it does not wait by itself
WRITES = "sluis_writes"  # execution option of a connection whose transaction will write
_ALONE = "AUTOCOMMIT"
_BROKEN_KEYS = frozenset(
    {
        "23503",  # foreign_key_violation
        "23505",  # unique_violation
        "SQLITE_CONSTRAINT_FOREIGNKEY",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        "SQLITE_CONSTRAINT_UNIQUE",
    }
)
_MET_ANOTHER = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure
DIALECT = "sluis_dialect"  # in Index.info: the only kind of database that has it
SEALED = "sluis_sealed"  # in Column.info: the context under which its values are sealed


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements of the hot path, which skip the mapper."""
    found = model.__table__
    assert isinstance(found, Table)
    return found


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes in, aware UTC datetimes out; a naive one is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LevelColumn(TypeDecorator[AssuranceLevel]):
    """An AssuranceLevel by its label (``EH2+``), so that a row reads as people speak."""

    impl = String(5)
    cache_ok = True

    def process_bind_param(self, value: AssuranceLevel | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value.label if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> AssuranceLevel | None:  # noqa: ARG002
        return AssuranceLevel.from_label(value) if value is not None else None


def enum_column_type(words: type[enum.StrEnum], length: int) -> Enum:
    """A column that holds the values of an enum as plain text: no type and no constraint in the
    database, so that a new word needs no migration.
    """
    return Enum(
        words,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda known: [member.value for member in known],
    )


def sealed_column(context: str) -> MappedColumn[Any]:
    """A column of values under the master key; empty ones are not sealed.

    ``context`` names columns of the same row in braces (``factor:{id}``). Whoever replaces the
    master key finds by it what must be sealed anew, and how.
    """
    return mapped_column(LargeBinary, info={SEALED: context})


_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = tuple(first + second for first in _ALPHABET for second in _ALPHABET)


def new_id() -> str:
    """An identifier for a row: 128 random bits, 26 characters of lower-case base32."""
    number = int.from_bytes(secrets.token_bytes(16))
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


def prepare_sqlite(engine: Engine) -> None:
    """WAL, full durability, foreign keys and a busy timeout on every connection; write transactions
    begin immediately, so that two writers wait for each other instead of failing half-way.
    """

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        _change_to_wal(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        statement = "BEGIN IMMEDIATE" if writes else "BEGIN"
        try:
            # On the driver: what SQLAlchemy does around a statement costs more than this one.
            connection.connection.dbapi_connection.execute(statement)
        except sqlite3.OperationalError as error:  # another process holds the lock for too long
            raise OperationalError(statement, None, error) from None


def _change_to_wal(cursor: sqlite3.Cursor) -> None:
    """Two that make the file at once wait for each other. SQLite does not do it here, because a
    change of the journal turns a reader into a writer. Raises sqlite3.OperationalError.
    """
    end = monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # An extended code (SQLITE_BUSY_RECOVERY and the like) holds the plain one below it.
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or monotonic() > end:
                raise
            sleep(BUSY_PAUSE)
        else:
            return


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """A write transaction of its own: ends what was only read, commits at the end, rolls back on
    any error.

    On SQLite it takes the write lock at once, because a reader that turns writer half-way fails as
    soon as another process wrote in between.
    """
    end_reads(session)
    session.rollback()
    session.connection(execution_options={WRITES: True, **_in_a_transaction(session)})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def reading_together(session: Session) -> Iterator[None]:
    """A read transaction around several reads, where each is otherwise on its own: rows that
    are fetched a few hundred at a time need one on PostgreSQL. One that the caller began goes on
    with its own view and limits.
    """
    if _is_in_a_transaction(session):
        yield
        return
    end_reads(session)
    session.rollback()
    session.connection(execution_options=_in_a_transaction(session))
    try:
        yield
    finally:
        session.rollback()


def reading_alone(engine: Engine) -> Engine:
    """The same engine with each read on its own: no BEGIN before and no ROLLBACK after it, which on
    PostgreSQL are two round trips. Every write is inside ``writing`` anyway. SQLite stays as it is.
    """
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level=_ALONE)


def _is_in_a_transaction(session: Session) -> bool:
    if not session.in_transaction():
        return False
    return session.connection().get_execution_options().get("isolation_level") != _ALONE


def _in_a_transaction(session: Session) -> dict[str, Any]:
    if session.get_bind().dialect.name != "postgresql":
        return {}
    return {"isolation_level": "READ COMMITTED"}


def breaks_a_key(error: IntegrityError) -> bool:
    """Is there a row already that was to be made, or none any more that it names? False for what a
    trigger or a check of the database refuses.
    """
    state = getattr(error.orig, "sqlstate", None)  # of PostgreSQL
    return state in _BROKEN_KEYS or getattr(error.orig, "sqlite_errorname", None) in _BROKEN_KEYS


def met_another(error: DBAPIError) -> bool:
    """Did PostgreSQL end this transaction because others waited for it? Begun anew it passes."""
    return getattr(error.orig, "sqlstate", None) in _MET_ANOTHER


def is_duplicate(error: IntegrityError, column: InstrumentedAttribute[Any]) -> bool:
    """Is there a row already with this value in a column of which each has its own? False for
    every other key that is broken, which is then no matter of this value.
    """
    table, name = column.class_.__tablename__, column.key
    diagnosis = getattr(error.orig, "diag", None)  # of PostgreSQL
    if diagnosis is not None:
        known = {f"uq_{table}_{name}", f"ix_{table}_{name}"}
        if column.property.columns[0].primary_key:
            known.add(f"pk_{table}")
        return breaks_a_key(error) and diagnosis.constraint_name in known
    return str(error.orig) == f"UNIQUE constraint failed: {table}.{name}"
