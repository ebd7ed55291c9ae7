"""Pauses of what nobody waits for, in a process that also answers requests.

Threads of one process take turns at one interpreter. Nine that deliver mail would leave a login a
tenth of it; with pauses all of them together leave it three quarters.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

TIMES: Final = 3.0  # as long as the work before it
LONGEST: Final = 0.5  # seconds


class Pauses:
    """Those of all background threads of one process. ``worked``: CPU seconds of the thread that
    asks.
    """

    def __init__(
        self,
        *,
        worked: Callable[[], float] = time.thread_time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._worked, self._monotonic, self._sleep = worked, monotonic, sleep
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._of_thread = threading.local()

    def take(self) -> None:
        """Sleep for what this thread worked since it was here last, after the pauses of others.
        Never inside a transaction: others would wait for its end.
        """
        until_now = self._worked()
        worked = until_now - getattr(self._of_thread, "worked", until_now)
        with self._lock:
            now = self._monotonic()
            self._free_at = min(max(self._free_at, now) + worked * TIMES, now + LONGEST)
            pause = self._free_at - now
        self._sleep(pause)
        self._of_thread.worked = self._worked()


def none() -> None:
    """In a process of its own nobody is held up."""
