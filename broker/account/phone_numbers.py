"""A phone number for codes: it counts once a code came back, and the number that was there is
told.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from assurance import enrolment, second_factor, sms
from assurance.enrolment import OwnFactor
from assurance.factors import FactorKind
from assurance.sms import NumberRefused
from broker.account import pending_enrolment
from broker.account.access import AccountContext, adder
from broker.account.factors import blueprint, to_list
from broker.account.pages import PhoneCodePage, PhonePage
from broker.account.pending_enrolment import Pending
from broker.second_factors import sms_limits
from broker.texts import text_messages
from broker.texts.notices import Change
from broker.web.responses import show
from state.db import writing
from state.limits import spend
from state.outbox import Message, enqueue

PHONE = "phone"


@blueprint.get("/inlogmiddelen/sms")
def ask_number() -> Response:
    """Which number gets codes from now on?"""
    return show(_phone_page(adder()))


@blueprint.post("/inlogmiddelen/sms")
def send_code() -> Response:
    """A code to the new number; it counts once that code came back."""
    who = adder()
    rt, now = who.rt, who.session.now
    try:
        countries = rt.settings.second_factors.sms_countries
        number = sms.accepted_number(request.form.get("number", ""), countries)
    except NumberRefused as refused:
        return show(_phone_page(who, refused.reason), 422)
    # First: whoever is over this limit must not use up those of the number and of everybody.
    is_over = bool(spend(rt.store, (sms.PER_OWNER, who.person.id)))
    address = request.remote_addr or ""
    if is_over or sms_limits.spend_message(rt, number, address, now, None) is not None:
        return show(_phone_page(who, "limited"), 422)
    code = sms.new_code()
    purpose = text_messages.to_add_number(code)
    text = sms.text(purpose, code, urlsplit(rt.base_url).hostname or "")
    with writing(rt.session) as session:
        message = Message("sms", number, "", text)
        enqueue(session, rt.sealer, message, now, until=now + sms.HOLDS)
    pending_enrolment.put(who, PHONE, Pending(number, now, _code_hash(who, number, code)))
    return redirect(url_for("mine.ask_number_code"), 303)


@blueprint.get("/inlogmiddelen/sms/code")
def ask_number_code() -> Response:
    """The code that was sent."""
    who = adder()
    begun = pending_enrolment.get(who, PHONE)
    if begun is None:
        return redirect(url_for("mine.ask_number"), 303)
    return show(_phone_code_page(who, begun))


@blueprint.post("/inlogmiddelen/sms/code")
def add_number() -> Response:
    """The right code adds the number; one that was there ends, and is told."""
    who = adder()
    begun = pending_enrolment.get(who, PHONE)
    if begun is None:
        return redirect(url_for("mine.ask_number"), 303)
    given = _code_hash(who, begun.secret, request.form.get("code", ""))
    used_up = bool(spend(who.rt.store, (sms.TRIES, begun.code_hash)))
    if used_up or not hmac.compare_digest(given, begun.code_hash):
        return show(_phone_code_page(who, begun, error=True), 422)
    if pending_enrolment.take(who, PHONE) != begun:
        return redirect(url_for("mine.ask_number"), 303)
    earlier = _number(who)
    with writing(who.rt.session) as session:
        old_number = None
        if earlier is not None:
            old_number = second_factor.number_of(session, who.rt.sealer, earlier.id)
            enrolment.end(session, who.person.id, earlier.id, who.session.now)
            who.record(Change.REMOVED, FactorKind.SMS, old_number=old_number)
        second_factor.bind_sms(
            session,
            who.rt.sealer,
            person_id=who.person.id,
            number=begun.secret,
            bound_by=who.binding,
            now=who.session.now,
        )
        who.record(Change.ADDED, FactorKind.SMS)
    return to_list("added" if earlier is None else "number")


def _phone_page(who: AccountContext, reason: str = "") -> PhonePage:
    earlier = _number(who)
    replaces = earlier.label if earlier is not None else None
    countries = sms_limits.countries(who.rt)
    given = request.form.get("number", "")[:20] if reason else ""
    return PhonePage(who.frame, countries, who.counts, replaces, reason, given)


def _phone_code_page(who: AccountContext, begun: Pending, *, error: bool = False) -> PhoneCodePage:
    until = begun.began_at + pending_enrolment.HOLDS
    return PhoneCodePage(who.frame, f"…{begun.secret[-2:]}", until, error)


def _number(who: AccountContext) -> OwnFactor | None:
    return next((one for one in who.factors if one.kind is FactorKind.SMS), None)


def _code_hash(who: AccountContext, number: str, code: str) -> str:
    """Bound to this session and this number."""
    grant = who.session.grant_id
    return sms.code_hash(who.rt.sealer, login_id=grant, factor_id=number, code=code)
