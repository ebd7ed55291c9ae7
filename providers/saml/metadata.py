"""Metadata: of what a makelaar publishes the role in use, as it is written; and what we publish,
strictly (SAML Metadata §2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree

from directory.services import Service
from directory.web_addresses import done_fault
from keys.keyring import KeyRing
from keys.saml_keys import EncryptionShown, OwnRole, shown_for_encryption, shown_for_signing
from keys.xml import schema
from keys.xml.names import DS
from providers.saml.consuming_services import add_services
from providers.saml.request import CONSUMERS
from providers.saml.resolution_addresses import ResolutionAddress, resolution_addresses
from providers.saml.wire.entities import entity_id_of, role_of, valid_until
from providers.saml.wire.key_descriptors import add_keys
from providers.saml.wire.left_out import endpoints_over_http, over_https
from providers.saml.wire.logout_services import (
    LogoutService,
    add_logout_services,
    logout_services,
)
from providers.saml.wire.metadata_document import MAX_BYTES as MAX_BYTES
from providers.saml.wire.metadata_document import MAX_ELEMENTS as MAX_ELEMENTS
from providers.saml.wire.metadata_document import Signers, entity_in
from providers.saml.wire.metadata_keys import signing_keys
from providers.saml.wire.metadata_refused import MetadataRefused as MetadataRefused
from providers.saml.wire.metadata_refused import named
from providers.saml.wire.names import MD, PERSISTENT, POST, REDIRECT, SAMLP, md
from providers.saml.wire.xml_values import collapsed

_TOLD: Final = 10  # bindings that an error tells


@dataclass(frozen=True)
class MakelaarMetadata:
    """What we use of a makelaar's metadata. ``sso`` maps binding to address; ``resolution``: where
    artifacts are resolved; from ``valid_until`` on nothing of it holds; ``left_out``: endpoints
    over http, and keys, that are never used.
    """

    entity_id: str
    sso: tuple[tuple[str, str], ...]
    signing: tuple[x509.Certificate, ...]
    valid_until: datetime | None = None
    wants_signed_requests: bool = False
    logouts: tuple[LogoutService, ...] = ()
    resolution: tuple[ResolutionAddress, ...] = ()
    left_out: tuple[str, ...] = ()

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
    signed_by: Signers | x509.Certificate | None = None,
    entity_id: str | None = None,
) -> MakelaarMetadata:
    """The role of an identity provider that speaks SAML 2.0, and nothing beside it. Raises
    MetadataRefused.

    With ``signed_by`` the entity, or a list that holds it, must carry a signature of that
    certificate's key, or of one of those. ``entity_id`` says which entity is meant where there
    are several.
    """
    signers = Signers((signed_by,)) if isinstance(signed_by, x509.Certificate) else signed_by
    entity = entity_in(document, entity_id, signers)
    role = role_of(entity)
    keys = signing_keys(role)
    return MakelaarMetadata(
        entity_id=entity_id_of(entity),
        sso=_sso(role),
        signing=keys.must_be_usable(),
        valid_until=valid_until(role),
        wants_signed_requests=collapsed(role.get("WantAuthnRequestsSigned")) in ("true", "1"),
        logouts=logout_services(role),
        resolution=resolution_addresses(role),
        left_out=(*endpoints_over_http(role), *keys.left_out),
    )


def describe_metadata(document: bytes | str) -> MakelaarMetadata:
    """What registration shows and checks. Raises MetadataRefused."""
    return read_metadata(document)


def _sso(role: etree._Element) -> tuple[tuple[str, str], ...]:
    spoken = [
        element
        for element in role.findall(md("SingleSignOnService"))
        if collapsed(element.get("Binding")) in (REDIRECT, POST)
    ]
    found = tuple(
        (collapsed(element.get("Binding")) or "", _address(element.get("Location") or ""))
        for element in over_https(spoken)
    )
    if not found:
        others = [collapsed(one.get("Binding")) for one in role.findall(md("SingleSignOnService"))]
        seen = ", ".join(named(other or "") for other in others[:_TOLD]) or "none"
        raise MetadataRefused(
            f"no SingleSignOnService for HTTP-Redirect or HTTP-POST: it has {seen}",
            "let the makelaar switch one of these on, and get its metadata anew",
            reason="addresses",
            seen=seen,
            expected="SingleSignOnService for HTTP-Redirect or HTTP-POST",
        )
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
            f"{named(address)}: {fault.what}",
            "let the makelaar correct it, and get its metadata anew",
            reason="addresses",
            seen=named(address),
            expected="an https address",
        )
    return address


def sp_metadata(
    keyring: KeyRing,
    entity_id: str,
    acs_url: str,
    slo_url: str,
    services: Iterable[Service] = (),
    shown: EncryptionShown = EncryptionShown.CURRENT,
    answers: Iterable[str] = CONSUMERS,
) -> bytes:
    """Our own metadata: the next key is known before it signs, the key to encrypt to is the
    current one unless ``shown`` says otherwise, and services have the index that makelaars know.
    ``answers``: how answers may come, the first by default.
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
    add_logout_services(role, slo_url)
    etree.SubElement(role, md("NameIDFormat")).text = PERSISTENT
    for number, answer in enumerate(answers):
        binding, index = CONSUMERS[answer]
        default = {"isDefault": "true"} if number == 0 else {}
        etree.SubElement(
            role,
            md("AssertionConsumerService"),
            {"Binding": binding, "Location": acs_url, "index": str(index), **default},
        )
    add_services(role, services)
    schema.check_metadata(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
