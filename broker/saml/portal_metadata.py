"""Metadata of a portal, read for its role as service provider (SAML Metadata §2.4.4): where answers
may go, whose signatures count, and which services it asks for by number.

Only what is used is judged, but all of that: whatever else a product writes into its metadata is
no concern of ours.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from broker.saml.answer_bindings import OF_URI, AnswerBinding
from directory.web_addresses import done_fault
from keys.certificates import from_der
from keys.xml.names import ds
from keys.xml.signature import is_strong
from providers.saml.wire.entities import SP, entity_id_of, role_of, valid_until
from providers.saml.wire.left_out import endpoints_over_http, over_https
from providers.saml.wire.logout_services import LogoutService, logout_services
from providers.saml.wire.metadata_document import entity_in
from providers.saml.wire.metadata_keys import ends, parts_of, signing_keys
from providers.saml.wire.metadata_refused import MetadataRefused, named
from providers.saml.wire.names import REQUEST_SERVICE_UUID, md, saml
from providers.saml.wire.xml_values import collapsed

_TRUE: Final = ("true", "1")
_ANEW: Final = "export the metadata anew from the portal"
_INDEX: Final = re.compile(r"[0-9]{1,5}")


class PortalMetadataRefused(Exception):
    """The metadata cannot be used; the message says ``what`` is wrong with them, and what to do
    ``instead``.
    """

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(f"{what}; {instead}")
        self.what = what
        self.instead = instead


@dataclass(frozen=True)
class AnswerAddress:
    """An AssertionConsumerService for HTTP-POST or HTTP-Artifact. ``is_default``: None where that
    is not said.
    """

    url: str
    index: int | None
    is_default: bool | None
    binding: AnswerBinding = AnswerBinding.POST


@dataclass(frozen=True)
class NumberedService:
    """An AttributeConsumingService, with every word in it that may name a service of ours."""

    index: int
    is_default: bool
    names: tuple[str, ...]


@dataclass(frozen=True)
class PortalMetadata:
    """What we use of a portal's metadata. ``until``: after that the portal itself would not believe
    it any more. ``left_out``: endpoints over http, and keys to sign with, that are never used.
    """

    entity_id: str
    signs_requests: bool
    answers: tuple[AnswerAddress, ...]
    signing: tuple[x509.Certificate, ...]
    encryption: tuple[x509.Certificate, ...]
    services: tuple[NumberedService, ...]
    until: datetime | None
    logouts: tuple[LogoutService, ...] = ()
    left_out: tuple[str, ...] = ()

    def has_ended(self, now: datetime) -> bool:
        """Nobody says any more whose addresses and keys these are."""
        return self.until is not None and self.until <= now

    @property
    def default_answer(self) -> AnswerAddress:
        """Where answers go when a request names no address."""
        return default_of(self.answers)


def default_of(answers: Sequence[AnswerAddress]) -> AnswerAddress:
    """The one that counts where a request leaves it open (Metadata §2.2.3): the default, else one
    for HTTP-POST, which asks nothing more of a portal.
    """
    said = [one for one in answers if one.is_default]
    plain = [one for one in answers if one.binding is AnswerBinding.POST] or list(answers)
    silent = [one for one in plain if one.is_default is None]
    return (said or silent or plain)[0]


@lru_cache(maxsize=512)
def read_portal_metadata(document: str, entity_id: str) -> PortalMetadata:
    """The service provider of this entityID, also inside EntitiesDescriptor. Raises
    PortalMetadataRefused.
    """
    try:
        entity = entity_in(document, entity_id, None)
        _check_name(entity_id_of(entity), entity_id)
        role = role_of(entity, SP)
        until = valid_until(role)
        keys = signing_keys(role)
    except MetadataRefused as refused:
        raise PortalMetadataRefused(refused.what, refused.instead or _ANEW) from None
    if keys.has_unreadable and not keys.usable:
        raise PortalMetadataRefused("; ".join(keys.left_out), _ANEW)
    signing = keys.usable
    return PortalMetadata(
        entity_id=entity_id,
        signs_requests=collapsed(role.get("AuthnRequestsSigned")) in _TRUE,
        answers=_answers(role, fetches=bool(signing)),
        signing=signing,
        encryption=tuple(_to_encrypt_for(role)),
        services=tuple(_services(role)),
        until=until,
        logouts=logout_services(role),
        left_out=(*endpoints_over_http(role), *keys.left_out),
    )


def _check_name(there: str, registered: str) -> None:
    if there != registered:
        raise PortalMetadataRefused(
            f"it is of {named(there)}, and the registration of {named(registered)}",
            "write saml.entity_id as there, if that is the portal that you mean",
        )


def _answers(role: etree._Element, *, fetches: bool) -> tuple[AnswerAddress, ...]:
    """Those for HTTP-Artifact only of a portal that can prove itself when it fetches (``fetches``):
    many products name them beside those for HTTP-POST and never ask for them.
    """
    spoken = [
        one
        for one in role.findall(md("AssertionConsumerService"))
        if (binding := OF_URI.get(collapsed(one.get("Binding")) or "")) is not None
        and (fetches or binding is AnswerBinding.POST)
    ]
    found = tuple(
        AnswerAddress(
            _address(one),
            _index(one, "AssertionConsumerService"),
            _said(one.get("isDefault")),
            OF_URI[collapsed(one.get("Binding")) or ""],
        )
        for one in over_https(spoken)
    )
    if not found:
        raise PortalMetadataRefused(
            "it has no AssertionConsumerService for HTTP-POST",
            "switch that on in the portal; one for HTTP-Artifact will do where a strong signing "
            "certificate stands beside it",
        )
    numbers = Counter((one.binding, one.index) for one in found if one.index is not None)
    twice = [index for (_, index), many in numbers.items() if many > 1]
    if twice:
        raise PortalMetadataRefused(
            f"two addresses for one binding have the index {twice[0]}",
            f"give each a number of its own, and {_ANEW}",
        )
    return found


def _address(element: etree._Element) -> str:
    address = collapsed(element.get("Location")) or ""
    fault = done_fault(address, native=False)
    if fault is not None:
        raise PortalMetadataRefused(
            f"an AssertionConsumerService has the Location {address[:60]!r}: {fault.what}",
            f"correct the address of the portal in its own settings, and {_ANEW}",
        )
    return address


def _said(value: str | None) -> bool | None:
    return None if value is None else collapsed(value) in _TRUE


def _index(element: etree._Element, what: str) -> int | None:
    value = collapsed(element.get("index"))
    if value is None:
        return None
    if not _INDEX.fullmatch(value) or int(value) > 65535:
        raise PortalMetadataRefused(
            f"an {what} has an index that is no number",
            f"write a number up to 65535 there, and {_ANEW}",
        )
    return int(value)


def _to_encrypt_for(role: etree._Element) -> Iterator[x509.Certificate]:
    """A key without ``use`` serves both (§2.4.1.1). One that cannot be read may be the only one
    that the portal still has, so it is never passed over.
    """
    path = f"{ds('KeyInfo')}/{ds('X509Data')}/{ds('X509Certificate')}"
    for number, descriptor in enumerate(role.findall(md("KeyDescriptor")), 1):
        if collapsed(descriptor.get("use")) in (None, "", "encryption"):
            texts = [part for one in descriptor.findall(path) for part in parts_of(one.text or "")]
            yield from ends([_certificate(text, number) for text in texts])


def _certificate(text: str, number: int) -> x509.Certificate:
    try:
        return from_der(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise PortalMetadataRefused(
            f"a certificate in KeyDescriptor {number}, for encryption, cannot be read", _ANEW
        ) from None


def _services(role: etree._Element) -> Iterator[NumberedService]:
    for element in role.findall(md("AttributeConsumingService")):
        index = _index(element, "AttributeConsumingService")
        if index is not None:
            is_default = bool(_said(element.get("isDefault")))
            yield NumberedService(index, is_default, tuple(_names(element)))


def _names(element: etree._Element) -> Iterator[str]:
    """A service stands there as the name of an attribute, or as the value of the one for that."""
    for attribute in element.findall(md("RequestedAttribute")):
        name = collapsed(attribute.get("Name")) or ""
        values = attribute.findall(saml("AttributeValue")) if name == REQUEST_SERVICE_UUID else ()
        yield from (collapsed(value.text) or "" for value in values)
        yield name


def sealing_certificate(metadata: PortalMetadata, now: datetime) -> x509.Certificate | None:
    """With whose key an assertion for this portal is encrypted: RSA, strong and valid now."""
    return next(iter(sealing_certificates(metadata, now)), None)


def sealing_certificates(metadata: PortalMetadata, now: datetime) -> tuple[x509.Certificate, ...]:
    """The same, all of them: a portal that replaces its key has two for a while."""
    return tuple(
        one
        for one in metadata.encryption
        if one.not_valid_before_utc <= now < one.not_valid_after_utc
        and is_strong(one)  # first: a damaged one has no key that can be read
        and isinstance(one.public_key(), rsa.RSAPublicKey)
    )
