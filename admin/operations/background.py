"""The process beside several workers that delivers and does the jobs, so that none of this takes
the interpreter from a login. The front starts it again whenever it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from admin.operations import doorbell, stopping

NAME: Final = "sluis-jobs"  # as ps and top show it, where the system lets a process name itself
NICENESS: Final = 5  # where the machine is full, logins come first
FIRST_PAUSE: Final = 1.0  # seconds before it is started again
LONGEST_PAUSE: Final = 60.0
STABLE_AFTER: Final = 60.0  # seconds that one must live for the pause to be the first again
Body = Callable[[int | None], None]


class Background:
    """``body`` runs in a copy of this process; it is told with which code the one before ended."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._running: multiprocessing.process.BaseProcess | None = None

    def start(self) -> None:
        """The first one, and a thread that looks after it. Call it before there are threads."""
        doorbell.hang()
        self._start(None)
        threading.Thread(target=self._look_after, name="background", daemon=True).start()

    def tell(self) -> None:
        """It settles what it has in hand and ends; no other follows."""
        with self._lock:
            self._ends.set()
            if self._running is not None:
                self._running.terminate()

    def end(self, within: float) -> None:
        """Tell it, and wait; kill it where it takes longer than so many seconds."""
        self.tell()
        if self._running is not None:
            self._running.join(within)
            self._running.kill()

    def _start(self, again_after: int | None) -> None:
        # A copy, as the workers are: what all have loaded is there once.
        process = multiprocessing.get_context("fork").Process(
            target=_run, args=(self._body, again_after), name="background"
        )
        with self._lock:
            if not self._ends.is_set():
                process.start()
                self._running = process

    def _look_after(self) -> None:
        pause = FIRST_PAUSE
        while not self._ends.is_set():
            began, running = time.monotonic(), self._running
            assert running is not None
            running.join()
            if time.monotonic() - began > STABLE_AFTER:
                pause = FIRST_PAUSE
            self._ends.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            with suppress(OSError):  # no room for one more process: then in a while
                self._start(running.exitcode)


def _run(body: Body, again_after: int | None) -> None:
    stopping.end_if_told()
    stopping.end_with_front()
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/comm").write_text(NAME)
    body(again_after)
    stopping.end_if_told()
