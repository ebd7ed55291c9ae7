from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis
from redis.connection import AbstractConnection

from state.ephemeral import (
    AddOnce,
    Append,
    Count,
    Get,
    Operation,
    Put,
    Redeem,
    Result,
    StoreUnavailable,
    Swap,
    Take,
)
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


@contextmanager
def losing_one_answer(url: str) -> Iterator[str]:
    """The server by a line that breaks once: after the server did what it was asked, before anybody
    hears of it.
    """
    parts = urlsplit(url)
    lost = threading.Event()

    def carry(client: socket.socket) -> None:
        with client, socket.create_connection((parts.hostname, parts.port or 6379)) as server:
            while asked := client.recv(65536):
                server.sendall(asked)
                answer = server.recv(65536)
                if b"EVAL" in asked and not lost.is_set():
                    lost.set()
                    return
                client.sendall(answer)

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=carry, args=(client,), daemon=True).start()

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}{parts.path}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    assert lost.is_set()


# What is asked, what the first who asks it hears, and what the next one hears.
ANSWERED_ONCE: list[tuple[Operation, Result, Result]] = [
    (Take("a"), b"x", None),
    (Swap("a", b"x", b"y", 60), True, False),
    (AddOnce("m", 60), True, False),
    (Redeem("a", b"x", b"used", 60), b"x", b"used"),
    (Redeem("a", b"x", b"used", 60, AddOnce("m", 60)), b"x", False),
    (Redeem("a", b"other", b"used", 60, AddOnce("m", 60)), b"x", False),
    (Redeem("absent", b"x", b"used", 60, AddOnce("m", 60)), None, False),
    (Count("n", 60), 1, 2),
]


@pytest.mark.parametrize("is_dated", [False, True])
@pytest.mark.parametrize(("asked", "first", "next_one"), ANSWERED_ONCE, ids=str)
def test_X_04_an_attempt_whose_answer_was_lost_gets_it_and_another_does_not(
    redis_url: str,
    server: Redis,
    clock: FakeClock,
    asked: Operation,
    first: Result,
    next_one: Result,
    is_dated: bool,
) -> None:
    if is_dated:
        asked = dated(asked, clock)
    with losing_one_answer(redis_url) as url:
        store = RedisStore(url, clock, is_first=lambda: True)
        store.ping()
        store.put("a", b"x", 60)
        assert store.batch([Get("absent"), asked, asked]) == [None, first, next_one]
        assert store.batch([asked]) == [3 if isinstance(asked, Count) else next_one]
        store.close()


def test_X_04_a_line_whose_answer_was_lost_stands_once(
    redis_url: str, server: Redis, clock: FakeClock
) -> None:
    with losing_one_answer(redis_url) as url:
        store = RedisStore(url, clock, is_first=lambda: True)
        store.batch([Append("l", b"one", 60)])
        store.batch([Append("l", b"one", 60)])
        assert store.get("l") == b"one\none\n"
        store.close()


def dated(asked: Operation, clock: FakeClock) -> Operation:
    """The same with the moment at which what must be new was issued."""
    match asked:
        case AddOnce(key, ttl):
            return AddOnce(key, ttl, clock())
        case Redeem(once=AddOnce(key, ttl)):
            return replace(asked, once=AddOnce(key, ttl, clock()))
    return asked
