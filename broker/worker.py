"""The worker: what waits in the outbox is sent, again and again until it arrives or is given up;
and the jobs that come back in their time.

Each channel has a thread of its own, so that one that is slow holds up no other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from broker import beats
from broker.channels import to_people
from broker.downstream.oidc.logout import LogoutAdapter
from broker.jobs import run_until
from broker.start import Parts
from state.adapters.channels import ByChannel
from state.ephemeral import StoreUnavailable
from state.outbox import CHANNELS, Adapter, Channel, deliver_due

PAUSE_SECONDS = 0.5
log = structlog.get_logger()


def deliver_until(stop: threading.Event, parts: Parts, adapter: Adapter, channel: Channel) -> None:
    """Deliver what is due on one channel, twice a second; an error is logged and tried again."""
    while not stop.is_set():
        try:
            sent = deliver_due(
                parts.sessions, parts.sealer, adapter, parts.clock, channels=(channel,)
            )
        except Exception as error:
            log.warning("outbox.failed", channel=channel, error=type(error).__name__)
            sent = 0
        if not sent:
            stop.wait(PAUSE_SECONDS)


def beat_until(stop: threading.Event, parts: Parts) -> None:
    """Show the other processes that a worker lives."""
    while not stop.is_set():
        try:
            beats.beat(parts.store, parts.clock())
        except StoreUnavailable:
            log.warning("worker.no_beat")
        stop.wait(beats.EVERY.total_seconds())


def adapter_of(parts: Parts) -> Adapter:
    """How each kind of message leaves this installation. Raises ValueError."""
    to_portals = LogoutAdapter(
        clients=lambda: parts.holder.current.clients,
        keyring=lambda: parts.holder.current.keyring,
        issuer=parts.settings.base_url,
        outgoing=parts.outgoing,
        clock=parts.clock,
    )
    return ByChannel({**to_people(parts.settings, parts.clock), "logout": to_portals})


def start_worker(parts: Parts) -> threading.Event:
    """Deliver and do the jobs in threads of this process; set the event to end them. Several
    workers never send a message twice. Raises ValueError for an adapter that cannot work.
    """
    stop, adapter = threading.Event(), adapter_of(parts)
    for channel in CHANNELS:
        _begin(f"outbox-{channel}", deliver_until, stop, parts, adapter, channel)
    _begin("jobs", run_until, stop, parts)
    _begin("beat", beat_until, stop, parts)
    return stop


def _begin(name: str, body: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=body, args=arguments, name=name, daemon=True).start()
