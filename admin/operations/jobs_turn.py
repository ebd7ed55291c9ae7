"""Whose turn the jobs are: the process that has their lease does them, and beats for all to see.

A process whose job hangs lets go of the lease, so that the other jobs go on elsewhere.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from admin.operations.lease import KEPT_EVERY, Lease
from broker.monitoring import heartbeat
from broker.process import Process
from state import outages
from state.ephemeral import StoreUnavailable

LEASE: Final = "jobs"
LONGEST_JOB: Final = 900.0  # seconds after which another process may have the others
log = structlog.get_logger()


class JobsTurn:
    """Of one process. ``keep_until`` runs in a thread beside that of the jobs."""

    def __init__(self, process: Process, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._process = process
        self._monotonic = monotonic
        self._lease = Lease(process.store, LEASE, monotonic)
        self._in_hand, self._in_hand_since = "", monotonic()
        self._beat_at: datetime | None = None
        self._was_ours: bool | None = None

    def begins(self, job: str) -> bool:
        """May the next job, of this name, begin here?"""
        self._in_hand, self._in_hand_since = job, self._monotonic()
        return self._lease.is_held()

    def keep_until(self, stop: threading.Event) -> None:
        """Take and renew the lease until the event is set; then give it back. Never raises."""
        while not stop.is_set():
            self.keep()
            stop.wait(KEPT_EVERY)
        try:
            self._lease.give_back()
        except Exception:
            log.warning("worker.turn_not_given_back")  # it runs out

    def keep(self) -> None:
        """Once. Never raises."""
        try:
            hangs = self._monotonic() - self._in_hand_since > LONGEST_JOB
            is_ours = not hangs and self._lease.keep()
            if is_ours:
                self._beat()
        except StoreUnavailable:
            log.warning("worker.no_beat")
            return
        except Exception as error:
            log.warning("worker.no_turn", error=outages.named(error))
            return
        if is_ours is not self._was_ours:
            if hangs:
                log.error("worker.job_hangs", job=self._in_hand)
            elif is_ours:
                log.info("worker.does_jobs")
            else:
                log.info("worker.leaves_jobs_to_another")
        self._was_ours = is_ours

    def _beat(self) -> None:
        """Show the other processes that a worker lives."""
        now = self._process.clock()
        if self._beat_at is None or abs(now - self._beat_at) >= heartbeat.EVERY:
            heartbeat.beat(self._process.store, now)
            self._beat_at = now
