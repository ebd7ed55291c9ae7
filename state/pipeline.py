"""Statements that go over the line together: PostgreSQL answers a whole pipeline in one round trip.

On SQLite there is no line, and each statement runs as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_OPEN: Final[dict[int, Any]] = {}  # pipelines by the identity of the driver's connection


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Inside this block a prepared statement without rows does not wait for its answer; a read, a
    statement of the mapper and the end of the block wait for everything before them.

    For use inside ``writing``, which waits for the commit. Raises DBAPIError where a statement
    failed, at the place that waits.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.pipeline() as pipeline:
            _OPEN[id(driver)] = pipeline
            try:
                yield
            finally:
                del _OPEN[id(driver)]
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            "a pipeline", None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True
        ) from None


def follow_pipelines(engine: Engine) -> None:
    """Let statements of the mapper wait for their answer inside a pipeline: it looks at what came
    back as soon as they were sent.
    """

    @event.listens_for(engine, "do_execute")
    def _on_execute(cursor: Any, statement: str, parameters: Any, _: Any) -> bool | None:
        pipeline = _OPEN.get(id(cursor.connection))
        if pipeline is None:
            return None
        cursor.execute(statement, parameters)
        pipeline.sync()
        return True

    @event.listens_for(engine, "do_executemany")
    def _on_executemany(cursor: Any, statement: str, parameters: Any, _: Any) -> bool | None:
        pipeline = _OPEN.get(id(cursor.connection))
        if pipeline is None:
            return None
        cursor.executemany(statement, parameters)
        pipeline.sync()
        return True
