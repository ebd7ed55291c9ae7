"""The clock of an instance is set forward or back, or is wrong beside others: nothing lives longer
than it should, and health says so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import Client

from admin.app import create_app
from admin.operations import management
from broker import configuration
from broker.monitoring import clocks
from state.clock import utc_now
from state.engine import make_engine
from state.stores import make_store
from state.stores.redis import RedisStore
from tests.broker.portal import ISSUER, Portal, make_portal_world, set_clock
from tests.clocks import FakeClock
from tests.servers import postgresql_url, redis_url
from tests.world import ADDRESSES, World

__all__ = ["postgresql_url", "redis_url"]
HOUR = 3600
MINUTES = 180
EITHER_WAY = pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["forward", "back"])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(made: World) -> World:
    set_clock(made)
    return made


@contextmanager
def jumped(world: World, seconds: float) -> Iterator[None]:
    world.clock.advance(seconds)
    world.process.holder.refresh()
    try:
        yield
    finally:
        world.clock.advance(-seconds)
        world.process.holder.refresh()


@contextmanager
def other_instance(world: World, seconds: float) -> Iterator[FakeClock]:
    """Every request goes to an instance whose clock differs; database and store are shared."""
    clock = FakeClock(world.clock() + timedelta(seconds=seconds))
    host = urlsplit(ADDRESSES.broker).netloc
    right = world.wire.applications[host]
    world.wire.applications[host] = create_app(replace(world.process, clock=clock))
    try:
        yield clock
    finally:
        world.wire.applications[host] = right


@EITHER_WAY
def test_X_08_a_code_does_not_outlive_a_jump(world: World, seconds: int) -> None:
    portal = Portal(world)
    code = portal.code()
    with jumped(world, seconds):
        answer = portal.redeem(code)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")
    assert portal.redeem(portal.code()).status == 200


@EITHER_WAY
def test_X_08_an_access_token_does_not_outlive_a_jump(world: World, seconds: int) -> None:
    portal = Portal(world)
    token = portal.tokens(portal.code())["access_token"]
    with jumped(world, seconds):
        assert portal.userinfo(token).status == 401
    assert portal.userinfo(token).status == 200


@EITHER_WAY
def test_X_08_a_login_under_way_does_not_outlive_a_jump(world: World, seconds: int) -> None:
    portal = Portal(world)
    browser = portal.at_makelaar()
    with jumped(world, seconds):
        page = browser.press("person", "jan")
        assert page.url.startswith(ISSUER)
        assert page.status in (400, 410)
    assert "code" in portal.log_in()


@EITHER_WAY
def test_X_08_registrations_do_not_outlive_a_jump(
    world: World, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the database nothing says any more how old they are."""

    def unreadable(_: object) -> int:
        raise OperationalError("SELECT", {}, Exception("database is away"))

    monkeypatch.setattr(configuration, "current_revision", unreadable)
    assert world.wire.request("GET", f"{ISSUER}/jwks").status == 200
    world.clock.advance(seconds)
    assert not world.process.holder.is_fresh()
    assert world.wire.request("GET", f"{ISSUER}/jwks").status == 503


@pytest.mark.parametrize("seconds", [MINUTES, -MINUTES], ids=["ahead", "behind"])
def test_X_08_what_one_instance_makes_with_a_wrong_clock_is_worth_nothing_at_another(
    world: World, seconds: int
) -> None:
    portal = Portal(world)
    code = portal.code()
    token = portal.tokens(portal.code())["access_token"]
    with other_instance(world, seconds):
        assert portal.redeem(code).json()["error"] == "invalid_grant"
        assert portal.userinfo(token).status == (200 if seconds > 0 else 401)
    assert portal.redeem(portal.code()).status == 200


@pytest.mark.parametrize("seconds", [MINUTES, -MINUTES], ids=["ahead", "behind"])
def test_X_08_an_instance_that_is_three_minutes_off_takes_itself_out(
    world: World, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others stay: the clock that all of them share agrees with theirs."""
    right = world.clock
    monkeypatch.setattr(type(world.process.store), "server_time", lambda _: right(), raising=False)
    url = f"{ADDRESSES.broker}/health/ready"
    with other_instance(world, seconds) as clock:
        assert world.wire.request("GET", url).status == 503
        wrong = replace(world.process, clock=clock)
        told = Client(management.application(wrong)).get("/health/ready")
        assert told.status_code == 503 and told.json is not None
        assert told.json["checks"]["clock"] == told.json["alarms"]["clocks"] == "failed"
        metrics = Client(management.application(wrong)).get("/metrics").text
        assert f'sluis_clock_ahead_seconds{{server="store"}} {float(seconds)}' in metrics
    assert world.wire.request("GET", url).status == 200


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("seconds", "wrong"), [(0, False), (4, False), (60, True), (-MINUTES, True)]
)
def test_X_08_we_compare_with_postgresql_and_redis(
    postgresql_url: str,
    redis_url: str,
    seconds: float,
    wrong: bool,
) -> None:
    def ours() -> datetime:
        return utc_now() + timedelta(seconds=seconds)

    engine = make_engine(postgresql_url)
    store = RedisStore(redis_url, utc_now, lambda: True)
    with Session(engine) as session:
        began = time.monotonic()
        found = clocks.measure(session, store, ours)
        took = time.monotonic() - began
    assert found.keys() == {"database", "store"}
    for difference in found.values():
        assert abs(difference.total_seconds() - seconds) <= took + 0.1
    assert clocks.is_ours_wrong(found) is clocks.differ(found) is wrong
    store.close()
    engine.dispose()


def test_a_database_and_a_store_in_the_process_have_no_clock_of_their_own(world: World) -> None:
    with world.session() as session:
        store = make_store("memory:", world.process.engine, world.clock)
        assert clocks.measure(session, store, world.clock) == {}
