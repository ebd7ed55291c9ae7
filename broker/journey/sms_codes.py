"""Sending an SMS code in a login: what may be sent, and what the login remembers of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from babel import Locale
from flask_babel import gettext as _

from assurance import second_factor, sms
from assurance.second_factor import SecondFactorMethod
from assurance.sms import SmsSent
from broker.journey.dispatch import Turn
from broker.journey.document_view import amount
from broker.journey.login import Login
from broker.runtime import Runtime
from broker.web.language import locale
from consent.documents import AskedDocument
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.limits import Limit, network_of, spend
from state.outbox import Message, enqueue

log = structlog.get_logger()


@dataclass(frozen=True)
class NotSent:
    """No message went out. ``wait``: seconds until one may be asked again; 0 where a limit or the
    number itself forbids it.
    """

    wait: int = 0


def send(
    turn: Turn, factor: SecondFactorMethod, document: AskedDocument | None = None
) -> Login | NotSent:
    """Have a code sent and remember its hash. ``document``: what it confirms, said beside it.

    The message waits in the outbox, so the page does not wait for its delivery. Raises
    StoreUnavailable.
    """
    rt, login = turn.rt, turn.login
    number = second_factor.number_of(rt.session, rt.sealer, factor.factor_id)
    address = turn.request.remote_addr or ""
    held_back = spend_message(rt, number, address, turn.now, login.reference)
    if held_back is not None:
        return held_back
    code = sms.new_code()
    purpose = _purpose(turn, document, code)
    host = urlsplit(rt.base_url).hostname or ""
    message = Message("sms", number, "", sms.text(purpose, code, host), login.reference)
    with writing(rt.session) as session:
        enqueue(session, rt.sealer, message, turn.now, until=turn.now + sms.HOLDS)
    kept = sms.code_hash(rt.sealer, login_id=login.id, factor_id=factor.factor_id, code=code)
    return replace(login, sms=SmsSent(factor.factor_id, kept, turn.now))


def _purpose(turn: Turn, document: AskedDocument | None, code: str) -> str:
    """What the code is for, before the code."""
    if document is None:
        return _(
            "Uw code om in te loggen bij %(service)s: %(code)s",
            service=turn.meets.service.name.in_(locale()),
            code=code,
        )
    worth = amount(document)
    subject = f"{document.title}, {worth}" if worth else document.title
    if turn.login.answer is not None and turn.login.answer.agrees:
        return _("Uw code om akkoord te gaan met “%(what)s”: %(code)s", what=subject, code=code)
    return _("Uw code om niet akkoord te gaan met “%(what)s”: %(code)s", what=subject, code=code)


def sent_in(login: Login, factor: SecondFactorMethod) -> SmsSent | None:
    """What was sent to this number in this login."""
    sent = login.sms
    return sent if sent is not None and sent.factor_id == factor.factor_id else None


def one_more_wrong(login: Login, factor: SecondFactorMethod, *, used_up: bool = False) -> Login:
    """The login after a wrong try of its code; ``used_up``: it may not be tried again."""
    sent = sent_in(login, factor)
    if sent is None:
        return login
    wrong = sms.TRIES.most if used_up else sent.wrong + 1
    return replace(login, sms=replace(sent, wrong=wrong))


def expected(turn: Turn, factor: SecondFactorMethod) -> str | None:
    """The hash of the code that counts now; None when none does. Counts one try of the code."""
    sent = sent_in(turn.login, factor)
    if sent is None or not sent.works(turn.now):
        return None
    if spend(turn.rt.store, (sms.TRIES, sent.code_hash)):
        return None
    return sent.code_hash


def given(turn: Turn, factor: SecondFactorMethod, code: str) -> str:
    """The hash of what was typed."""
    return sms.code_hash(
        turn.rt.sealer, login_id=turn.login.id, factor_id=factor.factor_id, code=code
    )


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
            text = (
                f"Sluis stuurt dit uur geen sms meer: de grens van {most} per uur is bereikt.\n"
                "Kijk of iemand misbruik maakt van de sms-codes. Andere factoren werken gewoon.\n\n"
                f"Sluis sends no more SMS this hour: the limit of {most} per hour is reached.\n"
                "See whether somebody abuses the SMS codes. Other factors work as always.\n"
            )
            subject = "Sluis: geen sms meer dit uur / no more SMS this hour"
            enqueue(session, rt.sealer, Message("mail", address, subject, text), now)
