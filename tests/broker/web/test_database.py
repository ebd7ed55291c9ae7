"""The session of a request: one connection for what it reads, which goes back when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Integer, bindparam, select, text

from broker.web import database
from state.engine import make_engine
from state.prepared import PreparedStatement

ONE = PreparedStatement(select(bindparam("one", value=None, type_=Integer(), required=True)))


def test_reads_of_a_request_share_a_connection_until_it_ends(tmp_path: Path) -> None:
    app, engine = Flask("tests"), make_engine(f"sqlite:///{tmp_path}/one.db")
    kept = database.install(app, engine)
    for fails in (False, True):
        with app.app_context():
            session = kept.current_session()
            assert kept.current_session() is session
            for number in range(3):
                assert ONE.first(session, {"one": number}) == (number,)
                assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
            if fails:
                with pytest.raises(KeyError):
                    ONE.first(session, {})
                assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()


def test_a_request_holds_one_connection_whatever_it_reads_by(tmp_path: Path) -> None:
    """With two each, as many requests as there are connections would wait for each other."""
    app, engine = Flask("tests"), make_engine(f"sqlite:///{tmp_path}/one.db")
    kept = database.install(app, engine)
    with app.app_context():
        session = kept.current_session()
        for number in range(2):
            assert ONE.first(session, {"one": number}) == (number,)
            assert session.scalar(text("SELECT 1")) == 1
            assert ONE.first(session, {"one": number}) == (number,)
            assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
            session.rollback()
            assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()
