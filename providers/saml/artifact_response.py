"""The ArtifactResponse that the back channel brings (Core §3.5.2): every check around the Response
in it, which is then judged as one that came by POST.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from keys.xml import schema
from keys.xml.guard import XmlRefused, local_name
from keys.xml.names import ds
from keys.xml.signature import has_signature, verify_enveloped
from providers import received
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.saml import status
from providers.saml.conditions import (
    ExpectedResponse,
    check_asked,
    check_issued,
    check_issuer,
    check_version,
    other_issuer,
)
from providers.saml.wire.names import RESPONDER, SUCCESS, saml, samlp
from providers.saml.wire.xml_values import collapsed
from providers.trouble import Trouble

NOT_THERE: Final = "artifact_unknown"
_NAME: Final = "ArtifactResponse"
_SETTING: Final = "saml.require_signed_artifact_response"
_AROUND: Final = [saml("Issuer"), ds("Signature"), samlp("Extensions"), samlp("Status")]
_OF_A_RESPONSE: Final = (
    samlp("Response"),
    saml("Assertion"),
    saml("EncryptedAssertion"),
    ds("Signature"),
)


@dataclass(frozen=True)
class Resolved:
    """``response``: where it stands. ``is_covered``: the signature of the ArtifactResponse holds
    for it, and was verified.
    """

    response: etree._Element
    is_covered: bool


def resolved(message: etree._Element, expected: ExpectedResponse) -> Resolved:
    """The Response in it. ``expected`` is what the ArtifactResponse must fit: the id and moment of
    our ArtifactResolve. Raises ProviderRefused, also where there is none, which is what a used or
    unknown artifact brings; ProviderUnavailable where the makelaar would not answer.
    """
    if message.tag != samlp(_NAME):
        raise ProviderRefused("not_a_response", element=local_name(message), expected=_NAME)
    try:
        schema.check_protocol(message)
        check_version(message)
        check_asked(message, expected)  # no Destination: it came back on our own connection
        check_issued(message, expected)
        _check_issuer(message, expected)
        is_covered = _is_signed(message, expected)
    except XmlRefused as refused:
        said = {**refused.measured, **_status(message)}
        raise ProviderRefused(refused.reason, "", **said) from None
    _check_status(message)
    return Resolved(_response(message), is_covered)


def _check_issuer(message: etree._Element, expected: ExpectedResponse) -> None:
    issuer = message.find(saml("Issuer"))
    if issuer is not None:
        check_issuer(issuer, expected)
    elif has_signature(message) or expected.settings.require_signed_artifact_response:
        raise other_issuer(None, expected)


def _is_signed(message: etree._Element, expected: ExpectedResponse) -> bool:
    """A signature that nobody asked for must be right as well. Raises XmlRefused,
    ProviderRefused.
    """
    if has_signature(message):
        verify_enveloped(message, expected.metadata.signing)
        return True
    if not expected.settings.require_signed_artifact_response:
        return False
    found = {"element": _NAME, "expected": _NAME, "seen": "nothing"}
    inside = list(message.iterdescendants(ds("Signature")))
    if inside:
        names = [local_name(parent) for one in inside if (parent := one.getparent()) is not None]
        line = "require_signed_artifact_response: false"
        found |= {"seen": received.told(", ".join(names)), "line": line, "setting": _SETTING}
    raise ProviderRefused("signature_missing", **found, **_status(message))


def _status(message: etree._Element) -> dict[str, str]:
    """What it says of itself, where it is no success and can be read."""
    code = message.find(f"{samlp('Status')}/{samlp('StatusCode')}")
    return {} if code is None else status.measured(message)


def _check_status(message: etree._Element) -> None:
    """Its own status is about our ArtifactResolve; that of the login is inside."""
    found = status.measured(message)
    if not found:
        return
    first = collapsed(message.find(f"{samlp('Status')}/{samlp('StatusCode')}").get("Value"))
    trouble = Trouble.UNAVAILABLE if first == RESPONDER else Trouble.REQUEST_REFUSED
    raise ProviderUnavailable(f"{_NAME}: {found['status_code']}", trouble, measured=found)


def _response(message: etree._Element) -> etree._Element:
    """The one that stands behind the status; nothing around it looks like a part of one."""
    behind = [child for child in message if child.tag not in _AROUND]
    if not behind:
        raise ProviderRefused(
            NOT_THERE, element=_NAME, seen=f"{SUCCESS.rpartition(':')[2]}, no Response"
        )
    if len(behind) > 1 or behind[0].tag != samlp("Response"):
        seen = received.told(", ".join(local_name(child) for child in behind))
        raise ProviderRefused("not_a_response", element=_NAME, seen=seen, expected="one Response")
    response = behind[0]
    inside = set(response.iterdescendants(*_OF_A_RESPONSE)) | {response}
    for one in message.iterdescendants(*_OF_A_RESPONSE):
        if one not in inside and not (one.tag == ds("Signature") and one.getparent() is message):
            parent = one.getparent()
            raise ProviderRefused(
                "signature_elsewhere" if one.tag == ds("Signature") else "assertion_elsewhere",
                element=local_name(one),
                seen=f"inside {local_name(parent)}" if parent is not None else "by itself",
                expected="in the Response or its Assertion",
            )
    return response
