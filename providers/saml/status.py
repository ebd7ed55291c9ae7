"""What a makelaar says in place of an assertion: its status (SAML Core §3.2.2), as a refusal that
names who can mend it. Its words are kept, bounded, and never shown to users.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from assurance.levels import AssuranceLevel
from keys.xml.children import child
from providers import received
from providers.interface import (
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderRefused,
    ProviderUnavailable,
)
from providers.saml.wire.names import RESPONDER, STATUS, SUCCESS, samlp
from providers.saml.wire.xml_values import collapsed, only_child
from providers.trouble import EXPIRED_AT_KEYCLOAK, Trouble

UNSUPPORTED_BINDING: Final = "UnsupportedBinding"
NAME_ID_POLICY: Final = "InvalidNameIDPolicy"
_SETTINGS: Final = {
    UNSUPPORTED_BINDING: "saml.response_binding",
    NAME_ID_POLICY: "saml.name_id_policy.format",
}
# By the second word, and by the first where that says nothing more. What is not here is a login
# that did not succeed there, for a reason that the makelaar alone knows.
REASONS: Final = {
    "RequestDenied": "makelaar_denied",
    "UnknownPrincipal": "makelaar_knows_nobody",
    "NoAvailableIDP": "makelaar_has_no_login",
    "NoSupportedIDP": "makelaar_has_no_login",
    "ProxyCountExceeded": "makelaar_has_no_login",
    UNSUPPORTED_BINDING: "makelaar_binding",
    "RequestUnsupported": "makelaar_request",
    "RequestVersionDeprecated": "makelaar_request",
    "RequestVersionTooHigh": "makelaar_request",
    "RequestVersionTooLow": "makelaar_request",
    "ResourceNotRecognized": "makelaar_request",
    "InvalidAttrNameOrValue": "makelaar_request",
    NAME_ID_POLICY: "makelaar_name",
    "NoPassive": "makelaar_request",
    "UnknownAttrProfile": "makelaar_request",
    "VersionMismatch": "makelaar_request",
    "Requester": "makelaar_request",
}
_TOP: Final = ("Requester", "VersionMismatch")


def measured(response: etree._Element) -> dict[str, str]:
    """The codes and the message, for a trace; empty for a success."""
    first, second = _codes(response)
    if first == SUCCESS:
        return {}
    found = {"status_code": " / ".join(_short(code) for code in (first, second) if code)}
    message = _message(response)
    if message:
        found["status_message"] = received.masked(message, received.MAX_MESSAGE)
    return found


def refusal(response: etree._Element, *, asked: AssuranceLevel, asked_as: str) -> Exception | None:
    """What this status means; None for a success. ``asked_as``: our words for the level;
    empty where none was asked.
    """
    first, second = _codes(response)
    if first == SUCCESS:
        return None
    found = measured(response)
    word = _word(second)
    if word == "AuthnFailed" and first == RESPONDER and _message(response) == EXPIRED_AT_KEYCLOAK:
        return ProviderUnavailable(found["status_code"], Trouble.EXPIRED, measured=found)
    if word == "AuthnFailed":
        return ProviderCancelled(**found)
    if word == "NoAuthnContext":
        said = {"asked_as": asked_as} if asked_as else {}
        return ProviderLevelTooLow(asked, None, **said, **found)
    if not (first or "").startswith(STATUS):
        at, seen = "StatusCode", found["status_code"]
        return ProviderRefused("status", element=at, seen=seen, expected=STATUS + "…", **found)
    top = _word(first)
    reason = REASONS.get(word) or (REASONS.get(top) if top in _TOP else None)
    setting = {"setting": _SETTINGS[word]} if word in _SETTINGS else {}
    return ProviderRefused(reason or "status_not_success", **setting, **found)


def _codes(response: etree._Element) -> tuple[str | None, str | None]:
    code = only_child(
        only_child(response, samlp("Status"), "status"), samlp("StatusCode"), "status"
    )
    inner = child(code, samlp("StatusCode"))
    return collapsed(code.get("Value")), None if inner is None else collapsed(inner.get("Value"))


def _message(response: etree._Element) -> str:
    return (response.findtext(f"{samlp('Status')}/{samlp('StatusMessage')}") or "").strip()


def _word(code: str | None) -> str:
    return (code or "").removeprefix(STATUS) if (code or "").startswith(STATUS) else ""


def _short(code: str) -> str:
    """The word of the standard, or the code of somebody else whole."""
    return _word(code) or received.masked(code)
