"""SqlStore: in the SQL database, on a connection of its own, one transaction per batch.

Not to be called inside a write transaction on SQLite: it would wait for the lock of its caller.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, LargeBinary, String
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from state.clock import Clock
from state.db import Base
from state.ephemeral import (
    AddOnce,
    Append,
    Count,
    Get,
    Operation,
    Put,
    Redeem,
    Result,
    StoreUnavailable,
    Swap,
    Take,
)
from state.stores import store_generation
from state.stores.single import SingleOperations, lifetime, milliseconds

SWEEP_EVERY: Final = 10_000  # milliseconds
SWEEP_AT_MOST: Final = 500
MOST_TRIES: Final = 3
NEVER: Final = 2**62
MARK: Final = b"1"
GENERATION_KEY: Final = "generation"
_INSERT: Final = "INSERT INTO ephemeral (key, value, number, expires_at) VALUES"
_PARAMETER: Final = re.compile(r":(\w+)")
_TRY_AGAIN: Final = ("40001", "40P01")  # serialization failure, deadlock: nothing was done


class Ephemeral(Base):
    """One value with its end. ``number`` counts, for Count."""

    __tablename__ = "ephemeral"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[int] = mapped_column(Integer, default=0)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)  # milliseconds since 1970


class _Statements:
    """The statements in the parameter style of a driver; each changes a row only if it should."""

    def __init__(self, style: str) -> None:
        def adapt(statement: str) -> str:
            # Plain named parameters as written here; psycopg wants %(name)s.
            return statement if style != "pyformat" else _PARAMETER.sub(r"%(\1)s", statement)

        self.put = adapt(
            f"{_INSERT} (:key, :value, 0, :expires) ON CONFLICT (key) DO UPDATE"
            " SET value = excluded.value, number = 0, expires_at = excluded.expires_at"
        )
        self.get = adapt("SELECT value FROM ephemeral WHERE key = :key AND expires_at > :now")
        self.take = adapt(
            "DELETE FROM ephemeral WHERE key = :key AND expires_at > :now RETURNING value"
        )
        self.swap = adapt(
            "UPDATE ephemeral SET value = :value, expires_at = :expires"
            " WHERE key = :key AND value = :expected AND expires_at > :now RETURNING key"
        )
        self.add_once = adapt(
            f"{_INSERT} (:key, :value, 0, :expires) ON CONFLICT (key) DO UPDATE"
            " SET value = excluded.value, number = 0, expires_at = excluded.expires_at"
            " WHERE ephemeral.expires_at <= :now RETURNING key"
        )
        self.count = adapt(
            f"{_INSERT} (:key, :value, 1, :expires) ON CONFLICT (key) DO UPDATE SET number ="
            " CASE WHEN ephemeral.expires_at <= :now THEN 1 ELSE ephemeral.number + 1 END,"
            " expires_at = CASE WHEN ephemeral.expires_at <= :now THEN excluded.expires_at"
            " ELSE ephemeral.expires_at END RETURNING number"
        )
        # On SQLite || makes a text of the same bytes.
        kind = "BYTEA" if style == "pyformat" else "BLOB"
        self.append = adapt(
            f"{_INSERT} (:key, :value, 0, :expires) ON CONFLICT (key) DO UPDATE SET value ="
            " CASE WHEN ephemeral.expires_at <= :now THEN excluded.value"
            f" ELSE CAST(ephemeral.value || excluded.value AS {kind}) END,"
            " number = 0, expires_at = excluded.expires_at"
        )
        self.sweep = adapt(
            "DELETE FROM ephemeral WHERE expires_at <= :now AND key IN (SELECT key FROM ephemeral"
            " WHERE expires_at <= :now ORDER BY expires_at LIMIT :most)"
        )


class _NotBorn(Exception):
    """The store does not know since when it remembers."""


class SqlStore(SingleOperations):
    """Safe between threads and processes. Goes past SQLAlchemy's statements, which cost ten times
    what SQLite needs for one; the connections are those of the engine's pool."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._statements = _Statements(engine.dialect.paramstyle)
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._swept_at = 0
        self._sweeping = threading.Lock()

    def batch(self, operations: Sequence[Operation]) -> list[Result]:
        now = self._clock()
        try:
            results = self._run(operations, now)
        except _NotBorn:
            self._be_born()
            results = self._run(operations, now)
        if _writes(operations):
            self._sweep_now_and_then(milliseconds(now))
        return results

    def ping(self) -> None:
        self.get("ping")

    def sweep(self, now: int) -> None:
        """Delete some of what expired before ``now`` (milliseconds). Raises StoreUnavailable."""
        with self._cursor(writes=True) as cursor:
            cursor.execute(self._statements.sweep, {"now": now, "most": SWEEP_AT_MOST})

    def _run(
        self, operations: Sequence[Operation], now: datetime, tries: int = MOST_TRIES
    ) -> list[Result]:
        alone = len(operations) == 1 and not _is_several(operations[0])
        try:
            with self._cursor(writes=_writes(operations), alone=alone) as cursor:
                return [self._apply(cursor, operation, now) for operation in operations]
        except _TryAgain:
            if tries > 1:
                return self._run(operations, now, tries - 1)
            raise StoreUnavailable("deadlock") from None

    @contextmanager
    def _cursor(self, *, writes: bool, alone: bool = False) -> Iterator[Any]:
        """One transaction; ``alone``: a single statement, which is atomic without one."""
        try:
            connection = self._engine.raw_connection()
        except (SQLAlchemyError, self._driver_error) as error:
            raise StoreUnavailable.after(error) from None
        try:
            cursor = connection.cursor()
            if self._is_sqlite:
                if not alone:
                    cursor.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                yield cursor
                cursor.close()  # SQLite does not commit while a result is open
                connection.commit()
            elif alone:
                with _autocommit(connection.driver_connection):
                    yield cursor
            else:
                yield cursor
                connection.commit()
        except self._driver_error as error:
            connection.invalidate()
            if getattr(error, "sqlstate", None) in _TRY_AGAIN:
                raise _TryAgain from None
            raise StoreUnavailable.after(error) from None
        except BaseException:
            connection.rollback()
            raise
        finally:
            connection.close()

    def _apply(self, cursor: Any, operation: Operation, now: datetime) -> Result:
        statements, moment = self._statements, milliseconds(now)
        values = {"key": operation.key, "now": moment}
        if isinstance(operation, Get | Take):
            statement = statements.get if isinstance(operation, Get) else statements.take
            found = cursor.execute(statement, values).fetchone()
            return bytes(found[0]) if found else None
        values["expires"] = moment + lifetime(operation.ttl)
        match operation:
            case Put(value=value):
                cursor.execute(statements.put, {**values, "value": value})
                return None
            case Swap(expected=expected, value=value):
                contents = {"expected": expected, "value": value}
                found = cursor.execute(statements.swap, {**values, **contents}).fetchone()
                return found is not None
            case Redeem(key, expected, value, ttl, once):
                if once is not None and not self._apply(cursor, once, now):
                    return False
                if self._apply(cursor, Swap(key, expected, value, ttl), now):
                    return expected
                return self._apply(cursor, Get(key), now)
            case AddOnce(issued_at=issued_at):
                if issued_at is not None and issued_at < self._generation(cursor, moment):
                    return False
                found = cursor.execute(statements.add_once, {**values, "value": MARK}).fetchone()
                return found is not None
            case Append(line=line):
                cursor.execute(statements.append, {**values, "value": line + b"\n"})
                return None
            case Count():
                found = cursor.execute(statements.count, {**values, "value": MARK}).fetchone()
                return int(found[0])

    def _generation(self, cursor: Any, moment: int) -> datetime:
        """Kept among the values, so that whoever empties the table takes it along."""
        values = {"key": GENERATION_KEY, "now": moment}
        found = cursor.execute(self._statements.get, values).fetchone()
        if found is None:
            raise _NotBorn
        return datetime.fromtimestamp(int(bytes(found[0])) / 1000, UTC)

    def _be_born(self) -> None:
        now = self._clock()
        first = store_generation.is_first_store(self._engine, self._clock)
        mark = str(milliseconds(store_generation.generation(now, is_first=first))).encode()
        values = {"key": GENERATION_KEY, "value": mark, "expires": NEVER, "now": 0}
        # Of processes that start together the first store of all has the last word.
        statement = self._statements.put if first else self._statements.add_once
        with self._cursor(writes=True) as cursor:
            cursor.execute(statement, values)

    def _sweep_now_and_then(self, now: int) -> None:
        if now - self._swept_at < SWEEP_EVERY or not self._sweeping.acquire(blocking=False):
            return
        try:
            self._swept_at = now
            self.sweep(now)
        except StoreUnavailable:
            pass  # the operation itself succeeded; there is a next time
        finally:
            self._sweeping.release()


class _TryAgain(Exception):
    """Of two transactions that waited for each other this one was ended; nothing was done."""


@contextmanager
def _autocommit(connection: Any) -> Iterator[None]:
    """BEGIN and COMMIT are two round trips more."""
    connection.autocommit = True
    try:
        yield
    finally:
        if not connection.closed:
            connection.autocommit = False


def _writes(operations: Sequence[Operation]) -> bool:
    return not all(isinstance(operation, Get) for operation in operations)


def _is_several(operation: Operation) -> bool:
    """Does it take more than one statement?"""
    asks_generation = isinstance(operation, AddOnce) and operation.issued_at is not None
    return asks_generation or isinstance(operation, Redeem)
