"""Where who asked for a logout waits to hear how it went, while that is registered: a logout may
take ten minutes, and nobody is sent to an address that is no longer anybody's.
"""

from __future__ import annotations

from typing import Final

from broker.downstream import LogoutRequest
from broker.runtime import Runtime
from broker.sso.logout_run import AnswerTo
from broker.sso.telling import logout_of, told_by_browser
from directory.services import OidcClient, RelyingParty
from providers.saml.logout import SamlLogout
from providers.saml.wire.logout_services import BY_BROWSER

_PORTAL: Final = "portal"


def asking_portal(rt: Runtime, asked: LogoutRequest) -> RelyingParty | None:
    """The portal that asked over OpenID Connect, as it is registered now."""
    return rt.configuration.relying_parties.get(asked.client_id or "")


def done_url(rt: Runtime, asked: LogoutRequest) -> str | None:
    """Its address with what tells it that it is done."""
    portal = asking_portal(rt, asked)
    if not isinstance(portal, OidcClient):
        return None
    return asked.done_url if asked.return_to in portal.post_logout_redirect_uris else None


def is_still_there(rt: Runtime, to: AnswerTo) -> bool:
    """Has the party that asked over SAML this address for answers?"""
    side, _, name = to.party.partition(":")
    if side == _PORTAL:
        portal = rt.configuration.relying_parties.get(name)
        protocol = told_by_browser(rt.downstreams, portal) if portal is not None else None
        if portal is None or protocol is None:
            return False
        return protocol.hears_answers_at(portal, to.url)
    makelaar = logout_of(rt.configuration.adapters, name)
    if not isinstance(makelaar, SamlLogout) or makelaar.metadata.has_ended(rt.clock()):
        return False
    services = makelaar.metadata.logouts
    return any(one.answers == to.url for one in services if one.binding in BY_BROWSER)
