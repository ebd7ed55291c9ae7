"""What a login waits for: the round trips to PostgreSQL and to Redis, counted on the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.turns import Turns, counting, port_of
from sandbox.portal.clients import BODEM
from tests.servers import postgresql_url, redis_url
from tests.world import World, make_world

__all__ = ["postgresql_url", "redis_url"]
pytestmark = pytest.mark.postgres
SQL = 12
STORE = 6
PREPARED_AFTER = 6  # logins: a driver prepares a statement that comes back often, once


@pytest.fixture
def counted(
    postgresql_url: str, redis_url: str, tmp_path: Path
) -> Iterator[tuple[World, Turns, Turns]]:
    with (
        counting(port_of(postgresql_url)) as sql,
        counting(port_of(redis_url)) as store,
    ):
        world = make_world(
            tmp_path,
            database={"url": sql.line_of(postgresql_url)},
            store={"url": store.line_of(redis_url)},
        )
        yield world, sql, store
        world.process.engine.dispose()


def test_a_login_waits_for_so_many_round_trips(counted: tuple[World, Turns, Turns]) -> None:
    """In a known browser, with a makelaar that is remembered and a consent that was kept."""
    world, sql, store = counted
    browser = world.browser()
    for turn in range(PREPARED_AFTER + 1):
        sql.forget()
        store.forget()
        walk = world.walk(BODEM.name, "Polderpoort", "jan", browser=browser, remembers=turn == 0)
        assert walk.run().heading == "U bent ingelogd"
    assert sql.count <= SQL, sql.said
    assert store.count <= STORE, store.said
