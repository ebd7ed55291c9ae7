from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select, update

from state.db import WRITES
from state.engine import make_engine
from state.ephemeral import AddOnce, Get, Operation, Put, StoreUnavailable, Swap, Take
from state.stores.sql import SWEEP_EVERY, Ephemeral, SqlStore
from tests.clocks import FakeClock
from tests.servers import free_port


def test_a_batch_is_one_visit_to_the_database(engine: Engine, clock: FakeClock) -> None:
    store = SqlStore(engine, clock)
    store.add_once("first", 60, clock())  # is born, sweeps
    visits: list[object] = []

    @event.listens_for(engine, "checkout")
    def _checkout(connection: object, *_: object) -> None:
        visits.append(connection)

    now = clock()
    store.batch([Put("a", b"1", 60), Swap("a", b"1", b"2", 60), Take("a"), AddOnce("b", 60, now)])
    assert len(visits) == 1


def test_reading_waits_for_no_writer(engine: Engine, clock: FakeClock) -> None:
    store = SqlStore(engine, clock)
    store.put("a", b"x", 60)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(update(Ephemeral).values(value=b"y"))
        assert store.get("a") == b"x"
        assert store.batch([Get("a"), Get("b")]) == [b"x", None]
    assert store.get("a") == b"y"


def test_a_connection_goes_back_as_it_was(engine: Engine, clock: FakeClock) -> None:
    store = SqlStore(engine, clock)
    store.put("a", b"x", 60)
    store.get("a")
    with pytest.raises(ValueError, match="time to live"):
        store.put("a", b"x", 0)
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(update(Ephemeral).values(value=b"y"))
        transaction.rollback()
    assert store.get("a") == b"x"


def test_what_expired_is_swept_little_by_little(engine: Engine, clock: FakeClock) -> None:
    store = SqlStore(engine, clock)
    store.batch([Put(f"old-{number}", b"x", 5) for number in range(600)])
    clock.advance(SWEEP_EVERY / 1000 + 1)

    def kept() -> int:
        with engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(Ephemeral)) or 0

    assert kept() == 600
    store.put("new", b"x", 60)
    assert kept() == 101
    store.put("newer", b"x", 60)
    assert kept() == 102, "not at every batch"
    clock.advance(SWEEP_EVERY / 1000 + 1)
    store.put("newest", b"x", 60)
    assert kept() == 3


def test_a_batch_that_fails_half_way_did_nothing(engine: Engine, clock: FakeClock) -> None:
    store = SqlStore(engine, clock)
    store.put("a", b"x", 60)
    operations: list[Operation] = [Take("a"), Put("b", b"x", 0)]
    with pytest.raises(ValueError, match="time to live"):
        store.batch(operations)
    assert store.get("a") == b"x"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://sluis@127.0.0.1:{free_port()}/sluis",
        "sqlite:////proc/nowhere.db",
    ],
    ids=["refused", "unwritable"],
)
def test_X_04_a_database_that_is_away_is_said_so(url: str, clock: FakeClock) -> None:
    engine = make_engine(url)
    store = SqlStore(engine, clock)
    with pytest.raises(StoreUnavailable):
        store.put("a", b"x", 60)
    with pytest.raises(StoreUnavailable):
        store.ping()
    engine.dispose()


@pytest.mark.postgres
def test_X_04_the_store_is_back_when_its_connections_were_cut(
    postgresql_url: str, clock: FakeClock
) -> None:
    engine = make_engine(postgresql_url)
    Ephemeral.__table__.create(engine, checkfirst=True)  # type: ignore[attr-defined]
    store = SqlStore(engine, clock)
    store.put("a", b"x", 60)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'sluis' AND pid <> pg_backend_pid()"
        )
    assert store.get("a") == b"x"
    engine.dispose()


def test_a_locked_sqlite_file_is_waited_for(tmp_path: Path, clock: FakeClock) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/sluis.db")
    Ephemeral.metadata.create_all(engine)
    store = SqlStore(engine, clock)
    holder = engine.connect().execution_options(**{WRITES: True})
    transaction = holder.begin()
    done: list[bool] = []
    writer = threading.Thread(target=lambda: done.append(store.add_once("a", 60)))
    writer.start()
    writer.join(0.2)
    assert writer.is_alive(), "the lock is held"
    transaction.commit()
    holder.close()
    writer.join(20)
    assert done == [True]
    engine.dispose()
