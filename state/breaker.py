"""A circuit breaker per party, by any name that its caller gives one: who fails five times in a row
is left alone for half a minute.

One slow makelaar must not hold the threads that logins at the others need.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 30.0
MOST_PARTIES = 1000


@dataclass
class _Party:
    failures: int = 0
    why: str = ""  # of the last failure
    opened_at: float | None = None
    probing: bool = False


class Breaker:
    """Counts consecutive failures by party. ``monotonic`` gives seconds; safe between threads."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._parties: OrderedDict[str, _Party] = OrderedDict()
        self._lock = threading.Lock()

    def admits(self, party: str) -> bool:
        """May a call be made now? After the pause one may try; the others wait for its result."""
        with self._lock:
            state = self._parties.get(party)
            if state is None or state.opened_at is None:
                return True
            if state.probing or self._monotonic() - state.opened_at < OPEN_SECONDS:
                return False
            state.probing = True
            return True

    def seconds_left(self, party: str) -> float:
        """Until another try may be made; 0 where one may be made now, or is being made."""
        with self._lock:
            state = self._parties.get(party)
            if state is None or state.opened_at is None:
                return 0.0
            return max(0.0, OPEN_SECONDS - (self._monotonic() - state.opened_at))

    def why(self, party: str) -> str:
        """What its caller said of the last failure; empty where it said nothing."""
        with self._lock:
            state = self._parties.get(party)
            return state.why if state is not None else ""

    def succeeded(self, party: str) -> None:
        """It answers: forget what went wrong."""
        with self._lock:
            self._parties.pop(party, None)

    def failed(self, party: str, why: str = "") -> None:
        """It did not answer; the fifth time in a row, or a failed try, opens the circuit. ``why``:
        a machine word for who is told that it is open.
        """
        with self._lock:
            state = self._parties.setdefault(party, _Party())
            self._parties.move_to_end(party)
            state.failures, state.why = state.failures + 1, why
            if state.probing or state.failures >= FAILURES_TO_OPEN:
                state.opened_at, state.probing = self._monotonic(), False
            while len(self._parties) > MOST_PARTIES:
                self._parties.popitem(last=False)

    def released(self, party: str) -> None:
        """A call ended without saying anything about the party: another may try."""
        with self._lock:
            state = self._parties.get(party)
            if state is not None:
                state.probing = False
