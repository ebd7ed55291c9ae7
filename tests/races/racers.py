"""Two processes that do the same thing at the same moment, round after round."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from state.engine import engine_at

ROUNDS: Final = 10
PATIENCE: Final = 240  # seconds, on a machine that others use as well
NAMES: Final = ("jan", "eva")

# What one process does in one round: with its session, who it is, and a moment to wait for the
# other. What it comes to is compared afterwards.
Act = Callable[[Session, int, str, Callable[[], object]], object]


@dataclass(frozen=True)
class Racers:
    """Two processes that wait for what to do."""

    asked: tuple[Any, Any]
    told: Any

    def race(self, url: str, first: Act, second: Act | None = None) -> list[tuple[object, object]]:
        """What both came to, round by round."""
        for queue, act in zip(self.asked, (first, second or first), strict=True):
            queue.put((url, act))
        found = dict(self.told.get(timeout=PATIENCE) for _ in self.asked)
        return list(zip(*(found[name] for name in NAMES), strict=True))


@contextmanager
def racers() -> Iterator[Racers]:
    """Started once: they read the whole product."""
    context = multiprocessing.get_context("spawn")
    barrier, told = context.Barrier(2), context.Queue()
    asked = (context.Queue(), context.Queue())
    processes = [
        context.Process(target=_run, args=(name, queue, told, barrier), daemon=True)
        for name, queue in zip(NAMES, asked, strict=True)
    ]
    for process in processes:
        process.start()
    try:
        yield Racers(asked, told)
    finally:
        for queue in asked:
            queue.put(None)
        for process in processes:
            process.join(PATIENCE)


def _run(name: str, asked: Any, told: Any, barrier: Any) -> None:
    while (wanted := asked.get()) is not None:
        url, act = wanted
        with engine_at(url) as engine:
            told.put(
                (name, [_round(engine, act, number, name, barrier) for number in range(ROUNDS)])
            )


def _round(engine: Any, act: Act, number: int, name: str, barrier: Any) -> object:
    """An error is what it came to as well, by its name."""
    barrier.wait(PATIENCE)  # both are done with the round before
    with Session(engine, expire_on_commit=False) as session:
        try:
            return act(session, number, name, lambda: barrier.wait(PATIENCE))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
