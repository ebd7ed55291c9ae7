"""LastGood: a document of a makelaar that is fetched now and then, and kept when it cannot be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from providers.interface import ProviderUnavailable

FRESH: Final = timedelta(hours=1)
USABLE: Final = timedelta(hours=24)
PAUSE: Final = timedelta(seconds=60)  # between tries, whoever asks
SHORT_PAUSE: Final = timedelta(seconds=5)  # while there is nothing to go on with
T = TypeVar("T")


class LastGood(Generic[T]):
    """Safe between threads. ``fetch`` raises ProviderUnavailable when it brings nothing good."""

    def __init__(self, fetch: Callable[[], T]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._value: T | None = None
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None

    def get(self, now: datetime) -> T:
        """The document, an hour old at most, or a day when it cannot be fetched.

        Raises ProviderUnavailable.
        """
        value = self._usable(now, FRESH)
        if value is not None:
            return value
        # Who has an older copy does not queue behind the one that fetches.
        if self._lock.acquire(blocking=self._usable(now, USABLE) is None):
            try:
                if self._usable(now, FRESH) is None:
                    self._try(now)
            finally:
                self._lock.release()
        value = self._usable(now, USABLE)
        if value is None:
            raise ProviderUnavailable("nothing good was fetched")
        return value

    def refetched(self, now: datetime) -> T:
        """A newer document if it may be fetched already: unknown key ids do not hurry us."""
        with self._lock:
            self._try(now)
        return self.get(now)

    def _usable(self, now: datetime, age: timedelta) -> T | None:
        if self._fetched_at is None or now - self._fetched_at >= age:
            return None
        return self._value

    def _try(self, now: datetime) -> None:
        has_copy = self._usable(now, USABLE) is not None
        pause = PAUSE if has_copy else SHORT_PAUSE
        if self._tried_at is not None and now - self._tried_at < pause:
            return
        self._tried_at = now
        try:
            self._value, self._fetched_at = self._fetch(), now
        except ProviderUnavailable:
            if not has_copy:
                raise
