"""Errors of the protocol: what a portal hears as a status (SAML Core §3.2.2.2), and what ends in a
page here because nobody can be trusted to be told.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from broker.downstream import RefusalCode
from broker.errors import PageError
from providers.saml.wire.names import STATUS
from state.trace import Fact

REQUESTER: Final = STATUS + "Requester"
RESPONDER: Final = STATUS + "Responder"
AUTHN_FAILED: Final = STATUS + "AuthnFailed"
NO_PASSIVE: Final = STATUS + "NoPassive"
NO_AUTHN_CONTEXT: Final = STATUS + "NoAuthnContext"
REQUEST_DENIED: Final = STATUS + "RequestDenied"
REQUEST_UNSUPPORTED: Final = STATUS + "RequestUnsupported"
INVALID_NAME_ID_POLICY: Final = STATUS + "InvalidNameIDPolicy"
UNKNOWN_PRINCIPAL: Final = STATUS + "UnknownPrincipal"
NO_SUPPORTED_IDP: Final = STATUS + "NoSupportedIDP"
NO_AVAILABLE_IDP: Final = STATUS + "NoAvailableIDP"
PROXY_COUNT_EXCEEDED: Final = STATUS + "ProxyCountExceeded"


@dataclass(frozen=True)
class SamlStatus:
    """Who could not go on, why, and the same in words for who makes the portal."""

    first: str
    second: str | None
    message: str


# Why a login ended → what the portal hears.
OF_REFUSAL: Final[Mapping[RefusalCode, SamlStatus]] = MappingProxyType(
    {
        RefusalCode.CANCELLED: SamlStatus(
            RESPONDER, AUTHN_FAILED, "Authentication cancelled: the user stopped the login"
        ),
        RefusalCode.LOGIN_REQUIRED: SamlStatus(
            RESPONDER, AUTHN_FAILED, "the user who must log in did not; ask again"
        ),
        RefusalCode.INTERACTION_REQUIRED: SamlStatus(
            RESPONDER, AUTHN_FAILED, "a question was not answered; ask again"
        ),
        RefusalCode.CONSENT_REQUIRED: SamlStatus(
            RESPONDER, REQUEST_DENIED, "the user did not agree to what is passed on"
        ),
        RefusalCode.ACCOUNT_SELECTION_REQUIRED: SamlStatus(
            RESPONDER, AUTHN_FAILED, "the user did not choose; ask again"
        ),
        RefusalCode.LEVEL_UNREACHABLE: SamlStatus(
            RESPONDER, NO_AUTHN_CONTEXT, "the level that was asked could not be reached"
        ),
        RefusalCode.MANDATE_MISSING: SamlStatus(
            RESPONDER, REQUEST_DENIED, "the user has no mandate for this service"
        ),
        RefusalCode.NOT_ALLOWED: SamlStatus(RESPONDER, REQUEST_DENIED, "the user may not log in"),
        RefusalCode.PROVIDER_FAILED: SamlStatus(
            RESPONDER, AUTHN_FAILED, "the makelaar sent an answer that cannot be accepted"
        ),
        RefusalCode.UNAVAILABLE: SamlStatus(RESPONDER, None, "try again later"),
        RefusalCode.SERVER_ERROR: SamlStatus(RESPONDER, None, "the login could not be finished"),
    }
)
# With IsPassive nobody was asked anything (Core §3.4.1).
WITHOUT_PAGES: Final = SamlStatus(
    RESPONDER, NO_PASSIVE, "the user has to see a page; ask again without IsPassive"
)
_NEEDS_PAGES: Final = frozenset(
    {
        RefusalCode.LOGIN_REQUIRED,
        RefusalCode.INTERACTION_REQUIRED,
        RefusalCode.CONSENT_REQUIRED,
        RefusalCode.ACCOUNT_SELECTION_REQUIRED,
    }
)
OTHER_USER: Final = SamlStatus(
    RESPONDER, UNKNOWN_PRINCIPAL, "somebody else logged in than the Subject names"
)


def status_of(code: RefusalCode, public_key: str, *, passive: bool) -> SamlStatus:
    """What a portal hears of a login that ended so."""
    if public_key == "other_user":
        return OTHER_USER
    return WITHOUT_PAGES if passive and code in _NEEDS_PAGES else OF_REFUSAL[code]


class RefusedRequest(enum.StrEnum):
    """Why a request was refused before there was a login; explained in ``broker.texts.reasons``."""

    UNREADABLE = "saml_unreadable"
    PORTAL = "saml_portal_unknown"
    ADDRESS = "saml_address"
    SIGNATURE = "saml_signature"
    DESTINATION = "saml_destination"
    TIME = "saml_time"
    AGAIN = "saml_again"
    REQUEST = "saml_request"
    START_OFF = "saml_start_off"
    START = "saml_start"


class UntrustedRequest(PageError):
    """A page here: nothing is sent to whoever this is of. ``step`` and ``found`` are for the trace;
    ``client_id``: of the registered portal that it says it is of.
    """

    def __init__(
        self,
        reason: RefusedRequest,
        step: str,
        detail: str,
        *,
        client_id: str | None = None,
        **found: Fact,
    ) -> None:
        super().__init__(400, reason, detail)
        self.reason = reason
        self.step = step
        self.client_id = client_id
        self.found: Mapping[str, Fact] = found


class StatusRefused(Exception):
    """The request of a registered portal cannot be met: told there."""

    def __init__(self, second: str, message: str, *, first: str = REQUESTER) -> None:
        super().__init__(f"{second.rpartition(':')[2]}: {message}")
        self.status = SamlStatus(first, second, message)
