"""TimeLimit: a conversation that ends at one moment, however slowly the other side speaks.

What a library reads has a time limit for each read, which whoever sends a byte at a time never
reaches. Here the connection is shut down from beside, which ends the read that waits.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Final

AGAIN: Final = 0.2  # seconds until what was opened meanwhile is shut down as well


class TimeLimit:
    """``seconds``: from entering on. Whoever opens a connection within it says so to ``watch``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Was the conversation ended from here? What was heard last may be half of it."""
        return self._is_over

    def watch(self, connection: socket.socket | None) -> None:
        """End this one too."""
        if connection is not None:
            with self._lock:
                self._watched.append(connection)

    def __enter__(self) -> TimeLimit:
        threading.Thread(target=self._guard, name="time-limit", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._ended.set()
        with self._lock:
            self._watched.clear()

    def _guard(self) -> None:
        wait = self._seconds
        while not self._ended.wait(wait):
            wait = AGAIN
            with self._lock:
                if self._ended.is_set():
                    return
                self._is_over = True
                for connection in self._watched:
                    with contextlib.suppress(OSError, ValueError):
                        connection.shutdown(socket.SHUT_RDWR)
