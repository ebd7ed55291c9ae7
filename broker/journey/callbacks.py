"""Callbacks: where makelaars send the browser back. The message is judged here; the cookie is
demanded afterwards.

An ACS receives a cross-site POST without our ``Lax`` cookies. So it finds the login by RelayState,
checks the message against what was sent, stores the outcome and redirects; nothing is shown or
issued before the next GET, with cookie. That GET also shows the ticket of the redirect: whoever
started a login and had somebody else finish it has the cookie, and never the ticket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

import structlog
from flask import Blueprint, redirect, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from broker.downstream import RefusalCode
from broker.errors import PageError
from broker.journey import (
    artifact_arrivals,
    gone,
    instrumentation,
    login_store,
    login_time,
    rejections,
    trace_steps,
)
from broker.journey.addresses import of_login
from broker.journey.login import Ended, Login, SentToProvider
from broker.journey.login_cookie import is_same_browser
from broker.journey.login_records import note, write_ending
from broker.journey.login_store import StoredLogin, with_ticket
from broker.journey.trouble import in_trouble
from broker.monitoring.telemetry import span
from broker.runtime import Runtime, runtime
from broker.texts import reasons
from broker.web import refusals
from broker.web.announcements import remember_about
from broker.web.endpoints import Endpoint
from broker.web.language import locale, portal_asks
from broker.web.responses import remember_portal, remember_reference
from providers.factory import acs_url, oidc_callback_url
from providers.interface import (
    Callback,
    Identity,
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderLevelUnknown,
    ProviderRefused,
    ProviderUnavailable,
)
from providers.members import is_admitted
from providers.oidc.authorize import comes_by_form
from providers.saml.wire.artifact import NAME as ARTIFACT
from providers.worth import LEVEL_UNKNOWN
from state.audit import EventTag
from state.copies import replace
from state.db import writing
from state.ephemeral import AddOnce, Operation
from state.trace import Fact

_HANDLE = re.compile(r"([0-9a-hjkmnp-tv-z]{26})\.([1-9][0-9]{0,2})")
MIN_REPLAY_SECONDS = 60
REPLAYED = artifact_arrivals.REPLAYED
# What a portal can act on; anything else is the makelaar's failure.
_PORTAL_HEARS = {
    "status_not_success": RefusalCode.NOT_ALLOWED,
    "makelaar_denied": RefusalCode.NOT_ALLOWED,
    "makelaar_knows_nobody": RefusalCode.NOT_ALLOWED,
    "service_mismatch": RefusalCode.MANDATE_MISSING,
    "not_trusted": RefusalCode.MANDATE_MISSING,
    "authn_instant": RefusalCode.LOGIN_REQUIRED,
    "authentication_too_old": RefusalCode.LOGIN_REQUIRED,
    "artifact_unknown": RefusalCode.LOGIN_REQUIRED,
}
blueprint = Blueprint("arrivals", __name__)
log = structlog.get_logger()


@dataclass(frozen=True)
class Callbacks:
    """Where the answers of one protocol arrive. ``handle``: the parameter that names the login."""

    protocol: str
    handle: str


SAML = Callbacks("saml", "RelayState")
OIDC = Callbacks("oidc", "state")


@dataclass(frozen=True)
class Arrival:
    """An answer with the login and the departure that it belongs to."""

    kept: StoredLogin
    sent: SentToProvider
    callback: Callback


@dataclass(frozen=True)
class JudgedCallback:
    """The login as it is after the answer, the reason of a refusal with what was measured, and what
    must be seen once.
    """

    login: Login
    reason: str | None
    replay: tuple[Operation, ...] = ()
    measured: Mapping[str, Fact] = field(default_factory=dict)


@blueprint.post("/saml/acs")
@Endpoint(
    limit="answers",
    csrf=False,
    because="a makelaar's cross-site POST; the cookie is demanded at the next GET",
)
def saml_acs() -> AnyResponse:
    """Assertion consumer service, HTTP-POST binding, and HTTP-Artifact in a form."""
    rt = runtime()
    if request.args:
        raise PageError(400, "unsolicited_answer", "parameters in the address of the ACS")
    callback = Callback(
        "POST", tuple(request.form.items(multi=True)), acs_url(rt.base_url), rt.clock()
    )
    return _receive(rt, _find(rt, callback, SAML))


@blueprint.get("/saml/acs")
@Endpoint(limit="answers")
def saml_artifact() -> AnyResponse:
    """The same, HTTP-Artifact in an address. A message never comes by GET."""
    if ARTIFACT not in request.args:
        raise MethodNotAllowed(["POST"])
    rt = runtime()
    callback = Callback(
        "GET", tuple(request.args.items(multi=True)), acs_url(rt.base_url), rt.clock()
    )
    arrival = _find(rt, callback, SAML)
    if not is_same_browser(request, arrival.kept.login):
        raise PageError(403, "login_elsewhere", "no cookie of this login at its callback")
    return _receive(rt, arrival)


@blueprint.get("/oidc/callback/<provider_id>")
@Endpoint(limit="answers")
def oidc_callback(provider_id: str) -> AnyResponse:
    """Redirect URI of one makelaar."""
    rt = runtime()
    arrival = _of_openid(rt, provider_id, request.args.items(multi=True))
    if not is_same_browser(request, arrival.kept.login):
        raise PageError(403, "login_elsewhere", "no cookie of this login at its callback")
    return _receive(rt, arrival)


@blueprint.post("/oidc/callback/<provider_id>")
@Endpoint(
    limit="answers",
    csrf=False,
    because="a makelaar's cross-site POST; the cookie is demanded at the next GET",
)
def oidc_form(provider_id: str) -> AnyResponse:
    """The same by a form (response_mode=form_post), where the request asked for that: no login that
    expects an answer in its address is touched by who has no cookie.
    """
    rt = runtime()
    if request.args:
        raise PageError(400, "unsolicited_answer", "parameters in the address of a form")
    arrival = _of_openid(rt, provider_id, request.form.items(multi=True))
    if not comes_by_form(arrival.sent.remembered):
        raise PageError(400, "unsolicited_answer", "a form, where a query was asked")
    return _receive(rt, arrival)


def _of_openid(rt: Runtime, provider_id: str, parameters: Iterable[tuple[str, str]]) -> Arrival:
    url = oidc_callback_url(rt.base_url, provider_id)
    callback = Callback(request.method, tuple(parameters), url, rt.clock())
    arrival = _find(rt, callback, OIDC)
    if provider_id != arrival.sent.remembered.provider_id:
        raise PageError(400, "unsolicited_answer", "answer at the address of another makelaar")
    return arrival


def _receive(rt: Runtime, arrival: Arrival) -> AnyResponse:
    """Judge an answer that belongs here, and send the browser on."""
    login = arrival.kept.login
    started = perf_counter()
    verdict = _judge(rt, arrival)
    seconds = perf_counter() - started
    instrumentation.makelaar_answered(rt, arrival.sent.remembered, verdict.login, seconds)
    outcome, ticket = _ticketed(replace(_traced(rt, arrival, verdict), after_form=False))
    reason = verdict.reason
    _store(rt, arrival, outcome, verdict.replay)
    if outcome.ended is not None and outcome.ended.public_key is not None:
        rejections.keep(rt, login, arrival.sent.remembered.provider_id, reason or "")
        note(rt, outcome)
        refusals.told_by_login()
        raise PageError(
            400,
            outcome.ended.public_key,
            reason or "",
            home_url=of_login(login),
            portal=_portal_name(rt, login),
        )
    return redirect(of_login(login, ticket=ticket), 303)


def _ticketed(outcome: Login) -> tuple[Login, str | None]:
    """A ticket for what came without cookies; a refusal is shown here and now, whoever came."""
    is_refusal = outcome.ended is not None and outcome.ended.public_key is not None
    return (outcome, None) if request.method != "POST" or is_refusal else with_ticket(outcome)


def _portal_name(rt: Runtime, login: Login) -> str | None:
    relying_party = rt.configuration.relying_parties.get(login.request.client_id)
    return relying_party.name.in_(locale()) if relying_party else None


def _outcome_word(login: Login) -> str:
    if login.ended is not None:
        return "cancelled" if login.ended.code is RefusalCode.CANCELLED else "rejected"
    if login.trouble is not None:
        return "unavailable"
    if login.not_understood:
        return LEVEL_UNKNOWN
    return "level_too_low" if login.too_low else "accepted"


def _find(rt: Runtime, callback: Callback, at: Callbacks) -> Arrival:
    """The login and departure that the handle names. Anything else is an answer nobody asked for,
    also the handle of a departure by another protocol.
    """
    try:
        handle = callback.one(at.handle) or ""
    except ProviderRefused as refused:
        raise PageError(400, "unsolicited_answer", refused.reason) from None
    match = _HANDLE.fullmatch(handle)
    if match is None:
        lost = {"element": at.handle, "seen": "another value" if handle else "none"}
        raise PageError(400, "unsolicited_answer", "no usable handle", found=lost)
    kept = login_store.parse(rt.store.get(login_store.key(match[1])), rt.sealer)
    if kept is None or login_store.is_over(kept.login, rt.clock()):
        over = kept.login if kept is not None else None
        raise gone.page_of_answer(rt, match[1], over)
    remember_reference(kept.login.reference)
    sent = next((s for s in kept.login.sent if s.number == int(match[2])), None)
    if sent is None and kept.login.identity is not None and is_same_browser(request, kept.login):
        # Reloaded, or the back button: the login goes on where it was.
        raise PageError(409, "answer_taken", "answered already", home_url=of_login(kept.login))
    minutes = rt.settings.login.transaction_minutes
    if sent is not None and login_time.is_late(sent.remembered, rt.clock(), minutes):
        raise PageError(409, "answer_late", "its time was over", home_url=of_login(kept.login))
    if sent is None or kept.login.ended is not None:
        raise PageError(400, "unsolicited_answer", "no such departure")
    remember_about(kept.login.request.service_uuid, sent.remembered.provider_id)
    remember_portal(kept.login.request.client_id)
    portal_asks(kept.login.request.locale)
    if sent.protocol not in ("", at.protocol):
        found = {"seen": at.protocol, "expected": sent.protocol}
        raise PageError(400, "unsolicited_answer", "another protocol", found=found)
    return Arrival(kept, sent, callback)


def _judge(rt: Runtime, arrival: Arrival) -> JudgedCallback:
    """What this answer means for the login."""
    login, remembered = arrival.kept.login, arrival.sent.remembered
    try:
        identity = _identity(rt, login, arrival)
        seen = _replay_operations(identity, arrival.callback.received_at)
        return JudgedCallback(_accepted(login, identity, arrival.callback.received_at), None, seen)
    except ProviderRefused as refused:
        log.warning(
            "makelaar.message_rejected",
            provider=remembered.provider_id,
            reason=refused.reason,
            detail=refused.detail,
        )
        code = _PORTAL_HEARS.get(refused.reason, RefusalCode.PROVIDER_FAILED)
        ended = Ended(code, refused.reason, reasons.page_of(refused.reason, refused.measured))
        return JudgedCallback(
            replace(login, ended=ended, sent=(), is_noted=True),
            refused.reason,
            measured=refused.measured,
        )
    except ProviderCancelled as cancelled:
        ended = Ended(RefusalCode.CANCELLED, "cancelled_at_makelaar")
        after = replace(login, ended=ended, sent=())
        return JudgedCallback(after, "cancelled_at_makelaar", measured=cancelled.measured)
    except ProviderLevelTooLow as too_low:
        given = too_low.given
        levels: dict[str, Fact] = {"asked": too_low.asked.label}
        levels |= {"given": given.label} if given is not None else {}
        after = replace(login, too_low=True, not_understood=False, given=given, sent=())
        return JudgedCallback(after, "level_too_low", measured=levels | too_low.measured)
    except ProviderLevelUnknown as unknown:
        log.warning("makelaar.level_unknown", provider=remembered.provider_id, **unknown.measured)
        after = replace(login, not_understood=True, too_low=False, given=None, sent=())
        asked: dict[str, Fact] = {"asked": unknown.asked.label}
        return JudgedCallback(after, LEVEL_UNKNOWN, measured=asked | unknown.measured)
    except ProviderUnavailable as unavailable:
        instrumentation.makelaar_in_trouble(remembered.provider_id, unavailable)
        after = in_trouble(login, unavailable, arrival.callback.received_at)
        return JudgedCallback(after, unavailable.reason, measured=unavailable.measured)


def _traced(rt: Runtime, arrival: Arrival, verdict: JudgedCallback) -> Login:
    """The login with the steps of this answer."""
    login, remembered, now = verdict.login, arrival.sent.remembered, rt.clock()
    if verdict.reason is None and login.identity is not None:
        return trace_steps.accepted(login, login.identity, remembered.level.label, now)
    word, provider = _outcome_word(login), remembered.provider_id
    return trace_steps.judged(login, now, word, verdict.reason, provider, verdict.measured)


def _identity(rt: Runtime, login: Login, arrival: Arrival) -> Identity:
    sent, remembered = arrival.sent, arrival.sent.remembered
    record = rt.configuration.providers.get(remembered.provider_id)
    service = rt.configuration.services.get(login.request.service_uuid)
    if record is None or record.state != "live" or sent.protocol not in ("", record.kind):
        raise ProviderRefused("provider_not_live")
    if service is None:
        raise ProviderRefused("service_gone")
    if not is_admitted(service, record):
        raise ProviderRefused("provider_not_allowed_for_service")
    if not login.request.admits(record.id):
        raise ProviderRefused("provider_not_allowed_for_service")
    if login.identity is not None:
        raise ProviderRefused("already_answered")
    artifact_arrivals.take(rt.store, login, arrival.callback)
    part = "saml.validate" if record.kind == "saml" else "idp.call"
    with span(part, login.reference):
        return rt.configuration.adapters[record.id].finish(remembered, arrival.callback)


def _accepted(login: Login, identity: Identity, now: datetime) -> Login:
    """The identity alone: nothing that an earlier try left behind counts for it."""
    return replace(
        login,
        provider_id=identity.provider_id,
        identity=identity,
        judged_at=now,
        is_continued=False,
        sent=(),
        trouble=None,
        trouble_until=None,
        too_low=False,
        not_understood=False,
    )


def _replay_operations(identity: Identity, now: datetime) -> tuple[Operation, ...]:
    """No ``issued_at``: the login lives in the same store, so a flush takes what an old answer
    would need.
    """
    until = identity.replay_until or now
    seconds = max(MIN_REPLAY_SECONDS, int((until - now).total_seconds()) + MIN_REPLAY_SECONDS)
    return tuple(AddOnce(f"seen:{key}", seconds) for key in identity.replay_keys)


def _store(rt: Runtime, arrival: Arrival, login: Login, replay: tuple[Operation, ...]) -> None:
    """One batch: what must be seen once, and the swap. A message seen before ends in a refusal
    page; where the swap is lost, the login belongs to another answer, or to this one sent twice.
    """
    swap = login_store.swap(arrival.kept, login, rt.sealer, rt.clock())
    *fresh, swapped = rt.store.batch([*replay, swap])
    if not swapped:
        raise PageError(409, "login_replaced", "swap lost at arrival")
    if not all(fresh):
        _end_replayed(rt, login)
        raise PageError(400, "message_rejected", REPLAYED)


def _end_replayed(rt: Runtime, login: Login) -> None:
    """The login ends here; the page has no way on."""
    taken = rt.store.take(login_store.key(login.id))
    refusals.told_by_login()
    provider_id = login.provider_id or ""
    instrumentation.message_rejected(rt, provider_id, REPLAYED)
    with writing(rt.session) as session:
        rejections.record(session, rt, login, provider_id, REPLAYED)
        if taken is not None:
            write_ending(session, rt, login, EventTag.LOGIN_REFUSED, reason=REPLAYED)
    if taken is not None:
        instrumentation.login_ended(login, "refused", REPLAYED, rt.clock())
