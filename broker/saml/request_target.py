"""Who asks, and where the answer goes: both from the registration, and proven as it demands. With
these in doubt nothing is sent anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from broker.saml.answer_bindings import OF_URI, AnswerBinding
from broker.saml.errors import RefusedRequest, UntrustedRequest
from broker.saml.messages import ReceivedRequest, check_signature
from broker.saml.portal_metadata import (
    AnswerAddress,
    PortalMetadata,
    PortalMetadataRefused,
    default_of,
    read_portal_metadata,
)
from directory.saml_portals import SamlServiceProvider
from providers import received as bounded
from providers.saml.wire.arrival import SKEW, is_timely, seen_once
from providers.saml.wire.names import ENTITY, REDIRECT, saml
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed, instant, number
from state.ephemeral import AddOnce

LONGEST_SHOWN: Final = 300
_UNCLEAR: Final = "an AssertionConsumerServiceIndex stands beside an address or ProtocolBinding"
_SECRET: Final = re.compile(r"(?<=://)[^/?#]*@|[?#].*")  # a user name; a query or fragment


@dataclass(frozen=True)
class RequestTarget:
    """``once``: what must be seen for the first time."""

    portal: SamlServiceProvider
    metadata: PortalMetadata
    received: ReceivedRequest
    answer: AnswerAddress
    once: AddOnce

    @property
    def root(self) -> etree._Element:
        return self.received.root

    @property
    def acs_url(self) -> str:
        """Where the answer goes."""
        return self.answer.url

    @property
    def request_id(self) -> str:
        return str(self.root.get("ID"))


def request_target(
    received: ReceivedRequest,
    portals: Mapping[str, SamlServiceProvider],
    *,
    sso_url: str,
    now: datetime,
) -> RequestTarget:
    """Raises UntrustedRequest. Whether it was seen before is for the caller to ask."""
    root = received.root
    portal, metadata = who_asks(received, portals, now=now)
    check_version(root, portal)
    check_destination(received, sso_url, portal)
    issued = check_issued(root, now, portal)
    once = seen_once("saml-request", portal.entity_id, str(root.get("ID")), issued)
    return RequestTarget(portal, metadata, received, _answer(root, metadata, portal), once)


def who_asks(
    received: ReceivedRequest,
    portals: Mapping[str, SamlServiceProvider],
    *,
    now: datetime,
    signed: bool = False,
) -> tuple[SamlServiceProvider, PortalMetadata]:
    """The portal that the Issuer names, with proof where it is demanded; ``signed``: always. Raises
    UntrustedRequest.
    """
    portal = _portal(received.root, portals)
    metadata = valid_metadata(portal, now)
    check_signature(
        received,
        metadata.signing,
        required=signed or portal.saml.require_signed_requests or metadata.signs_requests,
        client_id=portal.client_id,
    )
    return portal, metadata


def valid_metadata(portal: SamlServiceProvider, now: datetime) -> PortalMetadata:
    """As registered, and not ended. Raises UntrustedRequest."""
    metadata = metadata_of(portal)
    if metadata.until is not None and metadata.has_ended(now):
        raise UntrustedRequest(
            RefusedRequest.ADDRESS,
            "client",
            "validUntil",
            client_id=portal.client_id,
            failure="the registered metadata have ended",
            expected=f"validUntil after {metadata.until:%Y-%m-%d}",
        )
    return metadata


def metadata_of(portal: SamlServiceProvider) -> PortalMetadata:
    """As registered. Raises UntrustedRequest where it was registered before it was judged so."""
    try:
        return read_portal_metadata(portal.saml.metadata or "", portal.entity_id)
    except PortalMetadataRefused as refused:
        raise UntrustedRequest(
            RefusedRequest.ADDRESS,
            "client",
            "metadata",
            client_id=portal.client_id,
            failure=str(refused),
        ) from None


def _portal(
    root: etree._Element, portals: Mapping[str, SamlServiceProvider]
) -> SamlServiceProvider:
    """By its Issuer, compared sign for sign."""
    issuer = root.find(saml("Issuer"))
    text = "" if issuer is None else str(issuer.text or "")
    portal = portals.get(text)
    form = None if issuer is None else collapsed(issuer.get("Format"))
    if portal is not None and form not in (None, ENTITY):
        raise UntrustedRequest(
            RefusedRequest.UNREADABLE,
            "received",
            "Issuer Format",
            client_id=portal.client_id,
            failure="issuer_format",
            element="Issuer Format",
            seen=shown(form or ""),
            expected=f"{ENTITY}, or no Format",
        )
    if portal is None:
        raise UntrustedRequest(
            RefusedRequest.PORTAL,
            "client",
            "Issuer missing or not registered",
            sent=shown(text) or None,
        )
    return portal


def check_version(root: etree._Element, portal: SamlServiceProvider) -> None:
    """SAML 2.0. Raises UntrustedRequest."""
    if root.get("Version") != "2.0":
        raise UntrustedRequest(
            RefusedRequest.UNREADABLE,
            "received",
            "version",
            client_id=portal.client_id,
            failure="version",
            element="Version",
            seen=shown(root.get("Version") or ""),
            expected="2.0",
        )


def check_destination(received: ReceivedRequest, url: str, portal: SamlServiceProvider) -> None:
    """A signed request that came by a browser is for us alone (Bindings §3.4.5.2, §3.5.5.2). Raises
    UntrustedRequest.
    """
    said = collapsed(received.root.get("Destination"))
    if said == url or (said is None and not (received.is_signed and received.by_browser)):
        return
    raise UntrustedRequest(
        RefusedRequest.DESTINATION,
        "received",
        "Destination",
        client_id=portal.client_id,
        sent=shown(said) if said else None,
        expected=url,
    )


def check_issued(root: etree._Element, now: datetime, portal: SamlServiceProvider) -> datetime:
    """When it was made: not long ago. Raises UntrustedRequest."""
    try:
        issued = instant(root, "IssueInstant", "issue_instant")
    except WireRefused:
        raise UntrustedRequest(
            RefusedRequest.TIME,
            "conditions",
            "IssueInstant is no UTC time",
            client_id=portal.client_id,
            element="IssueInstant",
            seen=shown(root.get("IssueInstant") or ""),
            expected="2026-11-29T12:00:00Z",
        ) from None
    if not is_timely(issued, now):
        raise UntrustedRequest(
            RefusedRequest.TIME,
            "conditions",
            "IssueInstant",
            client_id=portal.client_id,
            clock_seconds=int((issued - now).total_seconds()),
            allowed_seconds=int(SKEW.total_seconds()),
        )
    return issued


def _answer(
    root: etree._Element, metadata: PortalMetadata, portal: SamlServiceProvider
) -> AnswerAddress:
    """From the metadata alone: by address, by number, or the default (Core §3.4.1); by the binding
    that the request or else the metadata say. No answer of this profile goes by HTTP-Redirect
    (Profiles §4.1.2): who names it tells how the request came, so it says nothing of the answer.
    """
    url = collapsed(root.get("AssertionConsumerServiceURL"))
    index = collapsed(root.get("AssertionConsumerServiceIndex"))
    binding = collapsed(root.get("ProtocolBinding"))
    if binding == REDIRECT:
        binding = None
    # A number stands alone: with an address or a binding beside it, nobody knows which one counts.
    is_clear = index is None or (url is None and binding is None)
    found = [
        one
        for one in (metadata.answers if is_clear else ())
        if (binding is None or one.binding is OF_URI.get(binding))
        and (url is None or one.url == url)
        and (index is None or (one.index is not None and one.index == number(index)))
    ]
    if found and index is not None:
        return min(found, key=lambda one: one.binding is not AnswerBinding.POST)
    if found:
        return default_of(found)
    sent = " ".join(one for one in (url, index, binding) if one is not None)
    registered = " ".join(
        one.url if one.index is None else f"{one.index}: {one.url}" for one in metadata.answers
    )
    raise UntrustedRequest(
        RefusedRequest.ADDRESS,
        "client",
        "AssertionConsumerService missing in the metadata, or not for this binding",
        client_id=portal.client_id,
        sent=shown(sent),
        registered=registered[:LONGEST_SHOWN],
        **({} if is_clear else {"failure": _UNCLEAR}),
    )


def shown(text: str) -> str:
    """Received text as a trace may hold it: of one line, not long, without what may be a secret in
    an address.
    """
    plain = bounded.shown(text[:LONGEST_SHOWN]) or ""
    return _SECRET.sub("", plain) if "://" in plain else plain
