"""From whom, for whom, to what and when: what every message of a makelaar must fit, and the one
assertion in it (Profiles §4.1.4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from lxml import etree

from assurance.levels import AssuranceLevel
from keys.keyring import KeyRing
from keys.xml.children import children
from keys.xml.guard import local_name
from providers import times
from providers.interface import ProviderRefused
from providers.received import told, told_address
from providers.saml.metadata import MakelaarMetadata
from providers.saml.wire.names import BEARER, ENTITY, SKEW, VALIDITY, saml
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed, instant, only_child, text_of, uri_of
from providers.saml_settings import SamlSettings

TRANSIT: Final = timedelta(minutes=5)  # how old an answer may be when it arrives, beyond the skew


@dataclass(frozen=True)
class ExpectedResponse:
    """What this answer must fit: the request that was sent, and who we are. ``is_covered``: a
    signature around it was verified, of the ArtifactResponse that brought it.
    """

    settings: SamlSettings
    metadata: MakelaarMetadata
    keyring: KeyRing
    request_id: str
    requested_at: datetime
    level: AssuranceLevel
    acs_url: str
    sp_entity_id: str
    now: datetime
    asked_as: str = ""  # our words for the level, as they were sent
    is_covered: bool = False

    @cached_property
    def skew(self) -> timedelta:
        return timedelta(seconds=self.settings.skew_seconds)


def check_version(element: etree._Element) -> None:
    """SAML 2.0, said by the element itself. Raises ProviderRefused(version)."""
    version = element.get("Version")
    if version != "2.0":
        at = f"{local_name(element)} Version"
        raise ProviderRefused("version", element=at, seen=told(version), expected="2.0")


def check_asked(element: etree._Element, expected: ExpectedResponse) -> None:
    """It answers the request of this departure. An id is worth nothing in a trace."""
    answers = collapsed(element.get("InResponseTo"))
    if answers != expected.request_id:
        name = local_name(element)
        raise ProviderRefused(
            "unsolicited",
            name,
            element=f"{name} InResponseTo",
            seen="none" if answers is None else "another request",
            expected="our request",
        )


def check_issued(element: etree._Element, expected: ExpectedResponse) -> None:
    """Made after it was asked for and not long before it came: what lies outside that is a clock
    or a wait.
    """
    issued = instant(element, "IssueInstant", "issue_instant")
    now, skew = expected.now, expected.skew
    at = f"{local_name(element)} IssueInstant"
    if issued > now + skew:
        found = times.clock(at, issued - now, skew, SKEW)
        raise ProviderRefused("issue_instant", "in the future", **found)
    if issued < expected.requested_at - skew:
        found = times.clock(at, issued - expected.requested_at, skew, SKEW)
        raise ProviderRefused("issue_instant", "before it was asked for", **found)
    if issued < now - TRANSIT - skew:
        found = times.waited(at, now - issued, TRANSIT + skew)
        raise ProviderRefused("issue_instant", "too old", **found)


def check_issuer(issuer: etree._Element, expected: ExpectedResponse) -> None:
    """Compared sign for sign, white space too (its type is string): the makelaar that was asked,
    and no other.
    """
    form = collapsed(issuer.get("Format"))
    if form not in (None, ENTITY):
        raise ProviderRefused(
            "issuer_format", element="Issuer Format", seen=told(form), expected=ENTITY
        )
    named = text_of(issuer, "issuer_mismatch")
    if named != expected.metadata.entity_id:
        raise other_issuer(named, expected)


def other_issuer(named: str | None, expected: ExpectedResponse) -> ProviderRefused:
    """The refusal of a message that names another issuer, or None where it names none."""
    return ProviderRefused(
        "issuer_mismatch",
        element="Issuer",
        seen=told(named),
        expected=expected.metadata.entity_id,
        setting="saml.entity_id",
    )


def check_assertion(assertion: etree._Element, expected: ExpectedResponse) -> datetime:
    """Issuer, times, audience and bearer confirmation (Profiles §4.1.4.3). The moment after which
    it is worthless.
    """
    check_version(assertion)
    check_issuer(only_child(assertion, saml("Issuer"), "issuer_mismatch"), expected)
    check_issued(assertion, expected)
    confirmed = _check_confirmation(assertion, expected)
    conditions = only_child(assertion, saml("Conditions"), "conditions")
    until = _check_period(conditions, expected, "conditions")
    _check_audience(conditions, expected)
    return min(moment for moment in (confirmed, until) if moment is not None) + expected.skew


def _check_confirmation(assertion: etree._Element, expected: ExpectedResponse) -> datetime:
    """Of several one must fit, and fit whole (Profiles §4.1.4.3). The first says why none does.
    The latest end of those that fit: so long the message may come once more, and is remembered.
    """
    subject = only_child(assertion, saml("Subject"), "subject")
    first: ProviderRefused | WireRefused | None = None
    ends = []
    for confirmation in children(subject, saml("SubjectConfirmation")):
        try:
            ends.append(_confirmed_until(confirmation, expected))
        except (ProviderRefused, WireRefused) as refused:
            first = first or refused
    if ends:
        return max(ends)
    raise first or ProviderRefused(
        "confirmation",
        "0 of SubjectConfirmation",
        element="SubjectConfirmation",
        seen=0,
        expected=1,
    )


def _confirmed_until(confirmation: etree._Element, expected: ExpectedResponse) -> datetime:
    method = collapsed(confirmation.get("Method"))
    if method != BEARER:
        at = "SubjectConfirmation Method"
        raise ProviderRefused("confirmation_method", element=at, seen=told(method), expected=BEARER)
    data = only_child(confirmation, saml("SubjectConfirmationData"), "confirmation")
    recipient = collapsed(data.get("Recipient"))
    if recipient != expected.acs_url:
        raise ProviderRefused(
            "recipient",
            element="SubjectConfirmationData Recipient",
            seen=told_address(recipient),
            expected=expected.acs_url,
        )
    check_asked(data, expected)
    if data.get("NotBefore") is not None:
        at = "SubjectConfirmationData NotBefore"
        raise ProviderRefused(
            "confirmation",
            "a bearer confirmation has no NotBefore",
            element=at,
            seen="a time",
            expected="none",
        )
    until = _check_period(data, expected, "confirmation")
    if until is None:
        at = "SubjectConfirmationData NotOnOrAfter"
        raise ProviderRefused(
            "confirmation", "no NotOnOrAfter", element=at, seen="none", expected="a time"
        )
    return until


def _check_period(
    element: etree._Element, expected: ExpectedResponse, reason: str
) -> datetime | None:
    """NotBefore and NotOnOrAfter with the makelaar's skew; together no longer than its record
    allows.
    """
    now, skew, name = expected.now, expected.skew, local_name(element)
    start, until = (
        None if element.get(at) is None else instant(element, at, reason)
        for at in ("NotBefore", "NotOnOrAfter")
    )
    if start is not None and start > now + skew:
        found = times.clock(f"{name} NotBefore", start - now, skew, SKEW)
        raise ProviderRefused("not_yet_valid", reason, **found)
    if until is not None and until <= now - skew:
        found = times.late(f"{name} NotOnOrAfter", now - until, skew, SKEW)
        raise ProviderRefused("expired", reason, **found)
    if start is not None and until is not None and until <= start:
        raise ProviderRefused(
            reason,
            "ends before it begins",
            element=f"{name} NotOnOrAfter",
            seen="before NotBefore",
            expected="after NotBefore",
        )
    longest = timedelta(seconds=expected.settings.max_validity_seconds)
    if until is not None and until - (start or now) > longest + skew:
        found = times.too_long(name, until - (start or now), longest, VALIDITY)
        raise ProviderRefused("validity_too_long", reason, **found)
    return until


def _check_audience(conditions: etree._Element, expected: ExpectedResponse) -> None:
    """Each restriction must name us: several are an AND (Core §2.5.1.4)."""
    restrictions = children(conditions, saml("AudienceRestriction"))
    if not restrictions:
        raise _other_audience((), expected)
    for restriction in restrictions:
        names = [uri_of(a, "audience") for a in children(restriction, saml("Audience"))]
        if expected.sp_entity_id not in names:
            raise _other_audience(names, expected)


def _other_audience(names: Sequence[str], expected: ExpectedResponse) -> ProviderRefused:
    return ProviderRefused(
        "audience",
        element="Audience",
        seen=", ".join(told(name) for name in names) or "none",
        expected=expected.sp_entity_id,
    )
