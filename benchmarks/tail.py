"""How late the late ones are: logins that come by themselves, at a share of the best rate.

Users come at moments that nobody chose (exponential pauses), whether the earlier ones are done or
not, as they do at a portal. Drivers are processes of their own, so that none of them waits for the
interpreter of another; they use the cores of the broker, which is part of every figure.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Final

from benchmarks.server import Measured
from benchmarks.user import User, user
from sandbox.prepare import Demo

DRIVERS: Final = 2
USERS: Final = 8  # of each driver, at once
SHARES: Final = ((50, 0.5), (80, 0.8))
PATIENCE: Final = 120  # seconds for the other driver to start
IDLE_PAUSE: Final = 0.05  # seconds between two logins of a server that has nothing else to do
_START: list[Barrier] = []  # of this driver


@dataclass(frozen=True)
class Coming:
    """What one driver does: so many logins, at so many a second on average; 0: one after another,
    as fast as they go.
    """

    demo: Demo
    cookies: dict[str, str]
    logins: int
    rate: float
    seed: int


@dataclass(frozen=True)
class Driven:
    """What came of it: seconds of each login; began and ended by the clock of the machine."""

    times: list[float]
    began: float
    ended: float


def measured(broker: Measured, sample: int) -> dict[str, float]:
    """Milliseconds of a login on an idle server, at half and at four fifths of the best rate; the
    best rate of logins a second; and what the late ones are in medians of the idle server.
    """
    idle = _idle(broker, max(10, sample // 4))
    best = best_rate(broker, sample)
    found = {"login_ms_idle": _percentile(idle, 50), "best_rate": round(best, 1)}
    for name, share in SHARES:
        late = _at_rate(broker, sample, best * share)
        found |= {f"login_ms_at_{name}_{each}": _percentile(late, each) for each in (50, 95, 99)}
    middle = statistics.median(idle) * 1000
    return found | {
        "tail_half_load": round(found["login_ms_at_50_95"] / middle, 2),
        "tail_half_load_99": round(found["login_ms_at_50_99"] / middle, 2),
    }


def best_rate(broker: Measured, sample: int) -> float:
    """Logins a second of as many users as keep the server busy."""
    driven = _driven(broker, sample, 0)
    seconds = max(one.ended for one in driven) - min(one.began for one in driven)
    return sum(len(one.times) for one in driven) / seconds


def _idle(broker: Measured, sample: int) -> list[float]:
    one, times = broker.user(), []
    for _ in range(sample):
        times.append(_seconds(one))
        time.sleep(IDLE_PAUSE)
    return times


def _at_rate(broker: Measured, sample: int, rate: float) -> list[float]:
    """Seconds that each login took from the moment when its user came."""
    return [each for one in _driven(broker, sample, rate) for each in one.times]


def _driven(broker: Measured, sample: int, rate: float) -> list[Driven]:
    share = max(1, sample // DRIVERS)
    coming = [
        Coming(broker.demo, broker.cookies, share, rate / DRIVERS, seed) for seed in range(DRIVERS)
    ]
    spawned = multiprocessing.get_context("spawn")
    start = spawned.Barrier(DRIVERS)
    with ProcessPoolExecutor(DRIVERS, spawned, _keep, (start,)) as pool:
        return list(pool.map(_drive, coming))


def _keep(start: Barrier) -> None:
    _START.append(start)


def _drive(coming: Coming) -> Driven:
    """Several users, each of whom takes the next login that comes."""
    first = user(coming.demo, coming.cookies)
    users = [first, *(first.beside() for _ in range(1, USERS))]
    _START[0].wait(PATIENCE)
    began = time.monotonic()
    left, lock, times = iter(_moments(coming, began)), threading.Lock(), list[float]()
    failed: list[BaseException] = []

    def work(one: User) -> None:
        try:
            while not failed:
                with lock:
                    moment = next(left, None)
                if moment is None:
                    return
                time.sleep(max(0.0, moment - time.monotonic()))
                late = time.monotonic() - moment if coming.rate else 0.0
                times.append(late + _seconds(one))
        except Exception as failure:  # told by the one who waits
            failed.append(failure)

    threads = [threading.Thread(target=work, args=(one,)) for one in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return Driven(times, began, time.monotonic())


def _moments(coming: Coming, at: float) -> Iterator[float]:
    """When each user comes."""
    chance = random.Random(coming.seed)
    for _ in range(coming.logins):
        at += chance.expovariate(coming.rate) if coming.rate else 0.0
        yield at


def _seconds(one: User) -> float:
    began = time.monotonic()
    one.log_in()
    return time.monotonic() - began


def _percentile(seconds: Sequence[float], percent: int) -> float:
    """Milliseconds within which so many of them were done."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000, 1)
