"""A crowd: a few users at a time, each in a fresh browser, until so many logins succeeded."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from tests.faults.driver import PERSONAS, ROOS, Persona, Scene, User
from tests.faults.ending import Ending

AT_ONCE: Final = 4
TRIES_FOR: Final = 120.0  # seconds that a user goes on trying
ROOS_EVERY: Final = 31.0  # a code of her app is good once, and there is one every 30 seconds


@dataclass
class Crowd:
    """``seed`` decides who comes when."""

    scene: Scene
    seed: int
    last: list[Ending] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._lock = threading.Lock()
        self._roos_at = -ROOS_EVERY

    def log_in(
        self, logins: int, events: Mapping[int, Callable[[], object]] | None = None
    ) -> list[Ending]:
        """How each login ended at last. ``events``: what happens when that many have begun."""
        started = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            happening = []
            running = []
            slots = threading.Semaphore(AT_ONCE)
            for number in range(logins):
                slots.acquire()
                if events and number in events:
                    happening.append(pool.submit(events[number]))
                running.append(pool.submit(self._one, slots))
            self.last = [future.result() for future in running]
            for future in happening:
                future.result()
        self.seconds = time.monotonic() - started
        return self.last

    def log_in_while(self, happening: Callable[[], object]) -> list[Ending]:
        """Logins for as long as something else takes."""
        done = threading.Event()
        found: list[Ending] = []

        def come() -> None:
            slots = threading.Semaphore(1)
            while not done.is_set():
                slots.acquire()
                ending = self._one(slots)
                with self._lock:
                    found.append(ending)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            futures = [pool.submit(come) for _ in range(AT_ONCE)]
            try:
                happening()
            finally:
                done.set()
            for future in futures:
                future.result()
        return found

    def _one(self, slots: threading.Semaphore) -> Ending:
        user = User(self.scene, self._who())
        try:
            return user.log_in_at_last(TRIES_FOR)
        finally:
            user.close()
            slots.release()

    def _who(self) -> Persona:
        with self._lock:
            is_her_turn = time.monotonic() - self._roos_at > ROOS_EVERY
            if is_her_turn and self.scene.has_fresh_code():
                self._roos_at = time.monotonic()
                return ROOS
            return self._random.choice(PERSONAS)
