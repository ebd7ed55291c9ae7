"""Who asks, and where the answer goes: both from the registration, and proven as it demands. With
these in doubt nothing is sent anywhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from broker.saml.errors import RefusedRequest, UntrustedRequest
from broker.saml.messages import ReceivedRequest, check_signature
from broker.saml.portal_metadata import (
    PortalMetadata,
    PortalMetadataRefused,
    read_portal_metadata,
)
from directory.saml_portals import SamlServiceProvider
from providers import received as bounded
from providers.saml.wire.names import ENTITY, POST, saml
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed, instant, number
from state.ephemeral import AddOnce

TRANSIT: Final = timedelta(minutes=5)  # how old a request may be when it arrives, beyond the skew
SKEW: Final = timedelta(minutes=3)
LONGEST_SHOWN: Final = 300
_SECRET: Final = re.compile(r"(?<=://)[^/?#]*@|[?#].*")  # a user name; a query or fragment


@dataclass(frozen=True)
class RequestTarget:
    """``once``: what must be seen for the first time."""

    portal: SamlServiceProvider
    metadata: PortalMetadata
    received: ReceivedRequest
    acs_url: str
    once: AddOnce

    @property
    def root(self) -> etree._Element:
        return self.received.root

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
    portal = _portal(root, portals)
    metadata = valid_metadata(portal, now)
    check_signature(
        received,
        metadata.signing,
        required=portal.saml.require_signed_requests or metadata.signs_requests,
        client_id=portal.client_id,
    )
    _check_version(root, portal)
    _check_destination(received, sso_url, portal)
    issued = _check_issued(root, now, portal)
    return RequestTarget(
        portal, metadata, received, _acs_url(root, metadata, portal), _once(root, issued, portal)
    )


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
    is_entity = issuer is not None and collapsed(issuer.get("Format")) in (None, ENTITY)
    if portal is None or not is_entity:
        raise UntrustedRequest(
            RefusedRequest.PORTAL,
            "client",
            "Issuer missing or not registered",
            sent=shown(text) or None,
        )
    return portal


def _check_version(root: etree._Element, portal: SamlServiceProvider) -> None:
    if root.get("Version") != "2.0":
        raise UntrustedRequest(
            RefusedRequest.UNREADABLE,
            "received",
            "version",
            client_id=portal.client_id,
            seen="version",
        )


def _check_destination(
    received: ReceivedRequest, sso_url: str, portal: SamlServiceProvider
) -> None:
    """A signed request is for us alone (Bindings §3.4.5.2, §3.5.5.2)."""
    said = collapsed(received.root.get("Destination"))
    if said == sso_url or (said is None and not received.is_signed):
        return
    raise UntrustedRequest(
        RefusedRequest.DESTINATION,
        "received",
        "Destination",
        client_id=portal.client_id,
        sent=shown(said) if said else None,
        expected=sso_url,
    )


def _check_issued(root: etree._Element, now: datetime, portal: SamlServiceProvider) -> datetime:
    try:
        issued = instant(root, "IssueInstant", "issue_instant")
    except WireRefused:
        raise UntrustedRequest(
            RefusedRequest.TIME,
            "conditions",
            "IssueInstant is no UTC time",
            client_id=portal.client_id,
        ) from None
    if not now - TRANSIT - SKEW <= issued <= now + SKEW:
        raise UntrustedRequest(
            RefusedRequest.TIME,
            "conditions",
            "IssueInstant",
            client_id=portal.client_id,
            clock_seconds=int((issued - now).total_seconds()),
            allowed_seconds=int(SKEW.total_seconds()),
        )
    return issued


def _acs_url(root: etree._Element, metadata: PortalMetadata, portal: SamlServiceProvider) -> str:
    """From the metadata alone: by address, by number, or the default (Core §3.4.1)."""
    url = collapsed(root.get("AssertionConsumerServiceURL"))
    index = collapsed(root.get("AssertionConsumerServiceIndex"))
    binding = collapsed(root.get("ProtocolBinding"))
    if url is None and index is None and binding in (None, POST):
        return metadata.default_answer.url
    # A number stands alone: with an address or a binding beside it, nobody knows which one counts.
    if url is not None and index is None and binding in (None, POST):
        found = [one.url for one in metadata.answers if one.url == url]
    elif url is None and index is not None and binding is None:
        found = [
            one.url
            for one in metadata.answers
            if one.index is not None and one.index == number(index)
        ]
    else:
        found = []
    if found:
        return found[0]
    sent = " ".join(one for one in (url, index, binding) if one is not None)
    registered = " ".join(
        one.url if one.index is None else f"{one.index}: {one.url}" for one in metadata.answers
    )
    raise UntrustedRequest(
        RefusedRequest.ADDRESS,
        "client",
        "AssertionConsumerService missing in the metadata, or not for HTTP-POST",
        client_id=portal.client_id,
        sent=shown(sent),
        registered=registered[:LONGEST_SHOWN],
    )


def _once(root: etree._Element, issued: datetime, portal: SamlServiceProvider) -> AddOnce:
    """IDs are unique per portal; hashed, because they may be long."""
    both = f"{portal.entity_id} {root.get('ID')}"
    digest = hashlib.sha256(both.encode()).hexdigest()
    seconds = int((TRANSIT + 2 * SKEW).total_seconds()) + 60
    return AddOnce(f"saml-request:{digest}", seconds, issued)


def shown(text: str) -> str:
    """Received text as a trace may hold it: of one line, not long, without what may be a secret in
    an address.
    """
    plain = bounded.shown(text[:LONGEST_SHOWN]) or ""
    return _SECRET.sub("", plain) if "://" in plain else plain
