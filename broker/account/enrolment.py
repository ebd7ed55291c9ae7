"""Adding a factor: each kind is confirmed with a code or a signature before it counts as added."""

from __future__ import annotations

import pyotp
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from assurance import devices, enrolment, passkeys, recovery_codes, second_factor, webauthn
from assurance.devices import DeviceRefused
from assurance.factors import FactorKind
from assurance.totp import matching_step
from assurance.webauthn import PasskeyRefused
from broker.account import pending_enrolment
from broker.account.access import AccountContext, adder, owner
from broker.account.factors import blueprint, to_list
from broker.account.pages import AppPage, CodesPage, DevicePage, PasskeyPage
from broker.account.pending_enrolment import Pending
from broker.second_factors import passkey_party
from broker.texts.notices import Change
from broker.web.qr_code import qr_code
from broker.web.responses import show
from state.db import writing
from state.limits import Limit, spend

DEVICE_TRIES = Limit("device-binding", 5, 3600)  # of one person
DEVICE_GUESSES = Limit("device-guesses", 10, 86400)  # at one device
APP, PASSKEY = "app", "passkey"


# An app with codes.


@blueprint.get("/inlogmiddelen/app")
def ask_app() -> Response:
    """A new secret with its QR code, shown once."""
    who = adder()
    if (full := _no_room(who)) is not None:
        return full
    begun = pending_enrolment.get(who, APP)
    if begun is None:
        begun = Pending(pyotp.random_base32(), who.session.now)
        pending_enrolment.put(who, APP, begun)
    return show(_app_page(who, begun))


@blueprint.post("/inlogmiddelen/app/opnieuw")
def ask_app_again() -> Response:
    """Another secret: the one that was shown is worth nothing any more."""
    who = adder()
    pending_enrolment.take(who, APP)
    return redirect(url_for("mine.ask_app"), 303)


@blueprint.post("/inlogmiddelen/app")
def add_app() -> Response:
    """The first code proves that the app has the secret."""
    who = adder()
    if (full := _no_room(who)) is not None:
        return full
    begun = pending_enrolment.get(who, APP)
    if begun is None:
        return redirect(url_for("mine.ask_app"), 303)
    step = matching_step(begun.secret, request.form.get("code", ""), who.session.now, 0)
    if step is None or pending_enrolment.take(who, APP) != begun:
        return show(AppPage(who.frame, None, None, who.counts, error="wrong"), 422)
    with writing(who.rt.session) as session:
        second_factor.bind_totp(
            session,
            who.rt.sealer,
            person_id=who.person.id,
            seed=begun.secret,
            label="",
            bound_by=who.binding,
            now=who.session.now,
            used_step=step,
        )
        who.record(Change.ADDED, FactorKind.TOTP)
    return to_list("added")


def _no_room(who: AccountContext) -> Response | None:
    """The page that says what to do first, for who has as many apps as one may have."""
    if not enrolment.is_full(who.factors, FactorKind.TOTP):
        return None
    page = AppPage(who.frame, None, None, who.counts, error="too_many")
    return show(page, 200 if request.method == "GET" else 422)


def _app_page(who: AccountContext, begun: Pending) -> AppPage:
    if not pending_enrolment.show_once(who, APP, begun):
        return AppPage(who.frame, None, None, who.counts)
    site = who.rt.settings.ui.name
    name = who.person.display_name
    address = pyotp.TOTP(begun.secret).provisioning_uri(name=name, issuer_name=site)
    groups = [begun.secret[start : start + 4] for start in range(0, len(begun.secret), 4)]
    return AppPage(who.frame, " ".join(groups), qr_code(address), who.counts)


# A passkey.


@blueprint.get("/inlogmiddelen/passkey")
def ask_passkey() -> Response:
    """What the browser is asked, with a challenge for one answer."""
    return show(_passkey_page(adder()))


@blueprint.post("/inlogmiddelen/passkey")
def add_passkey() -> Response:
    """The new passkey, when its answer is right."""
    who = adder()
    begun = pending_enrolment.take(who, PASSKEY)
    answer = request.form.get("assertion", "")
    if begun is None or not answer:
        return show(_passkey_page(who, "again"), 422)
    try:
        made = webauthn.created(passkey_party.party(who.rt), begun.secret, answer)
        with writing(who.rt.session) as session:
            passkeys.bind(
                session,
                made,
                person_id=who.person.id,
                label="",
                bound_by=who.binding,
                now=who.session.now,
            )
            who.record(Change.ADDED, FactorKind.PASSKEY)
    except PasskeyRefused as refused:
        return show(_passkey_page(who, refused.reason), 422)
    return to_list("added")


def _passkey_page(who: AccountContext, error: str = "") -> PasskeyPage:
    challenge = webauthn.new_challenge()
    pending_enrolment.put(who, PASSKEY, Pending(challenge, who.session.now))
    known = list(passkeys.of_person(who.rt.session, who.person.id).values())
    named = passkeys.owner(who.rt.sealer, who.person.id, who.person.display_name or "Sluis")
    party = passkey_party.party(who.rt)
    options = webauthn.creation_options(party, named, challenge, known)
    return PasskeyPage(who.frame, options, who.counts, error)


# An OTP device.


@blueprint.get("/inlogmiddelen/apparaat")
def ask_device() -> Response:
    """Serial number and a code."""
    who = adder()
    return show(DevicePage(who.frame, who.counts))


@blueprint.post("/inlogmiddelen/apparaat")
def add_device() -> Response:
    """Bind a device of the stock that shows this code now."""
    who = adder()
    serial = request.form.get("serial", "").strip()[:40]
    limits = (DEVICE_TRIES, who.person.id), (DEVICE_GUESSES, serial)
    if spend(who.rt.store, *limits):
        return show(DevicePage(who.frame, who.counts, "limited", serial), 422)
    try:
        with writing(who.rt.session) as session:
            devices.assign(
                session,
                who.rt.sealer,
                serial=serial,
                person_id=who.person.id,
                bound_by=who.binding,
                now=who.session.now,
                code=request.form.get("code", ""),
            )
            who.record(Change.ADDED, FactorKind.OTP_DEVICE)
    except DeviceRefused:
        return show(DevicePage(who.frame, who.counts, "code", serial), 422)
    return to_list("added")


# Recovery codes.


@blueprint.get("/inlogmiddelen/herstelcodes")
def ask_codes() -> Response:
    """New codes? They stand beside a factor that lifts, so they ask its level."""
    who = owner()
    who.demand(who.gives)
    return show(CodesPage(who.frame, has_set=_has_codes(who)))


@blueprint.post("/inlogmiddelen/herstelcodes")
def make_codes() -> Response:
    """The codes are in this answer and nowhere else: a page to go to would have to keep them."""
    who = owner()
    who.demand(who.gives)
    had = _has_codes(who)
    with writing(who.rt.session) as session:
        codes = recovery_codes.bind(
            session,
            who.rt.sealer,
            person_id=who.person.id,
            bound_by=who.binding,
            now=who.session.now,
        )
        who.record(Change.ADDED, FactorKind.RECOVERY_CODES)
    return show(CodesPage(who.frame, codes, has_set=had))


def _has_codes(who: AccountContext) -> bool:
    return any(one.kind is FactorKind.RECOVERY_CODES for one in who.factors)
