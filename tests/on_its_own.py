"""On PostgreSQL a read outside ``state.db.writing`` is a transaction of its own: what writes or
locks there would be committed, or let go, at once. Tests see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, event

from state.prepared import PreparedStatement

NEEDS_A_TRANSACTION: Final = re.compile(
    r"\s*(INSERT|UPDATE|DELETE)\b|\bFOR (NO KEY )?(UPDATE|SHARE|KEY SHARE)\b|pg_advisory_xact_lock"
)


@contextmanager
def watched() -> Iterator[None]:
    """Inside this block a statement that needs a transaction and has none raises AssertionError."""
    original = PreparedStatement._execute

    def on_cursor(_: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        _look(cursor.connection, statement)

    def on_driver(self: PreparedStatement, driver: Any, dialect: Any, parameters: Any) -> Any:
        done = original(self, driver, dialect, parameters)
        _look(driver.dbapi_connection, done[0].text)
        return done

    event.listen(Engine, "before_cursor_execute", on_cursor)
    PreparedStatement._execute = on_driver  # type: ignore[method-assign]
    try:
        yield
    finally:
        PreparedStatement._execute = original  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", on_cursor)


def _look(driver: Any, statement: str) -> None:
    if getattr(driver, "autocommit", False) is True and NEEDS_A_TRANSACTION.search(statement):
        raise AssertionError(f"outside writing: {statement[:80]}")
