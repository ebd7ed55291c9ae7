"""Migrations in processes of their own: killed half-way, twice at once, and while people log in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from admin.tables import TABLES
from state import migrate
from state.db import BUSY_MILLISECONDS, Base
from state.engine import make_engine
from tests.faults.crowd import Crowd
from tests.faults.driver import Scene
from tests.faults.ending import bad
from tests.faults.fleet import Fleet
from tests.faults.migrator import DONE, HALF, NUMBER, UNDO, migrating, one_more, says
from tests.servers import postgresql_url
from tests.world import make_world

__all__ = ["postgresql_url"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
LONG = 60.0
MOMENT = 1.5  # seconds in which somebody would have gone on


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of this version."""
    assert TABLES
    url = f"sqlite:///{tmp_path}/sluis.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    made = make_engine(url)
    migrate.upgrade(made)
    yield made
    Base.metadata.drop_all(made)
    with made.begin() as connection:
        for table in ("half", "alembic_version"):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    made.dispose()


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def is_as_before(engine: Engine) -> bool:
    columns = {column["name"] for column in inspect(engine).get_columns("person")}
    return (
        migrate.current(engine) == migrate.newest()
        and "half" not in inspect(engine).get_table_names()
        and "nickname" not in columns
    )


def is_whole(engine: Engine) -> bool:
    with engine.connect() as connection:
        rows = connection.scalar(text("SELECT count(*) FROM half"))
        connection.execute(text("SELECT nickname FROM person"))
    return rows == 1 and migrate.current(engine) == NUMBER


def test_X_13_the_versions_make_the_tables_that_the_program_knows(engine: Engine) -> None:
    assert migrate.differences(engine) == []


def test_X_13_killed_half_way_it_leaves_nothing_and_can_be_run_again(
    engine: Engine, tmp_path: Path
) -> None:
    scripts, url = one_more(tmp_path), url_of(engine)
    with migrating(url, scripts, LONG) as first:
        assert says(first) == HALF
        first.kill()
    assert is_as_before(engine)
    with migrating(url, scripts, 0) as again:
        assert [says(again), says(again)] == [HALF, DONE]
    assert is_whole(engine)


def test_X_13_of_two_at_once_one_runs(engine: Engine, tmp_path: Path) -> None:
    scripts, url = one_more(tmp_path), url_of(engine)
    with migrating(url, scripts, MOMENT) as one, migrating(url, scripts, MOMENT) as two:
        said = [[says(process) for _ in range(2)] for process in (one, two)]
        assert [process.wait(60) for process in (one, two)] == [0, 0]
    assert sorted(said) == [[DONE, ""], [HALF, DONE]]
    assert is_whole(engine)


def test_X_13_who_waits_takes_over_from_one_that_is_killed(engine: Engine, tmp_path: Path) -> None:
    """It waits longer than a request would."""
    scripts, url = one_more(tmp_path), url_of(engine)
    with migrating(url, scripts, LONG) as first:
        assert says(first) == HALF
        with migrating(url, scripts, 0) as second:
            time.sleep(BUSY_MILLISECONDS / 1000 + MOMENT)
            assert second.poll() is None
            first.kill()
            assert [says(second), says(second)] == [HALF, DONE]
    assert is_whole(engine)


def test_X_13_logins_go_on_while_sqlite_is_migrated(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    url = world.process.settings.database.url
    portal = world.demo.addresses.portal

    def log_in() -> str:
        return world.walk("Meldportaal Bodem", "Polderpoort", "jan").run().url

    assert log_in().startswith(portal)
    ended = []
    with migrating(url, one_more(tmp_path), 2 * MOMENT) as process, ThreadPoolExecutor(2) as pool:
        assert says(process) == HALF
        running = [pool.submit(log_in) for _ in range(2)]
        assert says(process) == DONE
        ended = [one.result() for one in running] + [log_in()]
    assert all(url.startswith(portal) for url in ended), ended
    assert is_whole(world.process.engine)


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_X_13_logins_go_on_while_postgresql_is_migrated(
    fleet: Fleet, scene: Scene, crowd: Crowd, tmp_path: Path
) -> None:
    """The first run is killed half-way, then two run at once; the program is that of before."""
    scripts, url = one_more(tmp_path), fleet.postgres.url

    def migrate_twice() -> None:
        with migrating(url, scripts, LONG) as first:
            assert says(first) == HALF
            time.sleep(MOMENT)
            first.kill()
        with migrating(url, scripts, MOMENT) as one, migrating(url, scripts, MOMENT) as two:
            assert [process.wait(60) for process in (one, two)] == [0, 0]

    engine = make_engine(url)
    try:
        endings = crowd.log_in_while(migrate_twice)
        assert is_whole(engine)
        assert crowd.log_in(4) and all(one.is_done for one in crowd.last)
    finally:
        with engine.begin() as connection:
            for statement in UNDO:
                connection.execute(text(statement.format(before=migrate.newest())))
        engine.dispose()
    assert all(one.is_done for one in endings), endings
    assert bad(scene.ledger.endings) == []
    assert scene.ledger.check(url, codes_reused=scene.reused) == []
