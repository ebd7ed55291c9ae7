"""LastGood: a document of somebody else that is fetched now and then, and kept for a while when it
cannot be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

FRESH: Final = timedelta(hours=1)
USABLE: Final = timedelta(hours=24)
PAUSE: Final = timedelta(seconds=60)  # between tries, whoever asks
SHORT_PAUSE: Final = timedelta(seconds=5)  # while there is nothing to go on with
T = TypeVar("T")


class LastGood(Generic[T]):
    """Safe between threads. ``fetch`` raises ``failure`` when it brings nothing good; what it does
    bring counts, also when there is nothing in it.

    ``fresh``: how old a copy may be before it is fetched again; ``usable``: before it ends, though
    nothing newer can be fetched. ``monotonic`` in seconds: a pause begins when a fetch ends.
    """

    def __init__(
        self,
        fetch: Callable[[], T],
        failure: type[Exception],
        *,
        fresh: timedelta = FRESH,
        usable: timedelta = USABLE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._failure = fetch, failure
        self._fresh, self._usable_for = fresh, usable
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._copy: tuple[T, datetime] | None = None  # with when it was fetched
        self._tries = 0
        self._tried_at: datetime | None = None  # the end of the last try
        self._hurried_at: datetime | None = None
        self._failed: Exception | None = None  # why the last try brought nothing

    def get(self, now: datetime) -> T:
        """The document, fresh, or older but usable when it cannot be fetched. Raises ``failure``:
        the one that the last try met.
        """
        fresh = self._younger(now, self._fresh)
        if fresh is not None:
            return fresh[0]
        # Who has an older copy does not queue behind the one that fetches.
        if self._lock.acquire(blocking=self._younger(now, self._usable_for) is None):
            try:
                if self._younger(now, self._fresh) is None and self._may_try(now):
                    self._try(now)
            finally:
                self._lock.release()
        usable = self._younger(now, self._usable_for)
        if usable is None:
            raise self._why()
        return usable[0]

    def copies(self, now: datetime) -> Iterator[T]:
        """The document, and for who misses something in it one that is fetched out of turn.

        That is done at once, however young the first is, and then not for a while: what is missing
        for good does not hurry us. Raises as ``get``.
        """
        had_one, tries = self._copy is not None, self._tries
        known = self.get(now)
        yield known
        with self._lock:
            if self._hurried_at is None or now - self._hurried_at >= PAUSE:
                was_tried = self._tries != tries
                if not was_tried:
                    self._try(now)
                if had_one:  # the very first copy was no second look
                    self._hurried_at = max(now, self._tried_at or now)
        newer = self.get(now)
        if newer is not known:
            yield newer

    @property
    def failed(self) -> Exception | None:
        """Why the last try brought nothing; None where it did, or none was made."""
        return self._failed

    def _younger(self, now: datetime, age: timedelta) -> tuple[T, datetime] | None:
        copy = self._copy
        return copy if copy is not None and now - copy[1] < age else None

    def _may_try(self, now: datetime) -> bool:
        pause = SHORT_PAUSE if self._younger(now, self._usable_for) is None else PAUSE
        return self._tried_at is None or self._failed is None or now - self._tried_at >= pause

    def _try(self, now: datetime) -> None:
        self._tries += 1
        began = self._monotonic()
        try:
            self._copy, self._failed = (self._fetch(), now), None
        except self._failure as failed:
            self._failed = failed
        finally:
            self._tried_at = now + timedelta(seconds=max(0.0, self._monotonic() - began))

    def _why(self) -> Exception:
        failed = self._failed
        assert failed is not None
        return failed.with_traceback(None)
