"""The worker: mail that waits in the outbox is sent, again and again until it arrives or is given
up; and the jobs that come back in their time.
"""

from __future__ import annotations

import threading

import structlog

from broker import beats
from broker.downstream.oidc.logout import LogoutAdapter
from broker.jobs import run_until
from broker.start import Parts
from state.adapters import make_adapter
from state.adapters.channels import ByChannel
from state.ephemeral import StoreUnavailable
from state.outbox import Adapter, deliver_due

PAUSE_SECONDS = 1.0
log = structlog.get_logger()


def deliver_until(stop: threading.Event, parts: Parts) -> None:
    """Deliver what is due about once a second; an error is logged and tried again."""
    adapter = adapter_of(parts)
    while not stop.is_set():
        try:
            sent = deliver_due(parts.sessions, parts.sealer, adapter, parts.clock)
        except Exception as error:
            log.warning("outbox.failed", error=type(error).__name__)
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
    """How each kind of message leaves this installation."""
    mail = parts.settings.mail
    by_mail = make_adapter(
        adapter=mail.adapter, url=mail.url, sender=mail.sender, clock=parts.clock
    )
    to_portals = LogoutAdapter(
        clients=lambda: parts.holder.current.clients,
        keyring=lambda: parts.holder.current.keyring,
        issuer=parts.settings.base_url,
        outgoing=parts.outgoing,
        clock=parts.clock,
    )
    return ByChannel({"mail": by_mail, "logout": to_portals})


def start_worker(parts: Parts) -> threading.Event:
    """Deliver and do the jobs in threads of this process; set the event to end them. Several
    workers never send a message twice.
    """
    stop = threading.Event()
    for name, body in (("outbox", deliver_until), ("jobs", run_until), ("beat", beat_until)):
        threading.Thread(target=body, args=(stop, parts), name=name, daemon=True).start()
    return stop
