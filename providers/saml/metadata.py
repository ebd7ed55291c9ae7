"""Metadata: of what a makelaar publishes the role in use, as it is written; and what we publish,
strictly (SAML Metadata §2).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from directory.web_addresses import done_fault
from keys.keyring import KeyRing, KeyUse, PrivateKey
from keys.xml import encodings, guard, schema
from keys.xml.encodings import EncodingRefused
from keys.xml.guard import XmlRefused
from keys.xml.names import DS, ds
from keys.xml.signature import has_signature, verify_enveloped
from providers.saml.entities import MetadataRefused as MetadataRefused
from providers.saml.entities import (
    chosen,
    entity_id_of,
    named,
    role_of,
    valid_until,
)
from providers.saml.metadata_keys import signing_certificates
from providers.saml.request import CONSUMERS
from providers.saml.resolution_addresses import ResolutionAddress, resolution_addresses
from providers.saml.wire.names import MD, PERSISTENT, POST, REDIRECT, SAMLP, md
from providers.saml.wire.xml_values import collapsed

MAX_BYTES: Final = 1024 * 1024
MAX_ELEMENTS: Final = 20_000


@dataclass(frozen=True)
class MakelaarMetadata:
    """What we use of a makelaar's metadata. ``sso`` maps binding to address; ``resolution``: where
    artifacts are resolved; from ``valid_until`` on nothing of it holds.
    """

    entity_id: str
    sso: tuple[tuple[str, str], ...]
    signing: tuple[x509.Certificate, ...]
    valid_until: datetime | None = None
    wants_signed_requests: bool = False
    resolution: tuple[ResolutionAddress, ...] = ()

    def location(self, binding: str) -> str | None:
        """Where requests go by this binding: the first address that it has for it."""
        return next((url for known, url in self.sso if known == binding), None)

    def resolution_at(self, index: int) -> str | None:
        """Where artifacts with this index of an endpoint are resolved."""
        return next((one.url for one in self.resolution if one.index == index), None)

    @property
    def sso_urls(self) -> tuple[str, ...]:
        """Every address that a browser may be sent to."""
        return tuple(url for _, url in self.sso)

    def has_ended(self, now: datetime) -> bool:
        """Does it say itself that it holds no longer (§2.3.2)?"""
        return self.valid_until is not None and self.valid_until <= now


def read_metadata(
    document: bytes | str,
    signed_by: x509.Certificate | None = None,
    entity_id: str | None = None,
) -> MakelaarMetadata:
    """The role of an identity provider that speaks SAML 2.0, and nothing beside it. Raises
    MetadataRefused.

    With ``signed_by`` the entity, or a list that holds it, must carry a signature of that
    certificate's key. ``entity_id`` says which entity is meant where there are several.
    """
    try:
        root = _parsed(document, strict_ids=signed_by is not None)
        entity = chosen(root, entity_id)
        if signed_by is not None:
            _check_signature(entity, signed_by)
    except (XmlRefused, EncodingRefused) as refused:
        raise MetadataRefused(f"the metadata cannot be read: {refused}") from None
    except UnicodeEncodeError:  # half a character
        raise MetadataRefused("the metadata cannot be read: encoding") from None
    role = role_of(entity)
    return MakelaarMetadata(
        entity_id=entity_id_of(entity),
        sso=_sso(role),
        signing=signing_certificates(role),
        valid_until=valid_until(role),
        wants_signed_requests=collapsed(role.get("WantAuthnRequestsSigned")) in ("true", "1"),
        resolution=resolution_addresses(role),
    )


def describe_metadata(document: bytes | str) -> MakelaarMetadata:
    """What registration shows and checks. Raises MetadataRefused."""
    return read_metadata(document)


def _parsed(document: bytes | str, *, strict_ids: bool) -> etree._Element:
    """One tree, of what was written: a signature is verified over it as it stands. Without one no
    ID means anything.
    """
    if len(document) > MAX_BYTES * 4:  # no encoding takes more for what may be read
        raise XmlRefused("too_large", seen=len(document), expected=MAX_BYTES)
    text = encodings.xml_text(document) if isinstance(document, bytes) else document
    return guard.parse(
        encodings.undeclared(text).encode(),
        max_bytes=MAX_BYTES,
        max_elements=MAX_ELEMENTS,
        max_namespaces=MAX_ELEMENTS,
        strict_ids=strict_ids,
        around_root=True,
    )


def _check_signature(entity: etree._Element, signer: x509.Certificate) -> None:
    """Of the entity, or of a list that it stands in: either covers all of the entity."""
    signed = [one for one in (entity, *entity.iterancestors()) if has_signature(one)]
    refused = XmlRefused("signature_missing", element=guard.local_name(entity))
    for element in signed:
        try:
            verify_enveloped(element, [signer])
        except XmlRefused as found:
            refused = found
        else:
            return
    raise refused


def _sso(role: etree._Element) -> tuple[tuple[str, str], ...]:
    found = tuple(
        (binding, _address(element.get("Location") or ""))
        for element in role.findall(md("SingleSignOnService"))
        if (binding := collapsed(element.get("Binding"))) in (REDIRECT, POST)
    )
    if not found:
        raise MetadataRefused("no SingleSignOnService for HTTP-Redirect or HTTP-POST")
    return found


def _address(written: str) -> str:
    """White space around it is a printer's. A line end that XML did not turn into a space was
    written as a character reference, which no printer does.
    """
    address = written if "\r" in written or "\n" in written else collapsed(written) or ""
    fault = done_fault(address, native=False)
    if fault is not None:
        raise MetadataRefused(
            f"a SingleSignOnService has no https address that a browser can follow: "
            f"{named(address)}: {fault.what}; {fault.instead}"
        )
    return address


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
    for binding, index in CONSUMERS.values():
        default = {"isDefault": "true"} if binding == POST else {}
        etree.SubElement(
            role,
            md("AssertionConsumerService"),
            {"Binding": binding, "Location": acs_url, "index": str(index), **default},
        )
    schema.check_metadata(root)
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
