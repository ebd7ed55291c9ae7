"""Statements that go over the line together, and reads that each are on their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from benchmarks.turns import Turns, counting, port_of
from state.db import Base, reading_alone, reading_together, table_of, writing
from state.engine import make_engine
from state.pipeline import together
from state.prepared import PreparedStatement, insert_into
from state.registrations import RegistrationRevision
from state.stores.sql import Ephemeral
from tests.databases import BOTH, database
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]
ROWS = table_of(Ephemeral)
ADD = PreparedStatement(insert_into(ROWS))
VALUE = PreparedStatement(select(ROWS.c.value).where(ROWS.c.key == bindparam("wanted")))


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with database(request, tmp_path) as made:
        yield made


@pytest.fixture
def counted(postgresql_url: str) -> Iterator[tuple[Engine, Turns]]:
    """An engine whose line is counted."""
    with counting(port_of(postgresql_url)) as turns:
        made = make_engine(turns.line_of(postgresql_url))
        Base.metadata.create_all(made)
        yield made, turns
        made.dispose()


def row(key: str) -> dict[str, object]:
    return {"key": key, "value": key.encode(), "number": 0, "expires_at": 1}


def keys(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return sorted(session.scalars(select(Ephemeral.key)))


def test_what_is_written_together_is_there_and_is_read_back_inside(engine: Engine) -> None:
    with Session(engine) as session, writing(session), together(session):
        for key in "abc":
            ADD.run(session, row(key))
        assert VALUE.first(session, {"wanted": "c"}) == (b"c",)
        ADD.run(session, row("d"))
    assert keys(engine) == ["a", "b", "c", "d"]


def test_the_mapper_reads_and_writes_inside_as_anywhere(engine: Engine) -> None:
    with Session(engine) as session, writing(session), together(session):
        ADD.run(session, row("a"))
        assert session.get_one(Ephemeral, "a").value == b"a"
        session.add_all([Ephemeral(**row(key)) for key in "bcd"])
        session.flush()
        changed = session.execute(update(Ephemeral).values(number=7).where(Ephemeral.key == "b"))
        assert changed.rowcount == 1  # type: ignore[attr-defined]
        session.get_one(Ephemeral, "c").number = 8
    with Session(engine) as session:
        numbers = session.scalars(select(Ephemeral.number).order_by(Ephemeral.key)).all()
    assert list(numbers) == [0, 7, 8, 0]


def test_what_fails_takes_everything_with_it_and_is_told_as_what_it_is(engine: Engine) -> None:
    with Session(engine) as session:
        with pytest.raises(IntegrityError) as caught, writing(session), together(session):
            ADD.run(session, row("a"))
            ADD.run(session, {**row("b"), "value": b"very-secret"})
            ADD.run(session, {**row("b"), "value": b"very-secret"})
            ADD.run(session, row("c"))
        assert "very-secret" not in str(caught.value)
        with writing(session), together(session):  # and the connection is as good as new
            ADD.run(session, row("c"))
    assert keys(engine) == ["c"]


def test_what_fails_before_a_read_is_told_at_the_read(engine: Engine) -> None:
    with (
        Session(engine) as session,
        pytest.raises(IntegrityError),
        writing(session),
        together(session),
    ):
        ADD.run(session, row("a"))
        ADD.run(session, row("a"))
        VALUE.first(session, {"wanted": "a"})
        raise AssertionError("nothing was told")
    assert keys(engine) == []


def test_an_error_of_the_block_itself_writes_nothing(engine: Engine) -> None:
    with (
        Session(engine) as session,
        pytest.raises(LookupError),
        writing(session),
        together(session),
    ):
        ADD.run(session, row("a"))
        raise LookupError
    assert keys(engine) == []


@pytest.mark.postgres
def test_eight_writes_together_are_as_many_round_trips_as_one(
    counted: tuple[Engine, Turns],
) -> None:
    engine, turns = counted
    with Session(reading_alone(engine)) as session:
        with writing(session):
            ADD.run(session, row("first"))  # the connection is made, the driver knows the types
        seen = {}
        for count in (1, 8):
            with writing(session):
                turns.forget()
                with together(session):
                    for number in range(count):
                        ADD.run(session, row(f"{count} {number}"))
                seen[count] = turns.count
            assert turns.count == seen[count] + 1  # the commit, which is waited for
    assert seen[8] == seen[1] <= 2, turns.said


@pytest.mark.postgres
def test_a_read_is_one_round_trip(counted: tuple[Engine, Turns]) -> None:
    """No BEGIN before it, no ROLLBACK after it, no question whether the line still stands."""
    engine, turns = counted
    for _ in range(8):  # the driver prepares what comes back often, once
        with Session(reading_alone(engine)) as session:
            VALUE.first(session, {"wanted": "a"})
    turns.forget()
    for _ in range(3):
        with Session(reading_alone(engine)) as session:
            VALUE.first(session, {"wanted": "a"})
            VALUE.first(session, {"wanted": "b"})
    assert turns.count == 6, turns.said


@pytest.mark.postgres
def test_reads_that_belong_together_see_one_state(postgresql_url: str) -> None:
    """Rows that are fetched a few hundred at a time need a transaction on PostgreSQL."""
    engine = make_engine(postgresql_url)
    Base.metadata.create_all(engine)
    few = {"yield_per": 2}
    with Session(reading_alone(engine)) as session:
        with writing(session):
            for key in "vwxyz":
                ADD.run(session, row(key))
        with pytest.raises(DBAPIError):
            session.scalars(select(Ephemeral.key), execution_options=few).all()
        with reading_together(session):
            found = session.scalars(
                select(Ephemeral.key).where(Ephemeral.key.in_(list("vwxyz"))), execution_options=few
            ).all()
            assert sorted(found) == list("vwxyz")
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ephemeral",
        "SELECT key FROM ephemeral FOR UPDATE",
        "SELECT pg_advisory_xact_lock(1)",
    ],
)
def test_tests_see_what_writes_or_locks_outside_a_write_transaction(
    postgresql_url: str, statement: str
) -> None:
    engine = make_engine(postgresql_url)
    Base.metadata.create_all(engine)
    with Session(reading_alone(engine)) as session:
        with pytest.raises(AssertionError, match="outside writing"):
            session.execute(text(statement))
        with writing(session):
            session.execute(text(statement))
    engine.dispose()


@pytest.mark.postgres
def test_X_05_a_connection_that_was_closed_in_the_pool_is_replaced_unseen(
    postgresql_url: str,
) -> None:
    engine = make_engine(postgresql_url)
    with Session(reading_alone(engine)) as session:
        first = session.scalar(text("SELECT pg_backend_pid()"))
    other = make_engine(postgresql_url)
    Base.metadata.create_all(other)
    with other.begin() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first}
        )  # waits until it is gone
    with Session(reading_alone(engine)) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != first
        assert session.scalar(select(RegistrationRevision.revision).limit(1)) in (None, 0, 1)
    for one in (engine, other):
        one.dispose()
