"""The Response at the ACS: every check between the bytes and an assertion that may be read.

Order: bounded parse, schema, what it answers, status, signatures, decryption; then times, audience,
confirmation. Each value is read from the element whose signature was verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from keys.xml import guard, schema
from keys.xml.children import child, children
from keys.xml.encryption import is_cbc
from keys.xml.guard import XmlRefused, local_name
from keys.xml.names import ds
from keys.xml.signature import has_signature, verify_enveloped
from providers.interface import ProviderRefused
from providers.received import told_address
from providers.saml import status
from providers.saml.advice import ADVICE, evidence_taken, is_evidence
from providers.saml.conditions import (
    ExpectedResponse,
    check_asked,
    check_assertion,
    check_issued,
    check_issuer,
    check_version,
    other_issuer,
)
from providers.saml.identifiers import open_identifiers
from providers.saml.sealed import opened
from providers.saml.wire.names import saml, samlp
from providers.saml.wire.xml_values import collapsed

_SIGNED: Final = {"both": "Response, Assertion", "response": "Response", "assertion": "Assertion"}


@dataclass(frozen=True)
class AcceptedResponse:
    """A verified assertion, with the ids that must be seen once and until when."""

    assertion: etree._Element
    response_id: str
    assertion_id: str
    valid_until: datetime
    evidence: str | None = None  # of ``providers.saml.advice``


def accept(raw: bytes, expected: ExpectedResponse) -> AcceptedResponse:
    """Check everything. Raises ProviderRefused, ProviderCancelled, ProviderLevelTooLow,
    ProviderUnavailable.
    """
    try:
        response = guard.parse(raw)
    except XmlRefused as refused:
        raise ProviderRefused(refused.reason, "", **refused.measured) from None
    return accept_message(response, expected)


def accept_message(response: etree._Element, expected: ExpectedResponse) -> AcceptedResponse:
    """The same of one that was parsed, where it stands."""
    try:
        schema.check_protocol(response, without=_unread(expected))
        _check_envelope(response, expected)
        _check_status(response, expected)
        assertion = _assertion(response, expected)
        evidence = evidence_taken(assertion)
        _open_name(assertion, expected)
        valid_until = check_assertion(assertion, expected)
        open_identifiers(assertion, expected)
    except XmlRefused as refused:
        raise ProviderRefused(refused.reason, "", **refused.measured) from None
    return AcceptedResponse(
        assertion, str(response.get("ID")), str(assertion.get("ID")), valid_until, evidence
    )


def _unread(expected: ExpectedResponse) -> str | None:
    """What is kept as evidence and has types of its own (eTD: XACML)."""
    return ADVICE if expected.settings.speaks.keeps_advice else None


def _check_envelope(response: etree._Element, expected: ExpectedResponse) -> None:
    if response.tag != samlp("Response"):
        raise ProviderRefused("not_a_response", element=local_name(response), expected="Response")
    check_version(response)
    check_asked(response, expected)
    sent_to = collapsed(response.get("Destination"))
    if sent_to is None and not has_signature(response):
        pass  # it binds only what is signed (Bindings §3.5.5.2); the assertion has its Recipient
    elif sent_to != expected.acs_url:
        raise ProviderRefused(
            "destination",
            element="Response Destination",
            seen=told_address(sent_to),
            expected=expected.acs_url,
        )
    check_issued(response, expected)
    issuer = child(response, saml("Issuer"))
    if issuer is None and not has_signature(response):
        return  # an unsigned envelope may stay silent; the assertion says who issued it
    if issuer is None:
        raise other_issuer(None, expected)
    check_issuer(issuer, expected)


def _check_status(response: etree._Element, expected: ExpectedResponse) -> None:
    """Anything but Success ends here, whatever else the message holds. A signature is demanded of a
    refusal as well where the makelaar signs its responses.
    """
    refusal = status.refusal(response, asked=expected.level, asked_as=expected.asked_as)
    if refusal is None:
        return
    is_bare = not has_signature(response) and expected.is_covered
    if expected.settings.require_signed in ("both", "response") and not is_bare:
        try:
            verify_enveloped(response, expected.metadata.signing)
        except XmlRefused as refused:
            signed = _SIGNED[expected.settings.require_signed]
            said = {"expected": signed, **refused.measured, **status.measured(response)}
            raise ProviderRefused(refused.reason, "", **said) from None
    raise refusal


def _assertion(response: etree._Element, expected: ExpectedResponse) -> etree._Element:
    """The one assertion, verified as the makelaar's record demands."""
    settings, certificates = expected.settings, expected.metadata.signing
    plain = children(response, saml("Assertion"))
    sealed = children(response, saml("EncryptedAssertion"))
    if len(plain) + len(sealed) != 1:
        seen = f"{len(plain)} plain, {len(sealed)} encrypted"
        raise ProviderRefused(
            "assertion_count", seen, element="Assertion", seen=seen, expected="one"
        )
    if plain and settings.require_encrypted_assertion:
        raise ProviderRefused(
            "assertion_not_encrypted",
            element="Assertion",
            seen="not encrypted",
            expected="EncryptedAssertion",
            setting="saml.require_encrypted_assertion",
        )
    _check_places(response, *plain, *sealed, keeps_advice=settings.speaks.keeps_advice)
    response_signed = has_signature(response)
    if response_signed:
        verify_enveloped(response, certificates)
    elif expected.is_covered:
        response_signed = True
    elif settings.require_signed in ("both", "response"):
        raise _not_signed("Response", plain, expected)
    if sealed and not response_signed and settings.allow_cbc_signed_inside and is_cbc(sealed[0]):
        return _opened_blindly(sealed[0], expected)
    assertion = plain[0] if plain else _decrypted(sealed[0], expected, covered=response_signed)
    if has_signature(assertion):
        verify_enveloped(assertion, certificates)
    elif settings.require_signed in ("both", "assertion"):
        around = "Response" if has_signature(response) else "ArtifactResponse"
        raise _not_signed("Assertion", plain, expected, around=around if response_signed else "")
    return assertion


def _not_signed(
    element: str,
    plain: Sequence[etree._Element],
    expected: ExpectedResponse,
    *,
    around: str = "",
) -> ProviderRefused:
    """What is signed in place of what must be, with the setting that would do for that; there is
    none for what is not signed at all, nor while what is encrypted was not looked at. ``around``:
    the element whose signature covers the assertion.
    """
    found = {"element": element, "expected": _SIGNED[expected.settings.require_signed]}
    if around:
        found |= {"seen": around, "line": "require_signed: response"}
    elif plain and has_signature(plain[0]):
        found |= {"seen": "Assertion", "line": "require_signed: assertion"}
    elif element == "Response" and not plain:
        found |= {"seen": "EncryptedAssertion", "line": "require_signed: assertion"}
    else:
        found |= {"seen": "nothing"}
    if "line" in found:
        found |= {"setting": "saml.require_signed"}
    return ProviderRefused("signature_missing", **found)


def _opened_blindly(sealed: etree._Element, expected: ExpectedResponse) -> etree._Element:
    """AES-CBC that nothing outside covers: it is opened, must be signed inside, and whatever is
    wrong reads the same from outside, so that nobody learns from trying.
    """
    try:
        assertion = _decrypted(sealed, expected, covered=True)
        verify_enveloped(assertion, expected.metadata.signing)
    except (XmlRefused, ProviderRefused) as refused:
        if refused.reason == "encryption_algorithm":  # said before anything was opened
            raise
        raise XmlRefused("decryption_failed") from None
    return assertion


def _check_places(root: etree._Element, assertion: etree._Element, *, keeps_advice: bool) -> None:
    """No assertion but this one and no signature but of it and of the root, at any depth: in
    Advice, Extensions, a status detail or a signature they serve only to be mistaken for the real
    ones. ``keeps_advice``: in the Advice of the assertion itself they are evidence.
    """

    def is_evidence_here(element: etree._Element) -> bool:
        return keeps_advice and is_evidence(element, assertion)

    for element in root.iterdescendants(saml("Assertion"), saml("EncryptedAssertion")):
        if element is not assertion and not is_evidence_here(element):
            raise _elsewhere("assertion_elsewhere", element)
    for signature in root.iterdescendants(ds("Signature")):
        if signature.getparent() not in (root, assertion) and not is_evidence_here(signature):
            raise _elsewhere("signature_elsewhere", signature)


def _elsewhere(reason: str, element: etree._Element) -> ProviderRefused:
    parent = element.getparent()
    seen = f"inside {local_name(parent)}" if parent is not None else "by itself"
    expected = "in the Response or its Assertion"
    return ProviderRefused(reason, element=local_name(element), seen=seen, expected=expected)


def _decrypted(
    sealed: etree._Element, expected: ExpectedResponse, *, covered: bool
) -> etree._Element:
    assertion = opened(sealed, "Assertion", expected, covered=covered)
    schema.check_protocol(assertion, without=_unread(expected))
    _check_places(assertion, assertion, keeps_advice=expected.settings.speaks.keeps_advice)
    return assertion


def _open_name(assertion: etree._Element, expected: ExpectedResponse) -> None:
    """An EncryptedID becomes the NameID that it holds, where that says who it is. The assertion was
    verified as it stood. AES-CBC is never opened here: who signs may have put the ciphertext of
    somebody else in it, and learns from what becomes of the login.
    """
    subject = child(assertion, saml("Subject"))
    sealed = child(subject, saml("EncryptedID")) if subject is not None else None
    if subject is None or sealed is None or expected.settings.subject != "nameid":
        return
    subject.replace(sealed, opened(sealed, "NameID", expected, covered=False))
