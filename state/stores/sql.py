"""SqlStore: in the SQL database, on a connection of its own, one transaction per batch.

Not to be called inside a write transaction on SQLite: it would wait for the lock of its caller.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, String, TextClause, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from state.clock import Clock
from state.db import WRITES, Base
from state.ephemeral import (
    AddOnce,
    Count,
    Get,
    Operation,
    Put,
    Result,
    StoreUnavailable,
    Swap,
    Take,
)
from state.stores import birth
from state.stores.single import SingleOperations, lifetime, milliseconds

SWEEP_EVERY: Final = 10_000  # milliseconds
SWEEP_AT_MOST: Final = 500
MOST_TRIES: Final = 3
NEVER: Final = 2**62
MARK: Final = b"1"
GENERATION_KEY: Final = "generation"
_TRY_AGAIN: Final = ("40001", "40P01")  # serialization failure, deadlock: nothing was done


class Ephemeral(Base):
    """One value with its end. ``number`` counts, for Count."""

    __tablename__ = "ephemeral"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[int] = mapped_column(Integer, default=0)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)  # milliseconds since 1970


_PUT = text(
    "INSERT INTO ephemeral (key, value, number, expires_at) VALUES (:key, :value, 0, :expires)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value, number = 0,"
    " expires_at = excluded.expires_at"
)
_GET = text("SELECT value FROM ephemeral WHERE key = :key AND expires_at > :now")
_TAKE = text("DELETE FROM ephemeral WHERE key = :key AND expires_at > :now RETURNING value")
_SWAP = text(
    "UPDATE ephemeral SET value = :value, expires_at = :expires"
    " WHERE key = :key AND value = :expected AND expires_at > :now RETURNING key"
)
_ADD_ONCE = text(
    "INSERT INTO ephemeral (key, value, number, expires_at) VALUES (:key, :value, 0, :expires)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value, number = 0,"
    " expires_at = excluded.expires_at WHERE ephemeral.expires_at <= :now RETURNING key"
)
_COUNT = text(
    "INSERT INTO ephemeral (key, value, number, expires_at) VALUES (:key, :value, 1, :expires)"
    " ON CONFLICT (key) DO UPDATE SET"
    " number = CASE WHEN ephemeral.expires_at <= :now THEN 1 ELSE ephemeral.number + 1 END,"
    " expires_at = CASE WHEN ephemeral.expires_at <= :now THEN excluded.expires_at"
    " ELSE ephemeral.expires_at END RETURNING number"
)
_SWEEP = text(
    "DELETE FROM ephemeral WHERE expires_at <= :now AND key IN"
    " (SELECT key FROM ephemeral WHERE expires_at <= :now ORDER BY expires_at LIMIT :most)"
)


class SqlStore(SingleOperations):
    """Safe between threads and processes: a row is changed by one statement that checks first."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._swept_at = 0
        self._sweeping = threading.Lock()

    def batch(self, operations: Sequence[Operation]) -> list[Result]:
        now = self._clock()
        writes = not all(isinstance(operation, Get) for operation in operations)
        results = self._run(operations, now, writes)
        if writes:
            self._sweep_now_and_then(milliseconds(now))
        return results

    def ping(self) -> None:
        self.get("ping")

    def sweep(self, now: int) -> None:
        """Delete some of what expired before ``now`` (milliseconds). Raises StoreUnavailable."""
        try:
            with self._transaction((), writes=True) as connection, connection.begin():
                connection.execute(_SWEEP, {"now": now, "most": SWEEP_AT_MOST})
        except SQLAlchemyError as error:
            raise StoreUnavailable(type(error).__name__) from None

    def _run(
        self, operations: Sequence[Operation], now: datetime, writes: bool, tries: int = MOST_TRIES
    ) -> list[Result]:
        try:
            with self._transaction(operations, writes) as connection, connection.begin():
                return [_apply(connection, operation, now) for operation in operations]
        except SQLAlchemyError as error:
            if tries > 1 and _may_try_again(error):
                return self._run(operations, now, writes, tries - 1)
            raise StoreUnavailable(type(error).__name__) from None

    def _transaction(self, operations: Sequence[Operation], writes: bool) -> Connection:
        connection = self._engine.connect()
        if self._engine.dialect.name == "postgresql" and _is_one_statement(operations):
            # BEGIN and COMMIT are two round trips more for a statement that is atomic anyway.
            return connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection.execution_options(**{WRITES: writes})

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


def _is_one_statement(operations: Sequence[Operation]) -> bool:
    if len(operations) != 1:
        return False
    (only,) = operations
    return not isinstance(only, AddOnce) or only.issued_at is None


def _may_try_again(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _TRY_AGAIN


def _apply(connection: Connection, operation: Operation, now: datetime) -> Result:
    moment = milliseconds(now)
    match operation:
        case Put(key, value, ttl):
            expires = moment + lifetime(ttl)
            connection.execute(_PUT, {"key": key, "value": value, "expires": expires})
            return None
        case Get(key):
            return _value(connection, _GET, key=key, now=moment)
        case Take(key):
            return _value(connection, _TAKE, key=key, now=moment)
        case Swap(key, expected, value, ttl):
            expires = moment + lifetime(ttl)
            found = _first(
                connection,
                _SWAP,
                key=key,
                expected=expected,
                value=value,
                expires=expires,
                now=moment,
            )
            return found is not None
        case AddOnce(key, ttl, issued_at):
            if issued_at is not None and issued_at < _generation(connection, now):
                return False
            expires = moment + lifetime(ttl)
            added = _first(connection, _ADD_ONCE, key=key, value=MARK, expires=expires, now=moment)
            return added is not None
        case Count(key, ttl):
            expires = moment + lifetime(ttl)
            return int(_first(connection, _COUNT, key=key, value=MARK, expires=expires, now=moment))


def _first(connection: Connection, statement: TextClause, **values: object) -> Any:
    return connection.execute(statement, values).scalar()


def _value(connection: Connection, statement: TextClause, **values: object) -> bytes | None:
    found = _first(connection, statement, **values)
    return bytes(found) if found is not None else None


def _generation(connection: Connection, now: datetime) -> datetime:
    """Kept among the values, so that whoever empties the table takes it along."""
    values = {"key": GENERATION_KEY, "now": milliseconds(now)}
    kept = _value(connection, _GET, **values)
    if kept is None:
        born = birth.generation(now, is_first=birth.claim(connection, now))
        mark = str(milliseconds(born)).encode()
        _first(connection, _ADD_ONCE, value=mark, expires=NEVER, **values)
        kept = _value(connection, _GET, **values) or mark
    return datetime.fromtimestamp(int(kept) / 1000, UTC)
