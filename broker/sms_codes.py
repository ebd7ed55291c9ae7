"""Sending an SMS code in a login: what may be sent, and what the login remembers of it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from flask_babel import gettext as _

from assurance import second_factor, sms
from assurance.second_factor import Method
from assurance.sms import SmsSent
from broker.dispatch import Turn
from broker.http.language import locale
from broker.login import Login
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.limits import Limit, network_of, spend
from state.outbox import Message, enqueue


def send(turn: Turn, factor: Method) -> Login | None:
    """Have a code sent and remember its hash; None where a limit or the number forbids it.

    The message waits in the outbox, so the page does not wait for its delivery. Raises
    StoreUnavailable.
    """
    rt, login = turn.rt, turn.login
    number = second_factor.number_of(rt.session, rt.sealer, factor.factor_id)
    if not _may_send(turn, number):
        return None
    code = sms.new_code()
    purpose = _(
        "Uw code om in te loggen bij %(service)s: %(code)s",
        service=turn.meets.service.name.in_(locale()),
        code=code,
    )
    host = urlsplit(rt.base_url).hostname or ""
    message = Message("sms", number, "", sms.text(purpose, code, host), login.reference)
    with writing(rt.session) as session:
        enqueue(session, rt.sealer, message, turn.now, until=turn.now + sms.HOLDS)
    kept = sms.code_hash(rt.sealer, login_id=login.id, factor_id=factor.factor_id, code=code)
    return replace(login, sms=SmsSent(factor.factor_id, kept, turn.now))


def expected(turn: Turn, factor: Method) -> str | None:
    """The hash of the code that counts now; None when none does. Counts one try of the code."""
    sent = turn.login.sms
    if sent is None or sent.factor_id != factor.factor_id or not sent.holds(turn.now):
        return None
    if spend(turn.rt.store, (sms.TRIES, sent.code_hash)):
        return None
    return sent.code_hash


def given(turn: Turn, factor: Method, code: str) -> str:
    """The hash of what was typed."""
    return sms.code_hash(
        turn.rt.sealer, login_id=turn.login.id, factor_id=factor.factor_id, code=code
    )


def _may_send(turn: Turn, number: str) -> bool:
    settings, store = turn.rt.settings.second_factors, turn.rt.store
    try:
        sms.accepted_number(number, settings.sms_countries)
    except sms.NumberRefused:
        return False
    name = turn.rt.sealer.fingerprint("sms-pause", number)
    if not store.add_once(f"sms-pause:{name}", int(sms.PAUSE.total_seconds())):
        return False
    network = network_of(turn.request.remote_addr or "")
    if spend(store, (sms.PER_NUMBER, number), (sms.PER_NETWORK, network)):
        return False
    everybody = Limit("sms-installation", settings.sms_most_per_hour, 3600)
    if not spend(store, (everybody, "all")):
        return True
    with writing(turn.rt.session) as session:
        audit.record(
            session,
            AuditEvent(EventTag.SMS_STOPPED, turn.now, turn.login.reference, outcome="refused"),
        )
    return False
