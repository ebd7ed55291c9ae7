"""A portal that speaks SAML: how long its metadata and the certificates in them will do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from admin.parties.portals import logout_address
from admin.parties.trouble import PartyTrouble, Stuck, fetched
from admin.registrations.files import FileRefused, xml_text
from broker.saml.logout import service_of
from broker.saml.portal_metadata import (
    PortalMetadata,
    PortalMetadataRefused,
    read_portal_metadata,
    sealing_certificate,
)
from directory.saml_portals import SamlServiceProvider
from providers.saml.wire.logout_services import SOAP
from providers.saml.wire.metadata_document import MAX_BYTES
from state.outgoing import ACCEPT_METADATA, OutgoingClient

ENDS_SOON: Final = timedelta(days=30)
_RENEW: Final = "ask the portal for new metadata, and apply those"


def troubles(
    portal: SamlServiceProvider, calls: OutgoingClient, *, now: datetime
) -> Iterator[PartyTrouble]:
    """What is in use of it. Its address is called only where nothing was taken from there yet."""
    try:
        text = portal.saml.metadata
        if text is None:
            text = _published(portal, calls)
        metadata = read_portal_metadata(text, portal.entity_id)
    except Stuck as stuck:
        yield stuck.trouble
        return
    except PortalMetadataRefused as refused:
        yield PartyTrouble("saml.metadata", str(refused), _RENEW)
        return
    yield from _until(metadata, now)
    if metadata.signing:
        yield from _ends("signs", metadata.signing, now)
    if portal.saml.encrypt_assertion != "never" and metadata.encryption:
        yield from _ends("decrypts", metadata.encryption, now)
        if sealing_certificate(metadata, now) is None:
            gets = "nobody logs in" if portal.saml.encrypt_assertion == "always" else "it goes open"
            yield PartyTrouble(
                "saml.encrypt_assertion",
                f"no key in the metadata can be encrypted for today, so {gets}",
                _RENEW,
            )


def logout_troubles(
    portal: SamlServiceProvider, calls: OutgoingClient, *, now: datetime
) -> Iterator[PartyTrouble]:
    """Whether it can be called when somebody logs out, with a GET, which logs nobody out."""
    service = service_of(portal, (SOAP,), now)
    if service is not None:
        yield from logout_address(service.location, "saml.metadata", calls)


def _published(portal: SamlServiceProvider, calls: OutgoingClient) -> str:
    """Raises Stuck; without an address what is not there cannot be read."""
    url = portal.saml.metadata_address(portal.entity_id)
    if url is None:
        return ""
    field = "saml.metadata_url" if portal.saml.metadata_url else "saml.metadata_query"
    answer = fetched(calls, url, field, accept=ACCEPT_METADATA, max_bytes=MAX_BYTES)
    try:
        return xml_text(answer.body)
    except FileRefused as refused:
        raise Stuck(field, str(refused), "let the portal publish UTF-8") from None


def _until(metadata: PortalMetadata, now: datetime) -> Iterator[PartyTrouble]:
    if metadata.until is not None and metadata.until < now + ENDS_SOON:
        yield PartyTrouble(
            "saml.metadata", f"they are valid until {metadata.until:%Y-%m-%d}", _RENEW
        )


def _ends(
    does: str, certificates: tuple[x509.Certificate, ...], now: datetime
) -> Iterator[PartyTrouble]:
    """The last certificate counts: before it ends another one is used."""
    end = max(one.not_valid_after_utc for one in certificates)
    if end < now + ENDS_SOON:
        yield PartyTrouble(
            "saml.metadata",
            f"the last certificate with which it {does} ends on {end:%Y-%m-%d}",
            _RENEW,
        )
