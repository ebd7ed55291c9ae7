"""Logouts that begin at a makelaar, and browsers that come back from one: SAML in our role as
service provider, OpenID Connect by the back and the front channel.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from assurance import session_names
from broker.runtime import Runtime, runtime
from broker.sso import logout, logout_chain, logout_run, saml_logout_endpoints
from broker.sso.logout_refusals import RefusedLogout, note
from broker.sso.pages import LoggedOutPage
from broker.sso.saml_logout import LogoutParty, LogoutSide
from broker.web import rate_limits
from broker.web.endpoints import Audience, Endpoint
from broker.web.headers import let_be_framed
from broker.web.responses import show
from providers.factory import slo_url, sp_entity_id
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.logout import NEVER
from providers.oidc.logout_token import session_id_in
from providers.oidc.provider import OidcProvider
from providers.registry import ProviderRecord
from providers.saml.provider import SamlProvider
from state.db import writing

REASON: Final = "logged_out_at_makelaar"
_SLO: Final = "/saml/slo"
blueprint = Blueprint("makelaar_logout", __name__)
log = structlog.get_logger()


def _side() -> LogoutSide:
    rt = runtime()
    return LogoutSide(
        entity_id=sp_entity_id(rt.base_url),
        url=slo_url(rt.base_url),
        reason=REASON,
        is_named_by_us=False,
        find=_makelaar,
    )


def _makelaar(rt: Runtime, entity_id: str) -> LogoutParty | None:
    """The makelaar, by its Issuer, compared sign for sign; also one that is paused."""
    record = rt.configuration.providers.by_entity_id(entity_id)
    if record is None:
        return None
    try:
        adapter = rt.configuration.adapters[record.id]
    except ProviderUnavailable:
        return None
    if not isinstance(adapter, SamlProvider) or adapter.logout.metadata.has_ended(rt.clock()):
        return None
    return LogoutParty(
        key=session_names.of_makelaar(record.id),
        name=record.name,
        entity_id=entity_id,
        certificates=adapter.logout.signing_at(rt.clock()),
        services=adapter.logout.metadata.logouts,
        opened=adapter.logout.opened,
        calls_us=adapter.logout.sp_entity_id,
    )


saml_logout_endpoints.add_to(blueprint, _SLO, _side, "makelaar")


@blueprint.get("/oidc/logged-out/<provider_id>")
@Endpoint(limit="logout", sets_language=False)
def logged_out_there(provider_id: str) -> AnyResponse:
    """Who logged out at an OpenID Connect makelaar comes back (RP-Initiated Logout 1.0 §3). Without
    our ``state``, which some do not send back, nobody knows whether it is done there: the browser
    goes on, and the makelaar is named.
    """
    rt = runtime()
    party = session_names.of_makelaar(provider_id)
    run = logout_run.visiting(rt, request.args.get("state"), party)
    if run is None and "state" not in request.args:
        left = logout_run.left_for(rt, request, party)
        if left is not None:
            return logout_chain.returned(rt, left, closed=False, said="no_answer")
    if run is None:
        return show(LoggedOutPage(was_logged_in=False))  # too late, or twice
    failed = "error" in request.args
    return logout_chain.returned(rt, run, closed=not failed, said="not_closed")


@blueprint.post("/oidc/backchannel-logout/<provider_id>")
@Endpoint(
    limit="logout_call",
    csrf=False,
    because="a call of a makelaar with a signed logout token; reads no cookie",
    per_portal=True,
    audience=Audience.PROGRAMS,
)
def by_back_channel(provider_id: str) -> Response:
    """Back-Channel Logout 1.0 §2.5 to §2.8. A session that is not there is no failure."""
    rt = runtime()
    tokens = request.form.getlist("logout_token")
    try:
        adapter = _openid_makelaar(rt, provider_id)
        if adapter is None or len(tokens) != 1:
            raise ProviderRefused("message_missing", element="logout_token", expected=1)
        notice = adapter.logout_notice(tokens[0], rt.clock())
        rate_limits.count_makelaar(rt, "logout", session_names.of_makelaar(provider_id))
        if rt.store.batch([notice.once]) != [True]:
            raise ProviderRefused("replayed", element="jti")
    except ProviderRefused as refused:
        found = {"seen": refused.reason, **refused.measured, "provider": provider_id}
        note(rt, RefusedLogout.TOKEN, "received", refused.reason, found)
        return _program({"error": "invalid_request"}, 400)
    except ProviderUnavailable as unavailable:
        log.warning("logout.makelaar_unavailable", provider=provider_id, reason=unavailable.reason)
        return _program({"error": "temporarily_unavailable"}, 503)
    indexes = (notice.sid,) if notice.sid is not None else ()
    _end(rt, provider_id, notice.sub, indexes)
    return _program(None, 200)


@blueprint.get("/oidc/frontchannel-logout/<provider_id>")
@Endpoint(limit="logout", sets_language=False)
def by_front_channel(provider_id: str) -> Response:
    """Front-Channel Logout 1.0 §3, in a frame of the makelaar, where our cookies do not come: the
    session is the one of ``sid``, which nobody guesses. Entra ID leaves ``iss`` out: the address is
    of one makelaar already. The page holds nothing.
    """
    rt = runtime()
    record = rt.configuration.providers.get(provider_id)
    issuers, ids = request.args.getlist("iss"), request.args.getlist("sid")
    is_theirs = record is not None and record.oidc is not None and record.logout != NEVER
    if record is None or not is_theirs or len(ids) != 1:
        return Response("", 400, mimetype="text/html")
    if issuers not in ([], [_issuer(record)]):
        return Response("", 400, mimetype="text/html")
    try:
        sid = session_id_in(ids[0])
    except ProviderRefused:
        return Response("", 400, mimetype="text/html")
    if sid is not None:
        _end(rt, provider_id, None, (sid,))
    let_be_framed(_origins(record))
    return Response("", mimetype="text/html")


def _openid_makelaar(rt: Runtime, provider_id: str) -> OidcProvider | None:
    """One that speaks OpenID Connect and at which one may log out. Raises ProviderUnavailable."""
    record = rt.configuration.providers.get(provider_id)
    if record is None or record.oidc is None or record.logout == NEVER:
        return None
    adapter = rt.configuration.adapters[provider_id]
    return adapter if isinstance(adapter, OidcProvider) else None


def _end(rt: Runtime, provider_id: str, sub: str | None, indexes: tuple[str, ...]) -> None:
    party = session_names.of_makelaar(provider_id)
    known = session_names.called(rt.session, rt.sealer, party, name=sub, indexes=indexes)
    holders = tuple(dict.fromkeys(one.holder for one in known))
    with writing(rt.session) as sql:
        outcome = logout.end_these(sql, rt, holders, REASON, asked_by=party)
    logout_chain.record(rt, outcome, holders)


def _issuer(record: ProviderRecord) -> str:
    return record.oidc.issuer if record.oidc is not None else ""


def _origins(record: ProviderRecord) -> tuple[str, ...]:
    """Where pages of this makelaar lie that may hold ours in a frame."""
    oidc = record.oidc
    elsewhere = (oidc.discovery_url,) if oidc is not None and oidc.discovery_url else ()
    own = [urlsplit(address) for address in (_issuer(record), *elsewhere)]
    hosts = oidc.endpoint_hosts if oidc is not None else ()
    found = (*(f"{at.scheme}://{at.netloc}" for at in own), *(f"https://{host}" for host in hosts))
    return tuple(dict.fromkeys(found))


def _program(said: dict[str, str] | None, status: int) -> Response:
    response = jsonify(said) if said is not None else Response("", mimetype="text/plain")
    response.status_code = status
    return response
