"""SQLite when things go wrong: killed while writing, copied as the power would leave it, locked,
written by two processes at once.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from state import db
from state.db import writing
from state.engine import make_engine

KILLS = 6
TWO_ROWS = 2  # of one transaction: both are there, or neither

# Writes two rows per transaction and says so only after the commit.
WRITER = """
import sys
from sqlalchemy import text
from sqlalchemy.orm import Session
from state import db
from state.db import writing
from state.engine import make_engine
engine = make_engine(sys.argv[1])
first, most = int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + most):
    with Session(engine) as session, writing(session):
        for half in ("a", "b"):
            session.execute(text("INSERT INTO kept VALUES (:n, :h)"), {"n": number, "h": half})
    print(number, flush=True)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sluis.db"
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (number INTEGER, half TEXT)"))
    engine.dispose()
    return path


def writer(file: Path, first: int, most: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, f"sqlite:///{file}", str(first), str(most)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def heard(process: subprocess.Popen[str], most: int) -> list[int]:
    """The transactions that were acknowledged, at most so many of them."""
    assert process.stdout is not None
    lines = (process.stdout.readline() for _ in range(most))
    return [int(line) for line in lines if line.endswith("\n")]


def rest(process: subprocess.Popen[str]) -> list[int]:
    """What was still said before the end."""
    with process:
        assert process.stdout is not None
        return [int(line) for line in process.stdout if line.endswith("\n")]


def kept(file: Path) -> dict[int, int]:
    """Transaction -> its rows, in a file that must be whole."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = connection.execute("SELECT number, count(*) FROM kept GROUP BY number")
        return dict(rows.fetchall())


def test_X_06_killed_while_writing(file: Path) -> None:
    """Again and again on the same file: every commit that was heard of is there, none half."""
    acknowledged: list[int] = []
    for number in range(KILLS):
        process = writer(file, 1_000_000 * number, 1_000_000)
        acknowledged += heard(process, random.randint(1, 60))
        process.send_signal(signal.SIGKILL)
        acknowledged += rest(process)
        found = kept(file)
        assert set(acknowledged) <= set(found)
        assert set(found.values()) == {TWO_ROWS}


def test_X_06_the_power_goes(file: Path, tmp_path: Path) -> None:
    """The files as they are at one moment, journal and all, make a whole database."""
    process = writer(file, 0, 1_000_000)
    acknowledged = heard(process, 40)
    process.send_signal(signal.SIGSTOP)  # nothing moves while it is copied
    left = tmp_path / "left"
    left.mkdir()
    for part in (file, file.with_name(file.name + "-wal")):
        shutil.copy(part, left / part.name)
    process.send_signal(signal.SIGKILL)
    rest(process)
    found = kept(left / file.name)
    assert set(acknowledged) <= set(found)
    assert set(found.values()) == {TWO_ROWS}


def test_X_06_two_processes_write_at_once(file: Path) -> None:
    """They wait for each other; neither fails."""
    both = [writer(file, first, 100) for first in (0, 1000)]
    said = [rest(process) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert kept(file) == dict.fromkeys(said[0] + said[1], TWO_ROWS)
    assert len(said[0] + said[1]) == 200


def test_X_06_a_file_that_stays_locked_is_given_up_and_then_written(file: Path) -> None:
    engine = make_engine(f"sqlite:///{file}")

    def write() -> None:
        with Session(engine) as session:
            session.execute(text("PRAGMA busy_timeout=50"))
            with writing(session):
                session.execute(text("INSERT INTO kept VALUES (1, 'a'), (1, 'b')"))

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):  # a 503: tests/broker
            write()
        other.execute("COMMIT")
    write()
    engine.dispose()
    assert kept(file) == {1: TWO_ROWS}


def test_who_comes_while_another_makes_the_file_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite does not wait by itself for the change to WAL. Here the other ends at a pause."""
    path = tmp_path / "sluis.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE made (number INTEGER)")
        monkeypatch.setattr(db, "sleep", lambda _: other.execute("COMMIT"))
        with closing(make_engine(f"sqlite:///{path}").raw_connection()) as connection:
            assert connection.cursor().execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.cursor().execute("SELECT count(*) FROM made").fetchone() == (0,)


class Cursor:
    """One that is told this once, and then nothing."""

    def __init__(self, code: int) -> None:
        self._codes = [code]

    def execute(self, _: str) -> None:
        if self._codes:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = self._codes.pop()
            raise error


def test_busy_is_busy_whatever_more_sqlite_says_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes while another one recovers the file after a crash hears an extended code."""
    monkeypatch.setattr(db, "sleep", lambda _: None)
    for code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_SNAPSHOT):
        db._change_to_wal(Cursor(code))  # type: ignore[arg-type]
    with pytest.raises(sqlite3.OperationalError):
        db._change_to_wal(Cursor(sqlite3.SQLITE_READONLY))  # type: ignore[arg-type]


def test_a_file_that_nobody_finishes_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_MILLISECONDS", 0)
    path = tmp_path / "sluis.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE made (number INTEGER)")
        with pytest.raises(OperationalError, match="locked"):
            make_engine(f"sqlite:///{path}").connect()
