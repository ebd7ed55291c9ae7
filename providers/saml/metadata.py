"""Metadata: of what a makelaar publishes the role in use, as it is written; and what we publish,
strictly (SAML Metadata §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree

from directory.web_addresses import done_fault
from keys.keyring import KeyRing
from keys.saml_keys import EncryptionShown, OwnRole, shown_for_encryption, shown_for_signing
from keys.xml import encodings, guard, schema
from keys.xml.encodings import EncodingRefused
from keys.xml.guard import XmlRefused
from keys.xml.names import DS
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
from providers.saml.wire.key_descriptors import add_keys
from providers.saml.wire.names import MD, PERSISTENT, POST, REDIRECT, SAMLP, md
from providers.saml.wire.xml_values import collapsed

MAX_BYTES: Final = 1024 * 1024
MAX_ELEMENTS: Final = 20_000


@dataclass(frozen=True)
class MakelaarMetadata:
    """What we use of a makelaar's metadata. ``sso`` maps binding to address; from ``valid_until``
    on nothing of it holds.
    """

    entity_id: str
    sso: tuple[tuple[str, str], ...]
    signing: tuple[x509.Certificate, ...]
    valid_until: datetime | None = None
    wants_signed_requests: bool = False

    def location(self, binding: str) -> str | None:
        """Where requests go by this binding: the first address that it has for it."""
        return next((url for known, url in self.sso if known == binding), None)

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


def sp_metadata(
    keyring: KeyRing,
    entity_id: str,
    acs_url: str,
    shown: EncryptionShown = EncryptionShown.CURRENT,
) -> bytes:
    """Our own metadata: the next key is known before it signs, and the key to encrypt to is the
    current one unless ``shown`` says otherwise.
    """
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
    add_keys(role, "signing", shown_for_signing(keyring, OwnRole.SP))
    add_keys(role, "encryption", shown_for_encryption(keyring, shown))
    etree.SubElement(role, md("NameIDFormat")).text = PERSISTENT
    etree.SubElement(
        role,
        md("AssertionConsumerService"),
        {"Binding": POST, "Location": acs_url, "index": "0", "isDefault": "true"},
    )
    schema.check_metadata(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
