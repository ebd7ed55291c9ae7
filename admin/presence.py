"""Presence: which processes run, and with which master keys, for an operator who replaces one.

Every process writes a line into the expiring store twice a minute, in a list per minute. Reading
the list of this minute and the last one finds everybody who lives, and nobody who ended long ago.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from broker.process import Process
from state.ephemeral import Append, ExpiringStore, Get, StoreUnavailable

SHOWN_EVERY: Final = 30.0  # seconds; less than a minute, or a list could miss somebody
SEEN_FOR: Final = 120  # seconds that somebody who ended is still seen, at most
_KEPT: Final = 300  # seconds
log = structlog.get_logger()


@dataclass(frozen=True)
class RunningProcess:
    """``name``: host and process id. ``key_ids``: of its master keys, first the one that seals."""

    name: str
    key_ids: tuple[str, ...]

    @property
    def seals_with(self) -> str:
        return self.key_ids[0]


def name_of_this() -> str:
    """In a cluster the host is the pod."""
    return f"{socket.gethostname()}/{os.getpid()}"


def show(store: ExpiringStore, process: RunningProcess, now: datetime) -> None:
    """Say that this process runs. Raises StoreUnavailable."""
    line = f"{process.name} {','.join(process.key_ids)}"
    store.batch([Append(_key(int(now.timestamp()) // 60), line.encode(), _KEPT)])


def seen(store: ExpiringStore, now: datetime) -> tuple[RunningProcess, ...]:
    """Who ran in the last two minutes, each as it was last. Raises StoreUnavailable."""
    minute = int(now.timestamp()) // 60
    found = store.batch([Get(_key(minute - 1)), Get(_key(minute))])
    lines = b"".join(each for each in found if isinstance(each, bytes)).decode().splitlines()
    last = {process.name: process for process in _read(lines)}
    return tuple(last[name] for name in sorted(last))


def keep_showing(process: Process) -> threading.Event:
    """Show this process from now on, in a thread; set the event to end it."""
    stop = threading.Event()
    threading.Thread(target=_show_until, args=(stop, process), name="presence", daemon=True).start()
    return stop


def _show_until(stop: threading.Event, process: Process) -> None:
    this = RunningProcess(name_of_this(), process.sealer.key_ids)
    while not stop.is_set():
        try:
            show(process.store, this, process.clock())
        except StoreUnavailable:
            log.warning("presence.not_shown")
        stop.wait(SHOWN_EVERY)


def _read(lines: Iterable[str]) -> Iterable[RunningProcess]:
    for line in lines:
        name, _, key_ids = line.partition(" ")
        yield RunningProcess(name, tuple(key_ids.split(",")))


def _key(minute: int) -> str:
    return f"presence:{minute}"
