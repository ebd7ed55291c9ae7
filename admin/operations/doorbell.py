"""A doorbell between the processes of one instance: those that answer requests ring when they
committed a message, and the one that delivers hears it at once.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass

_there: Doorbell | None = None


@dataclass(frozen=True)
class Doorbell:
    """A pipe, made before there are copies of this process: all of them have both ends."""

    _heard_at: int
    _rung_at: int

    def set(self) -> None:
        """Ring. Where it rings already, once more says nothing."""
        with suppress(BlockingIOError):
            os.write(self._rung_at, b"!")

    def hear(self, rung: threading.Event) -> None:
        """From now on set the event at each ring, in a thread of this process."""
        threading.Thread(target=self._hear, args=(rung,), name="doorbell", daemon=True).start()

    def _hear(self, rung: threading.Event) -> None:
        while os.read(self._heard_at, 4096):
            rung.set()


def hang() -> None:
    """Copies of this process share a doorbell from now on."""
    global _there
    heard_at, rung_at = os.pipe()
    os.set_blocking(rung_at, False)  # a full pipe holds up no request
    _there = Doorbell(heard_at, rung_at)


def there() -> Doorbell | None:
    """The one of this instance; None where nobody else would hear it."""
    return _there


def ring_at_commits() -> None:
    """From now on each commit with a message in this process rings, where there is a doorbell."""
    from state import outbox_wakeup  # the front does without what this loads

    if _there is not None:
        outbox_wakeup.add(_there)
