"""A part that is away is said so, with when to come back; it is never an unexplained error."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from broker.http import database
from state.engine import make_engine
from state.ephemeral import StoreUnavailable
from tests.world import make_world

AWAY = (
    OperationalError("SELECT", None, Exception("gone")),
    InternalError("INSERT", None, Exception("read-only")),
    PoolTimeout("no connection left"),
    StoreUnavailable("down"),
)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_X_05_what_is_away_is_a_503_with_a_time_and_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    world = make_world(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise error

    client = world.app.test_client()
    url = f"{world.demo.addresses.broker}/login/{'a' * 26}"
    assert client.get(url).status_code == 410  # while everything is there
    monkeypatch.setattr(type(world.parts.store), "get", fail)
    answer = client.get(url)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wat kunt u nu doen?" in answer.text


def test_X_05_a_connection_that_broke_after_the_answer_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    for _ in range(20):  # more often than there are connections
        monkeypatch.setattr(engine.dialect, "do_rollback", broken)
        assert client.get("/").text == "7"
        monkeypatch.setattr(engine.dialect, "do_rollback", rollback)
        assert client.get("/").text == "7"
    engine.dispose()
