"""The Response at the ACS: every check between the bytes and an assertion that may be read.

Order: bounded parse, schema, what it answers, status, signatures, decryption; then times, audience,
confirmation. Each value is read from the element whose signature was verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from assurance.levels import AssuranceLevel
from keys.keyring import KeyRing
from keys.xml import guard, schema
from keys.xml.encryption import is_cbc
from keys.xml.guard import XmlRefused
from keys.xml.names import ds
from keys.xml.signature import has_signature, verify_enveloped
from providers.interface import ProviderCancelled, ProviderLevelTooLow, ProviderRefused
from providers.registry import SamlSettings
from providers.saml.metadata import MakelaarMetadata
from providers.saml.names import BEARER, ENTITY, STATUS, SUCCESS, saml, samlp
from providers.saml.sealed import opened
from providers.saml.xml_values import collapsed, instant, only_child, text_of, uri_of

TRANSIT: Final = timedelta(minutes=5)  # how old an answer may be when it arrives, beyond the skew
_CANCELLED: Final = (STATUS + "AuthnFailed", STATUS + "RequestDenied")


@dataclass(frozen=True)
class ExpectedResponse:
    """What this answer must fit: the request that was sent, and who we are."""

    settings: SamlSettings
    metadata: MakelaarMetadata
    keyring: KeyRing
    request_id: str
    requested_at: datetime
    level: AssuranceLevel
    acs_url: str
    sp_entity_id: str
    now: datetime

    @property
    def skew(self) -> timedelta:
        return timedelta(seconds=self.settings.skew_seconds)

    def opened(self, sealed: etree._Element, name: str, *, allow_cbc: bool) -> etree._Element:
        """What was encrypted for us. Raises XmlRefused."""
        allowed = self.settings.allow_cbc and allow_cbc
        ring, us = self.keyring, self.sp_entity_id
        return opened(sealed, name, keyring=ring, recipient=us, allow_cbc=allowed)


@dataclass(frozen=True)
class AcceptedResponse:
    """A verified assertion, with the ids that must be seen once and until when."""

    assertion: etree._Element
    response_id: str
    assertion_id: str
    valid_until: datetime


def accept(raw: bytes, expected: ExpectedResponse) -> AcceptedResponse:
    """Check everything. Raises ProviderRefused, ProviderCancelled, ProviderLevelTooLow."""
    try:
        response = guard.parse(raw)
        schema.check_protocol(response)
        _check_envelope(response, expected)
        _check_status(response, expected)
        assertion = _assertion(response, expected)
        _open_name(assertion, expected)
    except XmlRefused as refused:
        raise ProviderRefused(refused.reason) from None
    valid_until = _check_assertion(assertion, expected)
    return AcceptedResponse(
        assertion, str(response.get("ID")), str(assertion.get("ID")), valid_until
    )


def _check_envelope(response: etree._Element, expected: ExpectedResponse) -> None:
    if response.tag != samlp("Response"):
        raise ProviderRefused("not_a_response")
    if response.get("Version") != "2.0":
        raise ProviderRefused("version")
    if collapsed(response.get("InResponseTo")) != expected.request_id:
        raise ProviderRefused("unsolicited")
    destination = collapsed(response.get("Destination"))
    if destination is None and not has_signature(response):
        pass  # it binds only what is signed (Bindings §3.5.5.2); the assertion has its Recipient
    elif destination != expected.acs_url:
        raise ProviderRefused("destination", expected=expected.acs_url)
    _check_issued(response, expected)
    issuer = response.find(saml("Issuer"))
    if issuer is None and not has_signature(response):
        return  # an unsigned envelope may stay silent; the assertion says who issued it
    if issuer is None:
        raise ProviderRefused("issuer_mismatch")
    _check_issuer(issuer, expected)


def _check_issued(element: etree._Element, expected: ExpectedResponse) -> None:
    issued = instant(element.get("IssueInstant"), "issue_instant")
    if issued > expected.now + expected.skew:
        raise ProviderRefused("issue_instant", "in the future", **_clock(issued, expected))
    if issued < expected.requested_at - expected.skew or (
        issued < expected.now - TRANSIT - expected.skew
    ):
        raise ProviderRefused("issue_instant", "too old", **_clock(issued, expected))


def _clock(moment: datetime, expected: ExpectedResponse) -> dict[str, int]:
    """How far a time in the message lies from our clock, and how much is allowed."""
    ahead = int((moment - expected.now).total_seconds())
    return {"clock_seconds": ahead, "allowed_seconds": expected.settings.skew_seconds}


def _check_issuer(issuer: etree._Element, expected: ExpectedResponse) -> None:
    """Compared sign for sign, white space too (its type is string): the makelaar that was asked,
    and no other.
    """
    if collapsed(issuer.get("Format")) not in (None, ENTITY):
        raise ProviderRefused("issuer_format")
    if text_of(issuer, "issuer_mismatch") != expected.metadata.entity_id:
        raise ProviderRefused("issuer_mismatch")


def _check_status(response: etree._Element, expected: ExpectedResponse) -> None:
    """Anything but Success ends here, whatever else the message holds. A signature is demanded of a
    refusal as well where the makelaar signs its responses.
    """
    status = only_child(response, samlp("Status"), "status")
    code = only_child(status, samlp("StatusCode"), "status")
    said = collapsed(code.get("Value"))
    if said == SUCCESS:
        return
    if expected.settings.require_signed in ("both", "response"):
        verify_enveloped(response, expected.metadata.signing)
    inner = code.find(samlp("StatusCode"))
    second = collapsed(inner.get("Value")) if inner is not None else None
    if second in _CANCELLED:
        raise ProviderCancelled
    if second == STATUS + "NoAuthnContext":
        raise ProviderLevelTooLow(expected.level, None)
    if not (said or "").startswith(STATUS):
        raise ProviderRefused("status")
    raise ProviderRefused("status_not_success")


def _assertion(response: etree._Element, expected: ExpectedResponse) -> etree._Element:
    """The one assertion, verified as the makelaar's record demands."""
    settings, certificates = expected.settings, expected.metadata.signing
    plain = response.findall(saml("Assertion"))
    sealed = response.findall(saml("EncryptedAssertion"))
    if len(plain) + len(sealed) != 1:
        raise ProviderRefused("assertion_count", f"{len(plain)} plain, {len(sealed)} encrypted")
    if plain and settings.require_encrypted_assertion:
        raise ProviderRefused("assertion_not_encrypted")
    _check_places(response, *plain, *sealed)
    response_signed = has_signature(response)
    if response_signed or settings.require_signed in ("both", "response"):
        verify_enveloped(response, certificates)
    if sealed and not response_signed and settings.allow_cbc_signed_inside and is_cbc(sealed[0]):
        return _opened_blindly(sealed[0], expected)
    assertion = plain[0] if plain else _decrypted(sealed[0], expected, allow_cbc=response_signed)
    if has_signature(assertion) or settings.require_signed in ("both", "assertion"):
        verify_enveloped(assertion, certificates)
    return assertion


def _opened_blindly(sealed: etree._Element, expected: ExpectedResponse) -> etree._Element:
    """AES-CBC that nothing outside covers: it is opened, must be signed inside, and whatever is
    wrong reads the same from outside, so that nobody learns from trying.
    """
    try:
        assertion = _decrypted(sealed, expected, allow_cbc=True)
        verify_enveloped(assertion, expected.metadata.signing)
    except (XmlRefused, ProviderRefused) as refused:
        known = refused.reason == "encryption_algorithm"  # said before anything was opened
        raise XmlRefused("encryption_algorithm" if known else "decryption_failed") from None
    return assertion


def _check_places(root: etree._Element, assertion: etree._Element) -> None:
    """No assertion but this one and no signature but of it and of the root, at any depth: in
    Advice, Extensions, a status detail or a signature they serve only to be mistaken for the real
    ones.
    """
    for element in root.iterdescendants(saml("Assertion"), saml("EncryptedAssertion")):
        if element is not assertion:
            raise ProviderRefused("assertion_elsewhere")
    for signature in root.iterdescendants(ds("Signature")):
        if signature.getparent() not in (root, assertion):
            raise ProviderRefused("signature_elsewhere")


def _decrypted(
    sealed: etree._Element, expected: ExpectedResponse, *, allow_cbc: bool
) -> etree._Element:
    assertion = expected.opened(sealed, "Assertion", allow_cbc=allow_cbc)
    schema.check_protocol(assertion)
    _check_places(assertion, assertion)
    return assertion


def _open_name(assertion: etree._Element, expected: ExpectedResponse) -> None:
    """An EncryptedID becomes the NameID that it holds, where that says who it is. The assertion was
    verified as it stood, so nobody changed the ciphertext.
    """
    subject = assertion.find(saml("Subject"))
    sealed = subject.find(saml("EncryptedID")) if subject is not None else None
    if subject is None or sealed is None or expected.settings.subject != "nameid":
        return
    subject.replace(sealed, expected.opened(sealed, "NameID", allow_cbc=True))


def _check_assertion(assertion: etree._Element, expected: ExpectedResponse) -> datetime:
    """Issuer, times, audience and bearer confirmation (Profiles §4.1.4.3). The moment after which
    it is worthless.
    """
    if assertion.get("Version") != "2.0":
        raise ProviderRefused("version")
    _check_issuer(only_child(assertion, saml("Issuer"), "issuer_mismatch"), expected)
    _check_issued(assertion, expected)
    confirmed = _check_confirmation(assertion, expected)
    conditions = only_child(assertion, saml("Conditions"), "conditions")
    until = _check_period(conditions, expected, "conditions")
    _check_audience(conditions, expected)
    return min(moment for moment in (confirmed, until) if moment is not None) + expected.skew


def _check_confirmation(assertion: etree._Element, expected: ExpectedResponse) -> datetime:
    """Of several one must fit, and fit whole (Profiles §4.1.4.3). The first says why none does."""
    subject = only_child(assertion, saml("Subject"), "subject")
    first: ProviderRefused | None = None
    for confirmation in subject.findall(saml("SubjectConfirmation")):
        try:
            return _confirmed_until(confirmation, expected)
        except ProviderRefused as refused:
            first = first or refused
    raise first or ProviderRefused("confirmation", "0 of SubjectConfirmation")


def _confirmed_until(confirmation: etree._Element, expected: ExpectedResponse) -> datetime:
    if collapsed(confirmation.get("Method")) != BEARER:
        raise ProviderRefused("confirmation_method")
    data = only_child(confirmation, saml("SubjectConfirmationData"), "confirmation")
    if collapsed(data.get("Recipient")) != expected.acs_url:
        raise ProviderRefused("recipient", expected=expected.acs_url)
    if collapsed(data.get("InResponseTo")) != expected.request_id:
        raise ProviderRefused("unsolicited", "subject confirmation")
    if data.get("NotBefore") is not None:
        raise ProviderRefused("confirmation", "a bearer confirmation has no NotBefore")
    until = _check_period(data, expected, "confirmation")
    if until is None:
        raise ProviderRefused("confirmation", "no NotOnOrAfter")
    return until


def _check_period(
    element: etree._Element, expected: ExpectedResponse, reason: str
) -> datetime | None:
    """NotBefore and NotOnOrAfter with the makelaar's skew; together no longer than its record
    allows.
    """
    now, skew = expected.now, expected.skew
    begin, end = element.get("NotBefore"), element.get("NotOnOrAfter")
    start = instant(begin, reason) if begin is not None else None
    until = instant(end, reason) if end is not None else None
    if start is not None and start > now + skew:
        raise ProviderRefused("not_yet_valid", reason, **_clock(start, expected))
    if until is not None and until <= now - skew:
        raise ProviderRefused("expired", reason, **_clock(until, expected))
    if start is not None and until is not None and until <= start:
        raise ProviderRefused(reason, "ends before it begins")
    longest = timedelta(seconds=expected.settings.max_validity_seconds)
    if until is not None and until - (start or now) > longest + skew:
        raise ProviderRefused("validity_too_long", reason)
    return until


def _check_audience(conditions: etree._Element, expected: ExpectedResponse) -> None:
    """Each restriction must name us: several are an AND (Core §2.5.1.4)."""
    restrictions = conditions.findall(saml("AudienceRestriction"))
    if not restrictions:
        raise ProviderRefused("audience", "no restriction", expected=expected.sp_entity_id)
    for restriction in restrictions:
        names = [uri_of(a, "audience") for a in restriction.findall(saml("Audience"))]
        if expected.sp_entity_id not in names:
            raise ProviderRefused("audience", expected=expected.sp_entity_id)
