"""Statements on the driver: the same values in and out as through SQLAlchemy, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, Integer, bindparam, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from state import audit, trace
from state.audit import AuditEvent, AuditRow, EventTag
from state.db import Base, reading_alone, table_of, writing
from state.engine import make_engine
from state.prepared import PreparedStatement, end_reads, insert_into, share_reads
from state.trace import Trace, TraceRecord, TraceStep
from tests.databases import BOTH, database
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]
NOW = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC)
ONE = PreparedStatement(select(bindparam("one", value=None, type_=Integer(), required=True)))


def a_trace(identifier: str) -> Trace:
    return Trace(
        id=identifier,
        reference="K7QM4RXT",
        started_at=NOW,
        ended_at=NOW,
        outcome="success",
        steps=[],
    )


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with database(request, tmp_path) as made:
        yield made


def test_every_kind_of_value_is_written_as_the_mapper_reads_it(engine: Engine) -> None:
    event = AuditEvent(
        tag=EventTag.MANDATE_GRANTED,
        at=NOW,
        person_id="jan",
        level=AssuranceLevel.EH2_PLUS,
        details={"kind": "Mandate", "count": 3, "yes": True, "none": None, "quote": "'\"%s :x ?"},
    )
    step = TraceStep("answer", "accepted", None, 12)
    record = TraceRecord("K7QM4RXT", NOW, NOW, "success", steps=(step,))
    with Session(engine) as session:
        audit.record(session, event)
        trace.save(session, record)
        session.commit()
    with Session(engine) as session:
        assert audit.recent(session) == [event]
        assert trace.find(session, "K7QM4RXT") == record


def test_every_kind_of_value_is_read_as_the_mapper_wrote_it(engine: Engine) -> None:
    columns = table_of(AuditRow).c
    read = PreparedStatement(
        select(columns.tag, columns.at, columns.level, columns.details, columns.reason)
        .where(columns.person_id == bindparam("person"), columns.at <= bindparam("now"))
        .limit(1)
    )
    with Session(engine) as session:
        row = AuditRow(
            tag=EventTag.KEY_CREATED,
            at=NOW,
            person_id="jan",
            level=AssuranceLevel.EH4,
            details={"a": [1]},
        )
        session.add(row)  # not flushed: the statement sees it all the same
        found = read.first(session, {"person": "jan", "now": NOW})
        assert found == (EventTag.KEY_CREATED, NOW, AssuranceLevel.EH4, {"a": [1]}, None)
        assert read.first(session, {"person": "piet", "now": NOW}) is None
        assert read.all(session, {"person": "jan", "now": NOW.replace(year=2025)}) == []


def test_an_in_of_a_statement_holds_the_values_that_it_was_written_with(engine: Engine) -> None:
    """Of kinds that are converted too; an empty one holds nothing, and what is not in it is all."""
    columns = table_of(AuditRow).c
    is_meant = (columns.person_id == bindparam("person"), columns.reason.contains("50%"))
    levels, moments = [AssuranceLevel.EH3, AssuranceLevel.EH4], [NOW, NOW.replace(year=2025)]
    within = {
        columns.level.in_(levels): True,
        columns.level.not_in(levels): False,
        columns.at.in_(moments): True,
        columns.at.in_(moments[1:]): False,
        columns.person_id.in_([]): False,
        columns.person_id.not_in([]): True,
        columns.person_id.not_in(["piet", "'; --", "%s", ":person"]): True,
    }
    with Session(engine) as session:
        event = {"tag": EventTag.KEY_CREATED, "at": NOW, "details": {}, "reason": "50% of ?"}
        session.add(AuditRow(person_id="jan", level=AssuranceLevel.EH4, **event))
        for holds, expected in within.items():
            read = PreparedStatement(select(columns.level).where(holds, *is_meant))
            found = read.all(session, {"person": "jan"})
            assert found == ([(AssuranceLevel.EH4,)] if expected else []), str(holds)
            assert read.all(session, {"person": "piet"}) == []


def test_an_error_of_the_driver_is_an_error_of_sqlalchemy_without_values(engine: Engine) -> None:
    write = PreparedStatement(insert_into(table_of(Trace)))
    values = {
        "id": "same",
        "reference": "K7QM4RXT",
        "started_at": NOW,
        "ended_at": NOW,
        "outcome": "success",
        "reason": "very-secret",
        "cause": None,
        "client_id": None,
        "service_uuid": None,
        "provider_id": None,
        "level": None,
        "steps": [],
    }
    with Session(engine) as session:
        write.run(session, values)
        with pytest.raises(IntegrityError) as caught:
            write.run(session, values)
        assert "very-secret" not in str(caught.value)
        session.rollback()
        Base.metadata.drop_all(engine)
        with pytest.raises((OperationalError, ProgrammingError)):
            write.run(session, values)


def test_a_naive_moment_is_refused(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(ValueError, match="naive"):
        audit.record(session, AuditEvent(tag=EventTag.KEY_CREATED, at=NOW.replace(tzinfo=None)))


@pytest.mark.postgres
def test_X_05_a_connection_that_the_server_closed_is_an_error_of_sqlalchemy_each_time(
    postgresql_url: str,
) -> None:
    """And the next session has a connection that works."""
    engine = make_engine(postgresql_url)
    with Session(engine) as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        for _ in range(2):
            with pytest.raises(OperationalError):
                ONE.first(session, {"one": 1})
        with pytest.raises(OperationalError):
            session.rollback()
    with Session(engine) as session:
        assert ONE.first(session, {"one": 1}) == (1,)
    engine.dispose()


def test_a_read_without_a_transaction_begins_none_and_gives_its_connection_back(
    engine: Engine,
) -> None:
    alone = reading_alone(engine)
    for bind in (engine, alone):
        with Session(bind) as session:
            assert ONE.first(session, {"one": 1}) == (1,)
            assert not session.in_transaction()
            assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    # As it came: what follows on the same connection is a transaction, and can be taken back.
    with Session(engine) as session:
        session.add(a_trace("kept"))
        session.flush()
        session.rollback()
        assert trace.find(session, "K7QM4RXT") is None


def test_a_read_inside_a_transaction_sees_what_was_written_in_it(engine: Engine) -> None:
    columns = table_of(Trace).c
    read = PreparedStatement(select(columns.id).where(columns.reference == bindparam("wanted")))
    with Session(reading_alone(engine)) as session:
        with writing(session):
            session.add(a_trace("first"))
            assert read.all(session, {"wanted": "K7QM4RXT"}) == [("first",)]
        assert read.all(session, {"wanted": "K7QM4RXT"}) == [("first",)]


@pytest.mark.postgres
def test_X_05_a_read_alone_never_meets_the_broken_connection_of_one_before_it(
    postgresql_url: str,
) -> None:
    engine = make_engine(postgresql_url)
    seen = PreparedStatement(select(func.pg_backend_pid()))
    with Session(reading_alone(engine)) as session, engine.connect() as other:
        row = seen.first(session, {})
        assert row is not None
        end = PreparedStatement(select(func.pg_terminate_backend(func.pg_backend_pid())))
        with pytest.raises(OperationalError):
            end.first(session, {})
        assert seen.first(session, {}) != row
        other.execute(text("SELECT 1"))
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()


def test_reads_that_share_a_connection_give_it_back_as_it_came(engine: Engine) -> None:
    """Each is on its own all the same: what was committed meanwhile, the next one sees."""
    count = PreparedStatement(select(func.count()).select_from(table_of(Trace)))
    for bind in (engine, reading_alone(engine)):
        with Session(bind) as session, Session(engine) as other:
            share_reads(session)
            before = count.first(session, {})
            assert before is not None
            assert not session.in_transaction()
            with writing(other):
                other.add(a_trace(f"by {len(str(bind))} {before[0]}"))
            assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
            assert count.first(session, {}) == (before[0] + 1,)
            with writing(session):
                session.add(a_trace(f"own {len(str(bind))} {before[0]}"))
                assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
            assert count.first(session, {}) == (before[0] + 2,)
            end_reads(session)
            end_reads(session)
            assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with Session(engine) as session:
        session.add(a_trace("taken back"))
        session.flush()
        session.rollback()
        assert session.get(Trace, "taken back") is None


@pytest.mark.postgres
def test_X_05_of_reads_that_share_a_connection_none_meets_one_that_broke(
    postgresql_url: str,
) -> None:
    engine = make_engine(postgresql_url)
    with Session(reading_alone(engine)) as session:
        share_reads(session)
        assert ONE.first(session, {"one": 1}) == (1,)
        end = PreparedStatement(select(func.pg_terminate_backend(func.pg_backend_pid())))
        with pytest.raises(OperationalError):
            end.first(session, {})
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert ONE.first(session, {"one": 1}) == (1,)
        end_reads(session)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()


@pytest.mark.postgres
def test_X_05_a_connection_that_broke_after_its_reads_is_given_back_without_a_word(
    postgresql_url: str,
) -> None:
    engine = make_engine(postgresql_url)
    pid = PreparedStatement(select(func.pg_backend_pid()))
    with Session(reading_alone(engine)) as session, engine.connect() as other:
        share_reads(session)
        for knows in (False, True):  # has the driver noticed?
            row = pid.first(session, {})
            assert row is not None
            if knows:
                (broken,) = [each[1] for each in session.info.values() if isinstance(each, tuple)]
                broken.dbapi_connection.close()
            else:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": row[0]})
            end_reads(session)
            assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
            assert pid.first(session, {}) != row
            end_reads(session)
    engine.dispose()


def test_a_server_that_does_not_answer_is_an_error_of_sqlalchemy() -> None:
    engine = make_engine("postgresql://nobody:very-secret@127.0.0.1:1/none")
    with Session(reading_alone(engine)) as session:
        with pytest.raises(OperationalError) as caught:
            ONE.first(session, {"one": 1})
        assert "very-secret" not in str(caught.value)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()
