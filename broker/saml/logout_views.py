"""The single logout service of the identity provider, which portals ask (SAML Profiles §4.4)."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from assurance import session_names
from broker.runtime import Runtime, runtime
from broker.saml.addresses import SLO_PATH, idp_entity_id, slo_url
from broker.saml.logout import metadata_now
from broker.sso import saml_logout_endpoints
from broker.sso.saml_logout import LogoutParty, LogoutSide
from broker.web.language import locale

REASON: Final = "logged_out_at_portal"
blueprint = Blueprint("saml_idp_logout", __name__)


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
    """The portal, by its Issuer, compared sign for sign."""
    portal = rt.configuration.saml_portals.get(entity_id)
    metadata = metadata_now(portal, rt.clock()) if portal is not None else None
    if portal is None or metadata is None:
        return None
    return LogoutParty(
        key=session_names.of_portal(portal.client_id),
        name=portal.name.in_(locale()),
        entity_id=portal.entity_id,
        certificates=metadata.signing,
        services=metadata.logouts,
        client_id=portal.client_id,
    )


saml_logout_endpoints.add_to(blueprint, SLO_PATH, _side, "portal")
