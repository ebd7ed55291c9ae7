"""The worker: messages in the outbox are sent, again and again until they arrive or are given up;
and the jobs that come back in their time, in the one process that has their turn.

Each channel has lanes of its own, so a slow provider of one holds up no other. A thread that looks
wakes the lanes: at once when a process of this instance committed a message, twice a second for
those of others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from admin.operations import doorbell, metadata_watch, party_watch, pauses
from admin.operations.channels import to_invoicing, to_people
from admin.operations.jobs import run_until
from admin.operations.jobs_turn import JobsTurn
from broker.monitoring import draining
from broker.oidc.backchannel_logout import LogoutAdapter
from broker.process import Process
from broker.saml.logout_delivery import SamlLogoutAdapter
from broker.sso.saml_notice import TO_PORTAL
from state import outages, outbox_wakeup
from state.adapters.channels import ByChannel, BySubject
from state.outbox import CHANNELS, TO_MAKELAAR, Adapter, Channel, deliver_due, due_channels

POLL_SECONDS: Final = 0.5
PAUSE_AFTER_ERROR: Final = 1.0
LANES: Final[Mapping[Channel, int]] = {
    "sms": 3,
    "mail": 2,
    "letter": 1,
    "logout": 2,
    "invoicing": 1,
}
log = structlog.get_logger()
Bells = Mapping[Channel, threading.Event]


@dataclass(frozen=True)
class Worker:
    """The threads of one process. They end by themselves once its main thread ends."""

    stop: threading.Event
    rung: threading.Event
    threads: tuple[threading.Thread, ...]

    def end(self, within: float) -> bool:
        """Claim nothing any more and settle what was claimed; False when that takes longer."""
        self.stop.set()
        self.rung.set()
        last = time.monotonic() + within
        for thread in self.threads:
            thread.join(max(0.0, last - time.monotonic()))
        return not any(thread.is_alive() for thread in self.threads)


def adapter_of(process: Process) -> Adapter:
    """How each kind of message leaves this installation. Raises ValueError."""
    to_portals = LogoutAdapter(
        clients=lambda: process.holder.current.oidc_clients,
        keyring=lambda: process.holder.current.keyring,
        issuer=process.settings.base_url,
        outgoing=process.outgoing,
        clock=process.clock,
    )
    by_soap = SamlLogoutAdapter(
        registered=lambda: process.holder.current,
        base_url=process.settings.base_url,
        outgoing=process.outgoing,
        clock=process.clock,
    )
    logouts = BySubject({TO_PORTAL: by_soap, TO_MAKELAAR: by_soap}, to_portals)
    ways: dict[Channel, Adapter] = {
        **to_people(process.settings, process.clock),
        "logout": logouts,
        "invoicing": to_invoicing(process.settings, process.clock),
    }
    return ByChannel(ways)


def start_worker(process: Process, rest: Callable[[], None] = pauses.none) -> Worker:
    """Deliver and do the jobs in threads of this process. Several workers never send a message
    twice, and one of them does the jobs. ``rest`` comes between messages and between jobs, outside
    transactions. Raises ValueError for an adapter that cannot work.
    """
    adapter, stop, rung = adapter_of(process), threading.Event(), outbox_wakeup.subscribe()
    bells: Bells = {channel: threading.Event() for channel in CHANNELS}
    turn = JobsTurn(process)
    if (bell := doorbell.there()) is not None:
        bell.hear(rung)
    for name, body in (
        ("jobs", partial(run_until, turn=turn, rest=rest)),
        ("parties", party_watch.watch_until),
        ("metadata", metadata_watch.watch_until),
        ("federations", metadata_watch.watch_lists_until),
    ):
        # May be cut off anywhere, so the end of the process does not wait for them.
        threading.Thread(target=body, args=(stop, process), name=name, daemon=True).start()
    threads = [
        threading.Thread(target=_look_until, args=(stop, rung, process, bells), name="outbox"),
        threading.Thread(target=turn.keep_until, args=(stop,), name="turn"),
    ]
    for channel, number in LANES.items():
        lane = (stop, bells[channel], process, adapter, channel, rest)
        threads += [
            threading.Thread(target=_deliver_until, args=lane, name=f"outbox-{channel}-{each}")
            for each in range(number)
        ]
    for thread in threads:
        thread.start()
    return Worker(stop, rung, tuple(threads))


def _look_until(
    stop: threading.Event, rung: threading.Event, process: Process, bells: Bells
) -> None:
    """Wake the lanes of what is due; ends them when the process ends or its instance drains."""
    while not stop.is_set() and threading.main_thread().is_alive() and not draining.has_begun():
        rung.clear()
        try:
            with process.sessions() as session:
                for channel in due_channels(session, process.clock()):
                    bells[channel].set()
        except Exception as error:
            log.warning("outbox.failed", error=outages.named(error))
        rung.wait(POLL_SECONDS)
    stop.set()
    for each in bells.values():
        each.set()


def _deliver_until(
    stop: threading.Event,
    rung: threading.Event,
    process: Process,
    adapter: Adapter,
    channel: Channel,
    rest: Callable[[], None],
) -> None:
    """Send what is due in this channel, one after another; an error is logged and tried again."""
    while not stop.is_set():
        rung.wait()
        rung.clear()
        try:
            deliver_due(
                process.sessions,
                process.sealer,
                adapter,
                process.clock,
                (channel,),
                goes_on=lambda: not stop.is_set(),
                before_each=rest,
            )
        except Exception as error:
            log.warning("outbox.failed", channel=channel, error=outages.named(error))
            stop.wait(PAUSE_AFTER_ERROR)
