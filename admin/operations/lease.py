"""A lease: of several processes one does what only one needs to do, and says so again and again.

It lies in the expiring store. Whoever falls silent loses it, so another takes over
``HANDED_OVER_WITHIN`` seconds later at most; who ends in order gives it back at once. It saves work
and prevents no harm: a process that was stopped for longer than that may still believe that it has
it, so what is done under it must be safe to be done twice.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final

from admin.presence import name_of_this
from state.ephemeral import AddOnce, ExpiringStore, Swap

HELD_FOR: Final = 30  # seconds after it was taken or renewed
KEPT_EVERY: Final = 10.0  # seconds
HANDED_OVER_WITHIN: Final = HELD_FOR + KEPT_EVERY
_TAKEN: Final = b"1"  # what AddOnce leaves
_GIVEN_BACK: Final = b"0"


class Lease:
    """One process and the lease ``name``. Call ``keep`` every ``KEPT_EVERY`` seconds."""

    def __init__(
        self, store: ExpiringStore, name: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._key = _key(name)
        # Two containers may have one host name and the same process ids.
        self._holder = f"{name_of_this()} {secrets.token_hex(8)}".encode()
        self._monotonic = monotonic
        self._until = 0.0

    def keep(self) -> bool:
        """Take it or renew it; is it ours? Raises StoreUnavailable."""
        now = self._monotonic()
        ours, taken = self._store.batch(
            [
                Swap(self._key, self._holder, self._holder, HELD_FOR),
                AddOnce(self._key, HELD_FOR),
            ]
        )
        # Between these two nobody else takes it, because it is there; who dies there loses it.
        is_ours = ours is True or (
            taken is True and self._store.swap(self._key, _TAKEN, self._holder, HELD_FOR)
        )
        self._until = now + HELD_FOR if is_ours else 0.0
        return is_ours

    def is_held(self) -> bool:
        """Ours, by our own clock: nobody else can have it yet."""
        return self._monotonic() < self._until

    def give_back(self) -> None:
        """Whoever asks next has it, a second later at most. Raises StoreUnavailable."""
        self._until = 0.0
        self._store.swap(self._key, self._holder, _GIVEN_BACK, 1)


def holder(store: ExpiringStore, name: str) -> str | None:
    """Host and process id of who has it; None where nobody does. Raises StoreUnavailable."""
    raw = store.get(_key(name))
    return raw.decode().split()[0] if raw and raw not in (_TAKEN, _GIVEN_BACK) else None


def _key(name: str) -> str:
    return f"lease:{name}"
