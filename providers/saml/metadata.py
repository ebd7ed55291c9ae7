"""Metadata: what a makelaar publishes, read strictly; and what we publish (SAML Metadata §2)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from keys.keyring import KeyRing, KeyUse, PrivateKey
from keys.xml import guard, schema
from keys.xml.guard import XmlRefused
from keys.xml.names import DS, ds
from keys.xml.signature import is_strong, verify_enveloped
from providers.saml.wire.names import MD, PERSISTENT, POST, REDIRECT, SAMLP, md
from providers.saml.wire.xml_values import collapsed

MAX_BYTES: Final = 1024 * 1024


class MetadataRefused(Exception):
    """The metadata cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True)
class MakelaarMetadata:
    """What we use of a makelaar's metadata. ``sso`` maps binding to address."""

    entity_id: str
    sso: tuple[tuple[str, str], ...]
    signing: tuple[x509.Certificate, ...]

    def location(self, binding: str) -> str | None:
        """Where requests go by this binding."""
        return dict(self.sso).get(binding)

    @property
    def sso_urls(self) -> tuple[str, ...]:
        """Every address that a browser may be sent to."""
        return tuple(url for _, url in self.sso)


def read_metadata(
    document: bytes | str, signed_by: x509.Certificate | None = None
) -> MakelaarMetadata:
    """One EntityDescriptor with one IDPSSODescriptor. Raises MetadataRefused.

    With ``signed_by`` the document must carry a signature of that certificate's key.
    """
    raw = document.encode() if isinstance(document, str) else document
    try:
        root = guard.parse(raw, max_bytes=MAX_BYTES)
        schema.check_metadata(root)
        if signed_by is not None:
            verify_enveloped(root, [signed_by])
    except XmlRefused as refused:
        raise MetadataRefused(f"the metadata cannot be read: {refused.reason}") from None
    if root.tag != md("EntityDescriptor"):
        raise MetadataRefused("the metadata must be one EntityDescriptor")
    roles = root.findall(md("IDPSSODescriptor"))
    if len(roles) != 1:
        raise MetadataRefused("the metadata must have one IDPSSODescriptor")
    return MakelaarMetadata(
        entity_id=collapsed(root.get("entityID")) or "",
        sso=_sso(roles[0]),
        signing=_signing_certificates(roles[0]),
    )


def describe_metadata(document: bytes | str) -> MakelaarMetadata:
    """What registration shows and checks. Raises MetadataRefused."""
    return read_metadata(document)


def _sso(role: etree._Element) -> tuple[tuple[str, str], ...]:
    found = tuple(
        (binding, collapsed(element.get("Location")) or "")
        for element in role.findall(md("SingleSignOnService"))
        if (binding := collapsed(element.get("Binding"))) in (REDIRECT, POST)
    )
    if not found:
        raise MetadataRefused("no SingleSignOnService for HTTP-Redirect or HTTP-POST")
    for _, location in found:
        if not location.startswith(("https://", "http://")):
            raise MetadataRefused("a SingleSignOnService has no http address")
    return found


def _signing_certificates(role: etree._Element) -> tuple[x509.Certificate, ...]:
    """Keys for signing in the identity provider's role; a key without ``use`` serves both
    (§2.4.1.1).
    """
    found: list[x509.Certificate] = []
    for descriptor in role.findall(md("KeyDescriptor")):
        if descriptor.get("use") in (None, "signing"):
            path = f"{ds('KeyInfo')}/{ds('X509Data')}/{ds('X509Certificate')}"
            found += [_certificate(element.text or "") for element in descriptor.findall(path)]
    strong = tuple(certificate for certificate in found if is_strong(certificate))
    if not strong:
        raise MetadataRefused("no signing certificate with RSA of 2048 bits or more, or EC of 256")
    return strong


def _certificate(text: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(
            base64.b64decode("".join(text.split()), validate=True)
        )
    except (ValueError, binascii.Error):
        raise MetadataRefused("a signing certificate cannot be read") from None


def sp_metadata(keyring: KeyRing, entity_id: str, acs_url: str) -> bytes:
    """Our own metadata, with every published key: the next one is known before it signs."""
    root = etree.Element(
        md("EntityDescriptor"), {"entityID": entity_id}, nsmap={"md": MD, "ds": DS}
    )
    role = etree.SubElement(
        root,
        md("SPSSODescriptor"),
        {
            "AuthnRequestsSigned": "true",
            "WantAssertionsSigned": "true",
            "protocolSupportEnumeration": SAMLP,
        },
    )
    for use, word in ((KeyUse.SAML_SIGNING, "signing"), (KeyUse.SAML_ENCRYPTION, "encryption")):
        for key in keyring.published(use):
            _key_descriptor(role, word, key)
    etree.SubElement(role, md("NameIDFormat")).text = PERSISTENT
    etree.SubElement(
        role,
        md("AssertionConsumerService"),
        {"Binding": POST, "Location": acs_url, "index": "0", "isDefault": "true"},
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _key_descriptor(role: etree._Element, use: str, key: PrivateKey) -> None:
    assert key.certificate is not None
    descriptor = etree.SubElement(role, md("KeyDescriptor"), use=use)
    info = etree.SubElement(descriptor, ds("KeyInfo"))
    data = etree.SubElement(info, ds("X509Data"))
    der = key.certificate.public_bytes(Encoding.DER)
    etree.SubElement(data, ds("X509Certificate")).text = base64.b64encode(der).decode()
    if use == "encryption":
        for algorithm in (
            "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
        ):
            etree.SubElement(descriptor, md("EncryptionMethod"), Algorithm=algorithm)
