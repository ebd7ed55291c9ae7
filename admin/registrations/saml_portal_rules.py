"""What the registration of a SAML portal must hold to work at all, and must not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from sqlalchemy.orm import Session

from admin.registrations.documents import Entry
from admin.registrations.metadata_rules import ending, left_out, metadata_rules
from admin.registrations.rule import Breach, Rule, never, shown
from broker.saml.portal_metadata import (
    PortalMetadata,
    PortalMetadataRefused,
    read_portal_metadata,
)
from directory.portals import portal_model
from directory.saml_portals import SamlServiceProvider
from keys.certificates import fingerprints
from keys.xml.signature import is_strong
from state.clock import utc_now
from state.outgoing import OutgoingClient
from state.registrations import Kind, all_registrations, read_as

_UNREADABLE: Final = "the key of the encryption certificate cannot be read"
_RENEW: Final = "ask the portal for metadata with another one"


def _read(portal: SamlServiceProvider) -> PortalMetadata | None:
    """None where the metadata themselves break a rule."""
    try:
        return read_portal_metadata(portal.saml.metadata or "", portal.entity_id)
    except PortalMetadataRefused:
        return None


def _in_hand(portal: SamlServiceProvider, _: OutgoingClient) -> Iterator[Breach]:
    """What its address publishes is judged once it was fetched."""
    if portal.saml.metadata is not None:
        yield from metadata_breaches(portal, utc_now())
        metadata = _read(portal)
        if metadata is not None:
            yield from left_out((*metadata.left_out, *_not_encrypted_for(metadata)))
            if not portal.saml.follows_metadata:
                yield from ending(metadata.until, metadata.signing, utc_now())
    elif not portal.saml.follows_metadata:
        yield Breach(
            "saml.metadata_file", "there is none", "name the XML file that the portal exports"
        )


def metadata_breaches(portal: SamlServiceProvider, now: datetime | None) -> Iterator[Breach]:
    """What is wrong with the metadata that it holds. Without ``now`` nothing is said of what
    ended.
    """
    yield from _metadata(portal, now)
    yield from _signing(portal)
    if now is not None:
        yield from _encryption(portal, now)


def _metadata(portal: SamlServiceProvider, now: datetime | None) -> Iterator[Breach]:
    try:
        metadata = read_portal_metadata(portal.saml.metadata or "", portal.entity_id)
    except PortalMetadataRefused as refused:
        yield Breach("saml.metadata", refused.what, refused.instead)
        return
    if now is not None and metadata.until is not None and metadata.until <= now:
        yield Breach(
            "saml.metadata",
            f"they were valid until {metadata.until:%Y-%m-%d}",
            "export the metadata anew from the portal",
        )


def _signing(portal: SamlServiceProvider) -> Iterator[Breach]:
    metadata = _read(portal)
    if metadata is None or metadata.signing:
        return
    if portal.saml.require_signed_requests or metadata.signs_requests:
        who = "the registration asks" if portal.saml.require_signed_requests else "the metadata say"
        yield Breach(
            "saml.metadata",
            f"{who} that requests are signed, and no key to check that with stands in the metadata",
            "add a signing certificate with RSA of 2048 bits or more, or EC of 256",
        )


def _encryption(portal: SamlServiceProvider, now: datetime) -> Iterator[Breach]:
    metadata, wish = _read(portal), portal.saml.encrypt_assertion
    if portal.saml.dialect == "etd":
        wish = "always"  # its identifiers
    if metadata is None or wish == "never":
        return
    faults = [_fault(one, now) for one in metadata.encryption]
    damaged = next((one for one in metadata.encryption if _key(one) is None), None)
    if damaged is not None:  # it may be the one that the portal has
        named = f"the one with SHA-256 {fingerprints((damaged,))}"
        yield Breach("saml.metadata", f"{_UNREADABLE}: {named}", _RENEW)
        return
    if None in faults:
        return
    if not faults and wish == "when_possible":
        return
    what = faults[0] if faults else "there is no encryption certificate in them"
    yield Breach("saml.metadata", f"{what}, so nothing can be encrypted for the portal", _RENEW)


def _not_encrypted_for(metadata: PortalMetadata) -> Iterator[str]:
    """Keys of a kind that nothing can be encrypted for."""
    for one in metadata.encryption:
        if not isinstance(_key(one), rsa.RSAPublicKey) or not is_strong(one):
            yield f"the encryption certificate with SHA-256 {fingerprints((one,))}"


def _key(certificate: x509.Certificate) -> CertificatePublicKeyTypes | None:
    """None where it cannot be read."""
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def _fault(certificate: x509.Certificate, now: datetime) -> str | None:
    key = _key(certificate)
    if not isinstance(key, rsa.RSAPublicKey):
        return "the key of the encryption certificate is not RSA"
    if not is_strong(certificate):
        return "the key of the encryption certificate has less than 2048 bits"
    if certificate.not_valid_after_utc <= now:
        return f"the encryption certificate ended on {certificate.not_valid_after_utc:%Y-%m-%d}"
    if certificate.not_valid_before_utc > now:
        return f"the encryption certificate begins {certificate.not_valid_before_utc:%Y-%m-%d}"
    return None


SAML_PORTAL_RULES: Final[tuple[Rule[SamlServiceProvider], ...]] = (
    never(
        "saml.entity_id",
        lambda portal: portal.entity_id != "".join(portal.entity_id.split()),
        "it holds white space, and entity ids are compared sign by sign",
        "copy entityID from the metadata",
    ),
    never(
        "saml.identifier_encryption",
        lambda portal: (
            portal.saml.dialect != "etd" and portal.saml.identifier_encryption != "aes256-gcm"
        ),
        "without dialect: etd no identifier is encrypted by itself",
        "take it away, or write dialect: etd",
    ),
    Rule("saml.metadata", _in_hand),
    *metadata_rules(lambda portal: portal.saml),
)


def conflicts(session: Session, entries: Sequence[Entry]) -> Iterable[str]:
    """Two portals with one entityID: whose request it is would be chance."""
    given = {entry.model.key for entry in entries}
    standing = [
        (row.name, read_as(row, portal_model(row.document)))
        for row in all_registrations(session)
        if row.kind is Kind.CLIENT and row.name not in given
    ]
    taken = {
        portal.entity_id: name
        for name, portal in standing
        if isinstance(portal, SamlServiceProvider)
    }
    for entry in entries:
        portal = entry.model
        if not isinstance(portal, SamlServiceProvider):
            continue
        other = taken.setdefault(portal.entity_id, portal.key)
        if other != portal.key:
            yield (
                f"{entry.place}: saml.entity_id: {shown(portal.entity_id)} is that of Client "
                f"{other} already; two portals cannot have one entityID"
            )
