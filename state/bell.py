"""Bell: wakes those who deliver, in the process where a message was committed.

A process has one bell. Messages of other processes are found by looking now and then.
"""

from __future__ import annotations

import threading
from typing import Final
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.orm import Session

_MARK: Final = "outbox"
_lock = threading.Lock()
_ears: WeakSet[threading.Event] = WeakSet()


def hear() -> threading.Event:
    """An event that is set after each commit with a message; who waits clears it."""
    ear = threading.Event()
    with _lock:
        _ears.add(ear)
    return ear


def at_commit(session: Session) -> None:
    """Ring once the transaction of this session is committed; not if it is rolled back."""
    session.info[_MARK] = True


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.pop(_MARK, False):
        with _lock:
            for ear in _ears:
                ear.set()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_MARK, None)
