from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from redis.connection import AbstractConnection

from state.ephemeral import AddOnce, Count, Get, Put, StoreUnavailable, Swap, Take
from state.stores.redis import ANSWER_WITHIN, GENERATION_KEY, RedisStore
from tests import servers
from tests.clocks import FakeClock


@pytest.fixture
def server(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def store(redis_url: str, server: Redis, clock: FakeClock) -> Iterator[RedisStore]:
    store = RedisStore(redis_url, clock, is_first=lambda: True)
    yield store
    store.close()


def test_a_batch_is_one_round_trip(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.ping()
    sent: list[Any] = []
    send = AbstractConnection.send_packed_command

    def counted(self: AbstractConnection, *args: Any, **kwargs: Any) -> Any:
        sent.append(args)
        return send(self, *args, **kwargs)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counted)
    now = store._clock()
    values = [Put("a", b"1", 60), Swap("a", b"1", b"2", 60), Take("a"), Get("a")]
    store.batch([*values, AddOnce("b", 60, now), AddOnce("c", 60), Count("d", 60)])
    assert len(sent) == 1


def test_everything_in_redis_ends(store: RedisStore, server: Redis, clock: FakeClock) -> None:
    store.batch([Put("a", b"1", 60), AddOnce("b", 60), AddOnce("c", 60, clock()), Count("d", 60)])
    store.swap("a", b"1", b"2", 60)
    for key in server.keys("sluis:*"):
        endless = key == GENERATION_KEY.encode()
        assert (server.ttl(key) == -1) is endless, key


def test_X_04_a_ping_notices_that_the_server_was_emptied(
    store: RedisStore, server: Redis, redis_url: str, clock: FakeClock
) -> None:
    later = RedisStore(redis_url, clock, is_first=lambda: False)
    later.ping()
    assert server.exists(GENERATION_KEY)
    clock.advance(300)
    assert later.add_once("a", 60, clock()), "the mark is older than what is issued now"
    later.close()


def test_X_04_a_full_server_is_unavailable(store: RedisStore, server: Redis) -> None:
    store.put("a", b"x", 60)
    server.config_set("maxmemory", 1)
    try:
        with pytest.raises(StoreUnavailable):
            store.put("b", b"x", 60)
        with pytest.raises(StoreUnavailable):
            store.batch([Get("a"), Count("c", 60)])
    finally:
        server.config_set("maxmemory", 0)
    assert store.get("a") == b"x"
    store.put("b", b"x", 60)


def test_X_04_a_read_only_server_is_unavailable(store: RedisStore, server: Redis) -> None:
    store.put("a", b"x", 60)
    server.config_set("min-replicas-to-write", 1)
    try:
        with pytest.raises(StoreUnavailable):
            store.add_once("b", 60)
    finally:
        server.config_set("min-replicas-to-write", 0)
    assert store.add_once("b", 60)


@pytest.mark.whole  # waits as long as a slow server lets us
def test_X_04_a_slow_server_is_waited_for_or_said_so_and_counts_nothing_twice(
    store: RedisStore, server: Redis
) -> None:
    store.ping()
    server.client_pause(int(ANSWER_WITHIN * 1000 / 4))
    assert store.add_once("message", 60)  # late, and right
    server.client_pause(int(ANSWER_WITHIN * 1000 * 2))
    with pytest.raises(StoreUnavailable):
        store.batch([AddOnce("other", 60), Count("tries", 60)])
    server.client_unpause()
    assert not store.add_once("message", 60)
    accepted = [store.add_once("other", 60) for _ in range(3)]
    assert accepted[1:] == [False, False]  # once at most, whatever became of what was not answered


def test_X_04_a_server_that_is_away_is_unavailable(clock: FakeClock) -> None:
    address = f"redis://127.0.0.1:{servers.free_port()}/0"
    store = RedisStore(address, clock, is_first=lambda: True)
    with pytest.raises(StoreUnavailable):
        store.get("a")
    with pytest.raises(StoreUnavailable):
        store.ping()
    store.close()


def test_X_04_a_restart_costs_a_new_login_and_lets_no_replay_through(clock: FakeClock) -> None:
    port = servers.free_port()
    store = RedisStore(f"redis://127.0.0.1:{port}/0", clock, is_first=lambda: not used)
    used = False
    issued = clock()
    with servers.redis(port):
        store.put("login", b"x", 60)
        assert store.add_once("message", 600, issued)
    used = True
    with pytest.raises(StoreUnavailable):
        store.get("login")
    with servers.redis(port):
        assert store.get("login") is None
        assert not store.add_once("message", 600, issued)
    store.close()
