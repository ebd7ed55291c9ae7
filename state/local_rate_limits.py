"""Rate limits that are counted in this process alone, for what must cost no round trip.

A limit that guards something guessable is counted for all processes together (``state.limits``);
what was exceeded there is kept here as a block, so that the rest of the window is refused unasked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime
from typing import Final

from state.limits import Limit

MOST_KEYS: Final = 100_000  # the one that began first gives way


class LocalRateLimits:
    """Fixed windows by limit and key; safe between threads."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._blocks: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, limit: Limit, key: str, now: datetime) -> int:
        """Count one use; how often the key was used in this window."""
        window, which = int(now.timestamp()) // limit.seconds, (limit.name, key)
        with self._lock:
            began, count = self._counts.get(which, (window, 0))
            if began != window:
                began, count = window, 0
                self._counts.pop(which, None)
            self._counts[which] = began, count + 1
            while len(self._counts) > MOST_KEYS:
                self._counts.popitem(last=False)
        return count + 1

    def block(self, limit: Limit, key: str, now: datetime) -> None:
        """Refuse this key as long as a window lasts."""
        with self._lock:
            self._blocks[limit.name, key] = now.timestamp() + limit.seconds
            while len(self._blocks) > MOST_KEYS:
                self._blocks.popitem(last=False)

    def is_blocked(self, limit: Limit, key: str, now: datetime) -> bool:
        """Was it blocked less than a window ago?"""
        until = self._blocks.get((limit.name, key))
        if until is None:
            return False
        if until > now.timestamp():
            return True
        with self._lock:
            self._blocks.pop((limit.name, key), None)
        return False
