"""The watch over makelaars and portals: tried every quarter of an hour, by one worker, for the
metrics. Nothing is asked there that needs us to log in.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from admin.parties import examination
from admin.parties.examination import Means
from admin.registrations import rules
from broker.process import Process
from state import outages
from state.ephemeral import ExpiringStore
from state.outgoing import OutgoingClient

FIRST_AFTER: Final = timedelta(minutes=1)  # logins come first when a process begins
EVERY: Final = timedelta(minutes=15)
_TURN, _FOUND = "parties:turn", "parties:found"
log = structlog.get_logger()


def watch_until(stop: threading.Event, process: Process) -> None:
    """The thread's body: never raises, tries again after each interval."""
    pause = FIRST_AFTER
    while not stop.wait(pause.total_seconds()):
        pause = EVERY
        try:
            if process.store.add_once(_TURN, int((EVERY - FIRST_AFTER).total_seconds())):
                look(process, lambda: rules.calls_of(process.settings))
        except Exception as error:
            log.warning("parties.not_tried", error=outages.named(error))


def look(process: Process, calls: Callable[[], OutgoingClient]) -> None:
    """Try every party, and keep how much is wrong with each for all processes to see."""
    with process.sessions() as session:
        means = Means(process.settings, calls, None, process.clock())
        found = examination.registered(session, means)
    counts = [[one.kind, one.name, len(one.troubles)] for one in found]
    lifetime = int((2 * EVERY + FIRST_AFTER).total_seconds())
    process.store.put(_FOUND, json.dumps(counts).encode(), lifetime)


def troubles(store: ExpiringStore) -> Mapping[tuple[str, str], int]:
    """Kind and name of a registration → how much was wrong when it was tried last; empty where no
    worker tried of late.
    """
    raw = store.get(_FOUND)
    return {(kind, name): number for kind, name, number in json.loads(raw)} if raw else {}
