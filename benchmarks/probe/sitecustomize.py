"""Counting, loaded by the broker's Python in the counting run alone: one letter per event in a
file, of the threads that answer requests and no others.

``r`` SQL read, ``c`` SQL configuration read, ``w`` committed write transaction, ``s`` store round
trip, ``p`` program started.
"""

import os
import sys
import threading

_PATH = os.environ.get("SLUIS_BENCH_COUNTS")
_STARTS_PROGRAM = ("subprocess.Popen", "os.posix_spawn", "os.system", "os.exec")
_CONFIGURATION = ("registration", "signing_key", "alembic_version")


def _install(path: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def count(letter: bytes) -> None:
        if threading.current_thread().name.startswith("request-"):
            os.write(file, letter)

    def audit(name: str, _: object) -> None:
        if name in _STARTS_PROGRAM:
            count(b"p")

    sys.addaudithook(audit)
    _count_sql(count)
    _count_prepared(count)
    _count_store(count)


def _count_sql(count) -> None:  # type: ignore[no-untyped-def]
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "before_cursor_execute")
    def _statement(connection, cursor, statement, *_):  # type: ignore[no-untyped-def]  # noqa: ARG001
        word = statement.lstrip()[:6].upper()
        if word == "SELECT":
            is_configuration = any(name in statement for name in _CONFIGURATION)
            count(b"c" if is_configuration else b"r")
        elif word in ("INSERT", "UPDATE", "DELETE"):
            connection.info["bench_wrote"] = True

    @event.listens_for(Engine, "commit")
    def _commit(connection):  # type: ignore[no-untyped-def]
        if connection.info.pop("bench_wrote", False):
            count(b"w")

    @event.listens_for(Engine, "rollback")
    def _rollback(connection):  # type: ignore[no-untyped-def]
        connection.info.pop("bench_wrote", None)


def _count_prepared(count) -> None:  # type: ignore[no-untyped-def]
    """Statements that run on the driver pass by the events of the engine."""
    from state.prepared import PreparedStatement

    original = PreparedStatement._execute

    def execute(self, driver, dialect, parameters):  # type: ignore[no-untyped-def]
        if self._statement.is_select:
            count(b"r")
        else:
            driver.info["bench_wrote"] = True
        return original(self, driver, dialect, parameters)

    PreparedStatement._execute = execute


def _count_store(count) -> None:  # type: ignore[no-untyped-def]
    from state.stores.memory import MemoryStore
    from state.stores.redis import RedisStore
    from state.stores.sql import SqlStore

    for store in (MemoryStore, RedisStore, SqlStore):
        _wrap(store, count)


def _wrap(store, count) -> None:  # type: ignore[no-untyped-def]
    original = store.batch

    def batch(self, operations):  # type: ignore[no-untyped-def]
        count(b"s")
        return original(self, operations)

    store.batch = batch


if _PATH:
    _install(_PATH)
