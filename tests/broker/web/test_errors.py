"""A part that is away is said so, with when to come back; it is never an unexplained error."""

from __future__ import annotations

import errno
import gc
import sqlite3
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assurance.session_lifetime import BrowserSession
from broker.sso.grants import Grant
from broker.web import database
from directory.history import HistoryEntry
from state.audit import AuditRow
from state.engine import make_engine
from state.ephemeral import StoreUnavailable
from tests.world import World, make_world

AWAY = (
    OperationalError("SELECT", None, Exception("gone")),
    InternalError("INSERT", None, Exception("read-only")),
    PoolTimeout("no connection left"),
    StoreUnavailable("down"),
    *(
        DBAPIError.instance("UPDATE", {}, made("could not serialize"), psycopg.Error)
        for made in (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
    ),
)
SHORTAGES = (
    pytest.param(OSError(errno.EMFILE, "Too many open files"), id="X-19 file handles"),
    pytest.param(OSError(errno.ENFILE, "Too many open files"), id="X-19 of the whole machine"),
    pytest.param(MemoryError(), id="X-19 memory"),
    pytest.param(OSError(errno.ENOSPC, "No space left on device"), id="X-07 disk"),
    pytest.param(OSError(errno.EDQUOT, "Disk quota exceeded"), id="X-07 quota"),
)


def _name(error: Exception) -> str:
    return type(getattr(error, "orig", None) or error).__name__


@pytest.mark.parametrize("error", AWAY, ids=_name)
def test_X_05_what_is_away_is_a_503_with_a_time_and_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    world = make_world(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise error

    client = world.app.test_client()
    url = f"{world.demo.addresses.broker}/login/{'a' * 26}"
    assert client.get(url).status_code == 410  # while everything is there
    monkeypatch.setattr(type(world.process.store), "get", fail)
    answer = client.get(url)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wat kunt u nu doen?" in answer.text


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def while_it_fails(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> tuple[int, str, str]:
    """Status, when to come back, and the page."""

    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(type(world.process.store), "get", fail)
        url = f"{world.demo.addresses.broker}/login/{'a' * 26}"
        answer = world.app.test_client().get(url)
    return answer.status_code, answer.headers.get("Retry-After", ""), answer.text


@pytest.mark.parametrize("error", SHORTAGES)
def test_a_shortage_of_the_machine_is_a_503_and_passes(
    whole: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    status, retry, page = while_it_fails(whole, monkeypatch, error)
    assert (status, "Wat kunt u nu doen?" in page) == (503, True)
    assert int(retry) > 0
    page_again = whole.walk("Meldportaal Bodem", "Polderpoort", "jan").run()
    assert page_again.url.startswith(whole.demo.addresses.portal)


def test_X_07_a_full_disk_of_postgresql_is_told_like_that_of_sqlite() -> None:
    """Both drivers say so with the error that every server away is told with: a 503."""
    assert issubclass(psycopg.errors.DiskFull, psycopg.OperationalError)
    full = DBAPIError.instance(
        "INSERT", {}, psycopg.errors.DiskFull("No space left on device"), psycopg.Error
    )
    assert isinstance(full, OperationalError)


@pytest.mark.parametrize(
    "made", [psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected]
)
def test_X_05_a_transaction_that_lost_to_another_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: type[psycopg.Error]
) -> None:
    """While the answer of a login is written: a 503, no row of it, and the next one is in."""
    world = make_world(tmp_path)
    lost = DBAPIError.instance("UPDATE", {}, made("try again"), psycopg.Error)

    def lose(*_: object, **__: object) -> None:
        raise lost

    def rows() -> list[int]:
        with world.session() as session:
            return [
                session.scalars(select(func.count()).select_from(table)).one()
                for table in (Grant, BrowserSession, HistoryEntry, AuditRow)
            ]

    before = rows()
    with monkeypatch.context() as patch:
        patch.setattr("broker.journey.login_records.history.record", lose)
        page = world.walk("Meldportaal Bodem", "Polderpoort", "jan").run()
    assert (page.status, page.heading) == (503, "Er is een storing")
    assert rows() == before
    page = world.walk("Meldportaal Bodem", "Polderpoort", "jan").run()
    assert page.url.startswith(world.demo.addresses.portal)
    assert all(now > then for now, then in zip(rows(), before, strict=True))


def test_another_error_of_the_machine_is_ours(
    whole: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = PermissionError(errno.EACCES, "Permission denied")
    status, retry, _ = while_it_fails(whole, monkeypatch, denied)
    assert (status, retry) == (500, "")


def test_X_05_a_connection_that_broke_after_the_answer_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The transaction that only read cannot be rolled back any more; the page is whole."""
    app, engine = Flask("reader"), make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    sql = database.install(app, engine)
    rollback = engine.dialect.do_rollback

    @app.get("/")
    def read() -> str:
        return str(sql.current_session().scalar(text("SELECT 7")))

    def broken(_: object) -> None:
        raise sqlite3.OperationalError("server closed the connection")

    client = app.test_client()
    assert client.get("/").text == "7"
    # In a process that serves the collector comes rarely: nothing may wait for it.
    gc.collect()
    gc.disable()
    request.addfinalizer(gc.enable)
    for _ in range(20):  # more often than there are connections
        monkeypatch.setattr(engine.dialect, "do_rollback", broken)
        assert client.get("/").text == "7"
        monkeypatch.setattr(engine.dialect, "do_rollback", rollback)
        assert client.get("/").text == "7"
    engine.dispose()
