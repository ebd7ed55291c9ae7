"""The watch over metadata: addresses that are due are looked at by whichever worker comes first, in
a thread of its own, so that a slow address holds up nothing else.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog

from admin.metadata import federation_looks, parties, refreshing
from broker.process import Process
from state import outages, party_metadata
from state.db import writing
from state.registrations import current_revision

PAUSE: Final = 15.0  # seconds
log = structlog.get_logger()


def watch_until(stop: threading.Event, process: Process) -> None:
    """The thread's body: never raises, tries again after each pause."""
    settled = -1
    while not stop.wait(PAUSE):
        try:
            settled = look(process, settled)
        except Exception as error:
            log.warning("metadata.not_watched", error=outages.named(error))


def watch_lists_until(stop: threading.Event, process: Process) -> None:
    """The same of the lists of federations, each of which takes a minute: a thread of their own."""
    while not stop.wait(PAUSE):
        try:
            federation_looks.refresh_due(process)
        except Exception as error:
            log.warning("metadata.not_watched", error=outages.named(error))


def look(process: Process, settled: int) -> int:
    """``settled``: the revision of registrations for which every party had its row; the one for
    which it has now.
    """
    with process.sessions() as session:
        revision = current_revision(session)
        if revision != settled and parties.unsettled(session):
            with writing(session):
                party_metadata.hold_many(session)
                parties.settle(session, process.clock())
    refreshing.refresh_due(process)
    return revision
