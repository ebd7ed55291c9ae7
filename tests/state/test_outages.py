"""What is in the way of database and store is told by a word, from what real servers say."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from redis import Redis
from redis import exceptions as redis_errors
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from state import outages
from state.engine import engine_at
from state.ephemeral import StoreUnavailable
from state.outages import DATABASE_OUTAGES, STORE_OUTAGES, outage_of
from state.stores.redis import RedisStore
from tests.servers import free_port, redis

ROOT = Path(__file__).parents[2]


def _raised_by(url: str, *statements: str) -> Exception:
    with (
        pytest.raises(SQLAlchemyError) as raised,
        engine_at(url) as engine,
        engine.connect() as connection,
    ):
        for statement in statements or ("SELECT 1",):
            connection.execute(text(statement))
    return raised.value


def _word(error: Exception) -> str | None:
    outage = outage_of(error)
    return outage.word if outage else None


def _silent() -> tuple[socket.socket, int]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener, listener.getsockname()[1]


POSTGRESQL: dict[str, tuple[Callable[[str], str], tuple[str, ...], str]] = {
    "another role": (lambda url: url.replace("sluis@", "nobody@"), (), "login"),
    "another name": (lambda url: f"{url}x", (), "no_database"),
    "a standby": (
        lambda url: url,
        ("SET default_transaction_read_only = on", "COMMIT", "CREATE TABLE x (y int)"),
        "read_only",
    ),
    "too long": (lambda url: url, ("SET statement_timeout = 20", "SELECT pg_sleep(5)"), "locked"),
    "before init": (lambda url: url, ("SELECT * FROM nowhere",), "no_tables"),
    "without rights": (
        lambda url: url,
        ("DROP ROLE IF EXISTS x", "CREATE ROLE x", "SET ROLE x", "CREATE SCHEMA y"),
        "rights",
    ),
    "ended": (lambda url: url, ("SELECT pg_terminate_backend(pg_backend_pid())",), "broke_off"),
    "no TLS": (lambda url: f"{url}?sslmode=require", (), "tls"),
}


@pytest.mark.postgres
@pytest.mark.parametrize("case", POSTGRESQL)
def test_postgresql_is_told_by_what_it_says(postgresql_url: str, case: str) -> None:
    change, statements, word = POSTGRESQL[case]
    assert _word(_raised_by(change(postgresql_url), *statements)) == word


def test_a_database_that_is_not_there_is_told_by_why() -> None:
    assert _word(_raised_by(f"postgresql://sluis@127.0.0.1:{free_port()}/sluis")) == "refused"
    assert _word(_raised_by("postgresql://sluis@db.invalid/sluis")) == "name"


def test_a_database_that_is_silent_is_told_as_that() -> None:
    listener, port = _silent()
    with listener, pytest.raises(psycopg.OperationalError) as raised:
        psycopg.connect(f"postgresql://127.0.0.1:{port}/sluis?connect_timeout=1")
    assert _word(raised.value) == "timeout"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("53300", "no_connections"),
        ("57P03", "starting"),
        ("53100", "disk_full"),
        ("28P01", "login"),
        ("40P01", "locked"),
    ],
)
def test_a_state_of_postgresql_says_it_in_every_language(state: str, word: str) -> None:
    assert _word(psycopg.errors.lookup(state)("FATAL: alles is anders")) == word


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ('connection failed: FATAL:  password authentication failed for user "sluis"', "login"),
        ("connection failed: FATAL:  sorry, too many clients already", "no_connections"),
        ("FATAL:  remaining connection slots are reserved for superusers", "no_connections"),
        ("connection failed: FATAL:  the database system is starting up", "starting"),
        ("server closed the connection unexpectedly", "broke_off"),
        ("SSL connection has been closed unexpectedly", "broke_off"),
        ("alles is anders", None),
    ],
)
def test_what_comes_before_a_connection_has_no_state(told: str, word: str | None) -> None:
    assert _word(psycopg.OperationalError(told)) == word


def test_sqlite_is_told_by_its_file(tmp_path: Path) -> None:
    folder, damaged = tmp_path / "folder", tmp_path / "damaged.db"
    folder.mkdir()
    damaged.write_text("no database" * 1000)
    assert _word(_raised_by(f"sqlite:///{folder}")) == "no_file"
    assert _word(_raised_by(f"sqlite:///{damaged}")) == "damaged"
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    assert _word(_raised_by(empty, "SELECT * FROM nowhere")) == "no_tables"


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ("database is locked", "locked"),
        ("database or disk is full", "disk_full"),
        ("attempt to write a readonly database", "file_rights"),
        ("near SELEC: syntax error", None),
    ],
)
def test_sqlite_has_no_states(told: str, word: str | None) -> None:
    assert _word(sqlite3.OperationalError(told)) == word


def _store_error(url: str) -> StoreUnavailable:
    store = RedisStore(url, lambda: datetime.now(UTC), lambda: True)
    with pytest.raises(StoreUnavailable) as raised:
        store.put("key", b"value", 60)
    store.close()
    return raised.value


def _with_password(url: str) -> str:
    return url.replace("redis://", "redis://:another@")


def _asks_a_password(client: Any) -> None:
    client.config_set("requirepass", "secret")


def _is_a_replica(client: Any) -> None:
    client.replicaof("127.0.0.1", "1")


def _is_full(client: Any) -> None:
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1")


REDIS: dict[str, tuple[Callable[[Any], None], Callable[[str], str], str]] = {
    "without its password": (_asks_a_password, lambda url: url, "login"),
    "with another password": (_asks_a_password, _with_password, "login"),
    "a replica": (_is_a_replica, lambda url: url, "read_only"),
    "full": (_is_full, lambda url: url, "memory_full"),
}


@pytest.mark.parametrize("case", REDIS)
def test_redis_is_told_by_what_it_says(case: str) -> None:
    harm, change, word = REDIS[case]
    with redis() as url:
        client = Redis.from_url(url)
        RedisStore(url, lambda: datetime.now(UTC), lambda: True).put("first", b"value", 60)
        harm(client)
        outage = _store_error(change(url)).outage
    assert outage == STORE_OUTAGES[word]


def test_a_redis_that_is_not_there_is_told_by_why() -> None:
    refused = _store_error(f"redis://127.0.0.1:{free_port()}/0")
    assert refused.outage == STORE_OUTAGES["refused"]
    assert outages.named(refused) == "StoreUnavailable: refused"
    assert _store_error("redis://redis.invalid/0").outage == STORE_OUTAGES["name"]
    listener, port = _silent()
    with listener:
        assert _store_error(f"redis://127.0.0.1:{port}/0").outage == STORE_OUTAGES["timeout"]


def test_a_redis_that_cannot_write_to_disk_is_told_as_that() -> None:
    said = redis_errors.ResponseError("MISCONF Redis is configured to save RDB snapshots, but …")
    assert outage_of(said) == STORE_OUTAGES["disk_full"]


def test_a_log_gets_the_kind_and_the_word_and_nothing_of_the_text() -> None:
    error = sqlite3.OperationalError("database is locked: somebody@example.nl")
    assert outages.named(error) == "OperationalError: locked"
    assert outages.named(PoolTimeout()) == "TimeoutError: all_in_use"
    assert outages.named(ValueError("secret")) == "ValueError"
    assert outages.named(StoreUnavailable("down")) == "StoreUnavailable"


def test_each_outage_says_what_to_do() -> None:
    for known in (DATABASE_OUTAGES, STORE_OUTAGES):
        for word, one in known.items():
            assert one.word == word and one.says and one.instead
            assert one.says[0].islower() and not one.instead.endswith(".")


def test_the_page_for_operators_has_every_word() -> None:
    page = (ROOT / "docs/operators/logs.md").read_text(encoding="utf-8")
    for one in (*DATABASE_OUTAGES.values(), *STORE_OUTAGES.values()):
        assert f"| `{one.word}` | {one.says} | {one.instead} |" in page
