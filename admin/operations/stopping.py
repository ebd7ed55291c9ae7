"""Signals to stop that come while nothing serves yet.

Python and Granian each leave moments open: a process that begins as a copy of its front has the
front's handlers, which end nothing in it; what comes between two programs of one process is lost;
and the first process of a container ignores what it does not handle.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from broker.monitoring import draining

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_told = threading.Event()
_later = threading.Event()


def end_when_told() -> None:
    """From here SIGTERM and Ctrl-C end this process in order, with code 0."""
    for number in SIGNALS:
        signal.signal(number, _end)


def hold() -> None:
    """What comes now waits, also for the program that this process becomes: see ``let_come``."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)


def let_come() -> None:
    """What waited comes now."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def end_if_told() -> None:
    """Ends this process where a library swallowed that it was told to."""
    if _told.is_set():
        raise SystemExit(0)


@contextmanager
def later() -> Iterator[None]:
    """Who is told within this ends once it is done, so that what it began is known by then."""
    _later.set()
    try:
        yield
    finally:
        _later.clear()
    end_if_told()


def prepare_copies() -> None:
    """Copies of this process hear SIGTERM from their first moment, and leave Ctrl-C, which a
    terminal sends to all, to this one.
    """
    os.register_at_fork(before=hold, after_in_parent=let_come, after_in_child=_begin_copy)


def end_with_front() -> None:
    """End this process in order once the one that started it is gone, however that ended: what has
    nobody to look after it holds the port and serves old settings.
    """
    if multiprocessing.parent_process() is not None:
        threading.Thread(target=_end_after_front, name="front", daemon=True).start()


def _begin_copy() -> None:
    # What is raised where a copy begins is lost: one that was told here looks itself, at once.
    _later.set()
    signal.signal(signal.SIGTERM, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    _later.clear()


def _end(_number: int, _frame: object) -> None:
    _told.set()
    if not _later.is_set():
        # What is half made at this moment, such as an event loop, cannot take itself apart, which
        # would look like an error in the log.
        sys.unraisablehook = _unheard
        raise SystemExit(0)


def _unheard(_: object) -> None:
    pass


def _end_after_front() -> None:
    front = multiprocessing.parent_process()
    assert front is not None
    front.join()
    import structlog  # the front itself does without: it would be a third of its memory

    log = structlog.get_logger()
    log.error("server.front_gone")
    draining.begin()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(draining.FINISH_SECONDS)
    os._exit(1)
