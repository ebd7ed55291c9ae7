"""The single logout service of the identity provider, which portals ask (SAML Profiles §4.4)."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from assurance import session_names
from broker.runtime import Runtime, runtime
from broker.saml.addresses import SLO_PATH, idp_entity_id, slo_url
from broker.saml.logout import metadata_now
from broker.sso import saml_logout
from broker.sso.logout_refusals import UntrustedLogout
from broker.sso.saml_logout import LogoutParty, LogoutSide
from broker.web import rate_limits
from broker.web.endpoints import Audience, Endpoint
from broker.web.language import locale
from providers.saml.wire import logout_received
from providers.saml.wire.logout_services import SOAP_BELOW
from providers.saml.wire.redirect import LARGEST
from providers.saml.wire.soap import CONTENT_TYPE

REASON: Final = "logged_out_at_portal"
blueprint = Blueprint("saml_idp_logout", __name__)


@blueprint.get(SLO_PATH)
@Endpoint(limit="logout", sets_language=False)
def by_redirect() -> AnyResponse:
    """HTTP-Redirect, judged by the octets of the query as sent: a request, or an answer to ours."""
    return saml_logout.by_browser(
        _side(),
        lambda: logout_received.from_redirect(request.query_string),
        request.args.get("RelayState"),
    )


@blueprint.post(SLO_PATH)
@Endpoint(
    limit="logout",
    csrf=False,
    because="a portal's cross-site POST, signed; reads no cookie",
    sets_language=False,
)
def by_post() -> AnyResponse:
    """HTTP-POST: a request, or an answer to ours."""
    fields = tuple(request.form.items(multi=True))
    return saml_logout.by_browser(
        _side(), lambda: logout_received.from_post(fields), request.form.get("RelayState")
    )


@blueprint.post(f"{SLO_PATH}{SOAP_BELOW}")
@Endpoint(
    limit="logout",
    csrf=False,
    because="a call of a portal, signed; reads no cookie",
    per_portal=True,
    audience=Audience.PROGRAMS,
)
def by_soap() -> Response:
    """SOAP: a request, answered at once."""
    return answered_call(_side())


def answered_call(side: LogoutSide) -> Response:
    """Who is not believed hears nothing but that (Bindings §3.2.3.3)."""
    body = request.get_data()[: LARGEST + 1]
    try:
        answer = saml_logout.by_call(side, lambda: logout_received.from_soap(body))
    except UntrustedLogout:
        return Response("refused", 403, mimetype="text/plain")
    return Response(answer, content_type=CONTENT_TYPE)


def _side() -> LogoutSide:
    rt = runtime()
    return LogoutSide(
        entity_id=idp_entity_id(rt.base_url),
        url=slo_url(rt.base_url),
        reason=REASON,
        is_named_by_us=True,
        find=_portal,
    )


def _portal(rt: Runtime, entity_id: str) -> LogoutParty | None:
    """The portal, by its Issuer, compared sign for sign. Raises TooManyRequests."""
    portal = rt.configuration.saml_portals.get(entity_id)
    metadata = metadata_now(portal, rt.clock()) if portal is not None else None
    if portal is None or metadata is None:
        return None
    rate_limits.count_client(rt, "logout", portal.client_id)
    return LogoutParty(
        key=session_names.of_portal(portal.client_id),
        name=portal.name.in_(locale()),
        entity_id=portal.entity_id,
        certificates=metadata.signing,
        services=metadata.logouts,
        client_id=portal.client_id,
    )
