"""The last step of an activation: the second factor that was asked, confirmed with a code."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import pyotp
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from assurance import sms
from assurance.factors import FactorKind
from assurance.means_requests import contact_of
from assurance.totp import matching_step
from broker.account import activation_state
from broker.account.activation import blueprint, finish, frame, with_password
from broker.account.activation_pages import ActivateFactorPage
from broker.account.activation_state import Here
from broker.runtime import Runtime, runtime
from broker.second_factors import sms_limits
from broker.texts import text_messages
from broker.web.endpoints import Endpoint
from broker.web.qr_code import qr_code
from broker.web.responses import show
from providers.activation import ActivationRefused, NewFactor
from state.db import writing
from state.limits import Limit, spend
from state.outbox import Message, enqueue

__all__ = ["blueprint"]
TRIES: Final = Limit("activation-factor", 10, 3600)  # codes of one activation
GUESSES: Final = Limit("device-guesses", 10, 86400)  # at one device


@blueprint.get("/tweede-factor")
def factor() -> Response:
    """What to do for it."""
    rt, here = runtime(), with_password()
    if here.waiting.factor is None:
        return redirect(url_for("activation.password"), 303)
    if here.waiting.factor is FactorKind.TOTP and not here.state.seed:
        here = replace(here, state=replace(here.state, seed=pyotp.random_base32()))
        activation_state.keep(rt, here.token, here.state)
    return show(_page(rt, here))


@blueprint.post("/tweede-factor/sms")
@Endpoint(limit="activation", shown_at="activation.factor")
def send_factor_code() -> Response:
    """A code to the number that was asked; nobody types another one here."""
    rt, here = runtime(), with_password()
    number, now = _number(rt, here), rt.clock()
    if here.waiting.factor is not FactorKind.SMS or not number:
        return redirect(url_for("activation.factor"), 303)
    address = request.remote_addr or ""
    if sms_limits.spend_message(rt, number, address, now, None) is not None:
        return show(_page(rt, here, "limited"), 422)
    code = sms.new_code()
    text = sms.text(text_messages.to_activate(code), code, urlsplit(rt.base_url).hostname or "")
    with writing(rt.session) as session:
        enqueue(session, rt.sealer, Message("sms", number, "", text), now, until=now + sms.HOLDS)
    hashed = _hash(rt, here, number, code)
    activation_state.keep(rt, here.token, replace(here.state, sms_hash=hashed, sms_at=now))
    return redirect(url_for("activation.factor"), 303)


@blueprint.post("/tweede-factor")
@Endpoint(limit="activation", shown_at="activation.factor")
def confirm_factor() -> Response:
    """The right code ends the activation."""
    rt, here = runtime(), with_password()
    if here.waiting.factor is None:
        return redirect(url_for("activation.password"), 303)
    serial = request.form.get("serial", "").strip()[:40]
    limits = [(TRIES, here.state.letter_id)]
    if here.waiting.factor is FactorKind.OTP_DEVICE:
        limits.append((GUESSES, serial))
    if spend(rt.store, *limits):
        return show(_page(rt, here, "limited", serial), 422)
    confirmed = _confirmed(rt, here, request.form.get("code", ""), serial)
    if confirmed is None:
        return show(_page(rt, here, "wrong", serial), 422)
    try:
        return finish(rt, here, confirmed)
    except ActivationRefused:
        return show(_page(rt, here, "device", serial), 422)


def _confirmed(rt: Runtime, here: Here, code: str, serial: str) -> NewFactor | None:
    now, state = rt.clock(), here.state
    if here.waiting.factor is FactorKind.TOTP:
        step = matching_step(state.seed, code, now, 0) if state.seed else None
        return NewFactor(FactorKind.TOTP, state.seed, step) if step is not None else None
    if here.waiting.factor is FactorKind.SMS:
        number = _number(rt, here)
        holds = state.sms_at is not None and now < state.sms_at + sms.HOLDS
        if not holds or spend(rt.store, (sms.TRIES, state.sms_hash)):
            return None
        is_right = hmac.compare_digest(_hash(rt, here, number, code), state.sms_hash)
        return NewFactor(FactorKind.SMS, number) if is_right else None
    return NewFactor(FactorKind.OTP_DEVICE, serial, code=code)


def _number(rt: Runtime, here: Here) -> str:
    """That of the request, as it stands now: an administrator may have mended it."""
    return contact_of(rt.sealer, here.waiting.request).mobile


def _hash(rt: Runtime, here: Here, number: str, code: str) -> str:
    """Bound to this activation and this number."""
    return sms.code_hash(rt.sealer, login_id=here.token, factor_id=number, code=code)


def _page(rt: Runtime, here: Here, error: str = "", serial: str = "") -> ActivateFactorPage:
    kind, seed = here.waiting.factor, here.state.seed
    number = _number(rt, here) if kind is FactorKind.SMS else ""
    uri = ""
    if kind is FactorKind.TOTP and seed:
        name = here.waiting.user_name or here.state.user_name
        uri = pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=rt.settings.ui.name)
    sent_at = here.state.sms_at
    return ActivateFactorPage(
        frame=frame(here, 4),
        kind=str(kind),
        number=f"…{number[-2:]}" if number else "",
        is_sent=sent_at is not None and rt.clock() < sent_at + sms.HOLDS,
        seed=" ".join(seed[start : start + 4] for start in range(0, len(seed), 4)) if uri else "",
        qr=qr_code(uri) if uri else None,
        serial=serial,
        error=error,
    )
