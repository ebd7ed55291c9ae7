from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from state.engine import DatabaseUrlError, make_engine
from tests.unflushed import flushed


def test_sqlite_makes_its_directory_and_keeps_what_it_promises(tmp_path: Path) -> None:
    with flushed():
        engine = make_engine(f"sqlite:///{tmp_path}/var/data/sluis.db")
    with engine.connect() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10000,
    }
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_speaks_utc_and_gives_up_in_time(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url.replace("+psycopg", ""))
    with engine.connect() as connection:
        shown = [
            connection.execute(text(f"SHOW {name}")).scalar()
            for name in ("timezone", "statement_timeout", "lock_timeout")
        ]
    assert shown == ["UTC", "15s", "10s"]
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/sluis"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="sqlite:///"):
        make_engine(url)
