"""Wakes those who deliver from the outbox, in the process where a message was committed.

Messages of other processes are found by looking now and then.
"""

from __future__ import annotations

import threading
from typing import Final, Protocol
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.orm import Session


class Wakeable(Protocol):
    """Whatever is told of a message: an event, or what tells another process."""

    def set(self) -> None:
        """Never waits and never raises: a request stands behind it."""
        ...


_MARK: Final = "outbox"
_lock = threading.Lock()
_waiting: WeakSet[Wakeable] = WeakSet()


def subscribe() -> threading.Event:
    """An event that is set after each commit with a message; who waits clears it."""
    wakeup = threading.Event()
    add(wakeup)
    return wakeup


def add(wakeable: Wakeable) -> None:
    """Set it after each commit with a message, for as long as somebody else keeps it."""
    with _lock:
        _waiting.add(wakeable)


def wake_at_commit(session: Session) -> None:
    """Wake them once the transaction of this session is committed; not if it is rolled back."""
    session.info[_MARK] = True


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.info.pop(_MARK, False):
        with _lock:
            for one in _waiting:
                one.set()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_MARK, None)
