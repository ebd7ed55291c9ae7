"""What two processes do at the same moment to one store."""

from __future__ import annotations

import multiprocessing
from datetime import datetime
from typing import Any

from state.engine import make_engine
from state.ephemeral import AddOnce, Count, Put, Redeem, Result, Swap, Take
from state.stores import make_store

ROUNDS = 40
TTL = 60
PATIENCE = 240  # seconds for another process to import the product, on a busy machine


def race(database_url: str, store_url: str, now: datetime) -> list[list[Result]]:
    """The results of two processes, round by round."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    racers = [
        context.Process(target=_run, args=(database_url, store_url, now, name, barrier, results))
        for name in ("first", "second")
    ]
    for racer in racers:
        racer.start()
    found = [results.get(timeout=PATIENCE) for _ in racers]
    for racer in racers:
        racer.join(PATIENCE)
    return found


def prepare(number: int) -> list[Put]:
    old = ("swap", "redeem", "same-first", "same-second")
    return [
        Put(f"take-{number}", b"x", TTL),
        *(Put(f"{each}-{number}", b"old", TTL) for each in old),
    ]


def _run(
    database_url: str, store_url: str, now: datetime, name: str, barrier: Any, results: Any
) -> None:
    engine = make_engine(database_url)
    store = make_store(store_url, engine, lambda: now)
    found: list[Result] = []
    for number in range(ROUNDS):
        barrier.wait(100)
        found += store.batch([Take(f"take-{number}")])
        found += store.batch([Swap(f"swap-{number}", b"old", name.encode(), TTL)])
        found += store.batch([AddOnce(f"once-{number}", TTL, now)])
        redeem = f"redeem-{number}", b"old", name.encode(), TTL
        found += store.batch([Redeem(*redeem, AddOnce(f"own-{name}-{number}", TTL, now))])
        # Two values, and one proof for both of them.
        apart = f"same-{name}-{number}", b"old", name.encode(), TTL
        found += store.batch([Redeem(*apart, AddOnce(f"same-{number}", TTL, now))])
        found += store.batch([Count("count", TTL)])
    results.put(found)
    engine.dispose()
