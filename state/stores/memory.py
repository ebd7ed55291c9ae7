"""MemoryStore: in this process only, for one worker and for tests."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from state.clock import Clock
from state.ephemeral import (
    AddOnce,
    Append,
    Count,
    Get,
    Operation,
    Put,
    Redeem,
    Result,
    Swap,
    Take,
)
from state.stores.single import SingleOperations, lifetime, milliseconds
from state.stores.store_generation import generation

SWEEP_AT_MOST: Final = 50  # entries per batch, so that no request pays for all
MARK: Final = b"1"


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    number: int
    expires: int  # milliseconds since 1970


class MemoryStore(SingleOperations):
    """A dictionary with a lock. ``is_first`` says whether anything was ever accepted before."""

    def __init__(self, clock: Clock, is_first: Callable[[], bool] = lambda: True) -> None:
        self._clock = clock
        self._born = clock()
        self._is_first = is_first
        self._not_before: datetime | None = None
        self._entries: dict[str, _Entry] = {}
        self._expiries: list[tuple[int, str]] = []
        self._lock = threading.Lock()

    def batch(self, operations: Sequence[Operation]) -> list[Result]:
        now = milliseconds(self._clock())
        with self._lock:
            results = [self._apply(operation, now) for operation in operations]
            self._sweep(now)
        return results

    def ping(self) -> None:
        """Always there."""

    def __len__(self) -> int:
        return len(self._entries)

    def _apply(self, operation: Operation, now: int) -> Result:
        there = self._live(operation.key, now)
        match operation:
            case Put(key, value, ttl):
                self._set(key, value, 0, now + lifetime(ttl))
                return None
            case Get():
                return there.value if there else None
            case Take(key):
                self._entries.pop(key, None)
                return there.value if there else None
            case Swap(key, expected, value, ttl):
                if there is None or there.value != expected:
                    return False
                self._set(key, value, 0, now + lifetime(ttl))
                return True
            case AddOnce(key, ttl, issued_at):
                if there is not None or not self._is_fresh(issued_at):
                    return False
                self._set(key, MARK, 0, now + lifetime(ttl))
                return True
            case Redeem(key, expected, value, ttl, once):
                expires = now + lifetime(ttl)
                if once is not None and not self._apply(once, now):
                    return False
                if there is not None and there.value == expected:
                    self._set(key, value, 0, expires)
                return there.value if there else None
            case Append(key, line, ttl):
                earlier = there.value if there else b""
                self._set(key, earlier + line + b"\n", 0, now + lifetime(ttl))
                return None
            case Count(key, ttl):
                number = there.number + 1 if there else 1
                self._set(key, MARK, number, there.expires if there else now + lifetime(ttl))
                return number

    def _live(self, key: str, now: int) -> _Entry | None:
        entry = self._entries.get(key)
        return entry if entry is not None and entry.expires > now else None

    def _set(self, key: str, value: bytes, number: int, expires: int) -> None:
        self._entries[key] = _Entry(value, number, expires)
        heapq.heappush(self._expiries, (expires, key))

    def _is_fresh(self, issued_at: datetime | None) -> bool:
        if issued_at is None:
            return True
        if self._not_before is None:
            self._not_before = generation(self._born, is_first=self._is_first())
        return issued_at >= self._not_before

    def _sweep(self, now: int) -> None:
        for _ in range(SWEEP_AT_MOST):
            if not self._expiries or self._expiries[0][0] > now:
                return
            _, key = heapq.heappop(self._expiries)
            entry = self._entries.get(key)
            if entry is not None and entry.expires <= now:
                del self._entries[key]
