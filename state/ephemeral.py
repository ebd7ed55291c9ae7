"""ExpiringStore: logins in progress, codes, replay ids, rate limits. Everything has a time to live.

One contract, three implementations (``sql``, ``redis``, ``memory``), one contract suite. Operations
are values, so that several travel in one round trip (``batch``); each is atomic by itself, also
between processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from state import outages
from state.outages import Outage


@dataclass(frozen=True)
class Put:
    """Store ``value``; result None."""

    key: str
    value: bytes
    ttl: int  # seconds


@dataclass(frozen=True)
class Get:
    """Result: bytes, or None when absent or expired."""

    key: str


@dataclass(frozen=True)
class Take:
    """Read and delete; of several callers one gets the bytes, the others None."""

    key: str


@dataclass(frozen=True)
class Swap:
    """Replace the value if it is still ``expected``; result bool. The time to live restarts at
    ``ttl``.
    """

    key: str
    expected: bytes
    value: bytes
    ttl: int


@dataclass(frozen=True)
class AddOnce:
    """Result True for the first caller within ``ttl``, else False. False as well when ``issued_at``
    lies before the store's generation (its birth plus the largest accepted skew): after a flush
    nothing old counts as fresh.
    """

    key: str
    ttl: int
    issued_at: datetime | None = None


@dataclass(frozen=True)
class Redeem:
    """Replace the value if it is ``expected``, for a caller whose ``once`` is new; both or neither.

    Result False where ``once`` was seen before: nothing was touched. Else what was there, bytes or
    None; of several callers one gets ``expected``. The time to live restarts at ``ttl``.
    """

    key: str
    expected: bytes
    value: bytes
    ttl: int
    once: AddOnce | None = None


@dataclass(frozen=True)
class Count:
    """Fixed-window counter: add one, result the count (int) in this window of ``ttl`` seconds."""

    key: str
    ttl: int


@dataclass(frozen=True)
class Append:
    """Add a line to the value, which begins with it where there is none; result None. The time to
    live restarts at ``ttl``. For short lists: the whole value is written each time.
    """

    key: str
    line: bytes
    ttl: int


Operation = Put | Get | Take | Swap | AddOnce | Redeem | Count | Append
Result = bytes | bool | int | None


class StoreUnavailable(Exception):
    """The store does not answer; nothing may be assumed. The user may try again. ``outage``: why,
    where that is known.
    """

    def __init__(self, told: str = "", outage: Outage | None = None) -> None:
        super().__init__(told)
        self.outage = outage

    @classmethod
    def after(cls, error: BaseException) -> StoreUnavailable:
        """With the name of what a driver raised, and its word."""
        return cls(outages.named(error), outages.outage_of(error))


class ExpiringStore(Protocol):
    def batch(self, operations: Sequence[Operation]) -> list[Result]:
        """All operations in order, one round trip. Raises StoreUnavailable."""
        ...

    # Each of these is a batch of one.
    def put(self, key: str, value: bytes, ttl: int) -> None: ...
    def get(self, key: str) -> bytes | None: ...
    def take(self, key: str) -> bytes | None: ...
    def swap(self, key: str, expected: bytes, value: bytes, ttl: int) -> bool: ...
    def add_once(self, key: str, ttl: int, issued_at: datetime | None = None) -> bool: ...
    def count(self, key: str, ttl: int) -> int: ...
    def ping(self) -> None:
        """Raises StoreUnavailable when the store does not answer."""
        ...

    def server_time(self) -> datetime | None:
        """What time its server says it is (UTC); None where it has no clock of its own. Raises
        StoreUnavailable.
        """
        ...
