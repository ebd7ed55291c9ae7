"""The single operations of a store, each a batch of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from state.ephemeral import AddOnce, Count, Get, Operation, Put, Result, Swap, Take


class SingleOperations(ABC):
    """What every store gets for its ``batch``."""

    @abstractmethod
    def batch(self, operations: Sequence[Operation]) -> list[Result]: ...

    def put(self, key: str, value: bytes, ttl: int) -> None:
        self.batch([Put(key, value, ttl)])

    def get(self, key: str) -> bytes | None:
        return cast(bytes | None, self.batch([Get(key)])[0])

    def take(self, key: str) -> bytes | None:
        return cast(bytes | None, self.batch([Take(key)])[0])

    def swap(self, key: str, expected: bytes, value: bytes, ttl: int) -> bool:
        return cast(bool, self.batch([Swap(key, expected, value, ttl)])[0])

    def add_once(self, key: str, ttl: int, issued_at: datetime | None = None) -> bool:
        return cast(bool, self.batch([AddOnce(key, ttl, issued_at)])[0])

    def count(self, key: str, ttl: int) -> int:
        return cast(int, self.batch([Count(key, ttl)])[0])

    def server_time(self) -> datetime | None:
        """Only a server has a clock of its own."""
        return None


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return int(moment.timestamp() * 1000)


def lifetime(ttl: int) -> int:
    """A time to live in milliseconds. Raises ValueError: nothing is stored without one."""
    if ttl < 1:
        raise ValueError("a time to live is at least one second")
    return ttl * 1000
