"""Limits on text messages: per number, per network and for the whole installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from babel import Locale

from assurance import sms
from broker.runtime import Runtime
from broker.texts import text_messages
from broker.web.language import locale
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.limits import Limit, network_of, spend
from state.outbox import enqueue

log = structlog.get_logger()


@dataclass(frozen=True)
class NotSent:
    """No message went out. ``wait``: seconds until one may be asked again; 0 where a limit or the
    number itself forbids it.
    """

    wait: int = 0


def countries(rt: Runtime) -> tuple[str, ...]:
    """Where numbers get codes, in the language of the page."""
    names = Locale.parse(locale()).territories
    return tuple(names.get(code, code) for code in rt.settings.second_factors.sms_countries)


def spend_message(
    rt: Runtime, number: str, address: str, now: datetime, reference: str | None
) -> NotSent | None:
    """Count one message to this number, asked from this address; what holds it back, or None.
    Raises StoreUnavailable.
    """
    settings, store = rt.settings.second_factors, rt.store
    try:
        sms.accepted_number(number, settings.sms_countries)
    except sms.NumberRefused:
        return NotSent()
    wait = _begin_pause(rt, number, now)
    if wait:
        return NotSent(wait)
    if spend(store, (sms.PER_NUMBER, number), (sms.PER_NETWORK, network_of(address))):
        return NotSent()
    everybody = Limit("sms-installation", settings.sms_most_per_hour, 3600)
    if not spend(store, (everybody, "all")):
        return None
    _alert(rt, now, reference)
    return NotSent()


def _begin_pause(rt: Runtime, number: str, now: datetime) -> int:
    """0 for who begins it; for every other the seconds that are left of it."""
    key = f"sms-pause:{rt.sealer.fingerprint('sms-pause', number)}"
    seconds = int(sms.PAUSE.total_seconds())
    if rt.store.add_once(key, seconds):
        rt.store.put(f"{key}:began", now.isoformat().encode(), seconds)
        return 0
    began = rt.store.get(f"{key}:began")  # a moment later than the pause itself
    if began is None:
        return seconds
    return max(1, sms.pause_left(datetime.fromisoformat(began.decode()), now))


def _alert(rt: Runtime, now: datetime, reference: str | None) -> None:
    """Nobody gets an SMS any more this hour: say so once, in audit, log and mail."""
    if not rt.store.add_once("sms-stopped", 3600):
        return
    most, address = (
        rt.settings.second_factors.sms_most_per_hour,
        rt.settings.second_factors.alert_email,
    )
    log.error("sms.stopped", most_per_hour=most, reference=reference)
    with writing(rt.session) as session:
        stopped = AuditEvent(EventTag.SMS_STOPPED, now, reference, outcome="refused")
        audit.record(session, stopped)
        if address is not None:
            enqueue(session, rt.sealer, text_messages.none_this_hour(address, most), now)
