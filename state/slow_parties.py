"""Calls in flight by party: one that answers slowly has a few at once, so that logins at the others
find a thread. One that answers fast has as many as it gets.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from state.outgoing_failures import OutgoingFailed

SLOW_SECONDS: Final = 1.0  # an answer that takes longer
FORGOTTEN_AFTER: Final = 30.0  # seconds since the last one of these
RETRY_AFTER: Final = 2  # seconds, of who finds all calls taken
MOST_PARTIES: Final = 1000


@dataclass
class _Party:
    began: dict[int, float] = field(default_factory=dict)  # by call, of those in flight
    slow_at: float | None = None  # when the last slow call ended


class SlowParties:
    """``most``: how many calls a slow party has at once, None for any number. ``monotonic`` gives
    seconds; safe between threads.
    """

    def __init__(self, most: int | None, monotonic: Callable[[], float]) -> None:
        self._most = most
        self._monotonic = monotonic
        self._parties: OrderedDict[str, _Party] = OrderedDict()
        self._lock = threading.Lock()
        self._number = 0

    @contextmanager
    def one_more(self, party: str) -> Iterator[None]:
        """Make one call. Raises OutgoingFailed where the party is slow and has its number."""
        if self._most is None:
            yield
            return
        number = self._begin(party, self._most)
        try:
            yield
        finally:
            self._end(party, number)

    def _begin(self, party: str, most: int) -> int:
        with self._lock:
            now = self._monotonic()
            state = self._parties.setdefault(party, _Party())
            self._parties.move_to_end(party)
            if len(state.began) >= most and _is_slow(state, now):
                raise OutgoingFailed("too_slow", RETRY_AFTER)
            self._number += 1
            state.began[self._number] = now
            return self._number

    def _end(self, party: str, number: int) -> None:
        with self._lock:
            now = self._monotonic()
            state = self._parties[party]
            took = now - state.began.pop(number)
            state.slow_at = now if took > SLOW_SECONDS else None
            if not state.began and state.slow_at is None:
                del self._parties[party]
            self._forget()

    def _forget(self) -> None:
        """Those of which nothing is under way, the longest ago first."""
        for party in [*self._parties][: max(0, len(self._parties) - MOST_PARTIES)]:
            if not self._parties[party].began:
                del self._parties[party]


def _is_slow(state: _Party, now: float) -> bool:
    was_slow = state.slow_at is not None and now - state.slow_at < FORGOTTEN_AFTER
    return was_slow or any(now - began > SLOW_SECONDS for began in state.began.values())
