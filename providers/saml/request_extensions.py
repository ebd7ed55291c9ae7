"""Extensions of an AuthnRequest (Core §3.2.1): what schemes want to be told beside SAML itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lxml import etree

from providers.saml.wire.names import (
    INTENDED_AUDIENCE,
    REQUEST_SERVICE_UUID,
    URI_NAME,
    saml,
    samlp,
)

EIDAS: Final = "http://eidas.europa.eu/saml-extensions"
# The minimum data of a natural person, which a request must ask whole (Regulation 2015/1501).
_PERSON: Final = "http://eidas.europa.eu/attributes/naturalperson/"
_MINIMUM: Final = (
    ("PersonIdentifier", "PersonIdentifier"),
    ("FamilyName", "CurrentFamilyName"),
    ("FirstName", "CurrentGivenName"),
    ("DateOfBirth", "DateOfBirth"),
)


@dataclass(frozen=True)
class Asking:
    """Who asks, and for which service."""

    entity_id: str
    service_uuid: str


def _nothing(_root: etree._Element, _asking: Asking) -> None:
    """An ordinary makelaar is told nothing more."""


def _service(root: etree._Element, asking: Asking) -> None:
    """The service, so that a makelaar that vouches for mandates knows for which one."""
    _attributes(root, {REQUEST_SERVICE_UUID: asking.service_uuid})


def _audience(root: etree._Element, asking: Asking) -> None:
    """For whom the identity is meant, and the service (ST-SAML, in place of an index)."""
    _attributes(
        root, {INTENDED_AUDIENCE: asking.entity_id, REQUEST_SERVICE_UUID: asking.service_uuid}
    )


def _attributes(root: etree._Element, said: Mapping[str, str]) -> None:
    extensions = etree.SubElement(root, samlp("Extensions"))
    for name, value in said.items():
        attribute = etree.SubElement(extensions, saml("Attribute"), Name=name, NameFormat=URI_NAME)
        etree.SubElement(attribute, saml("AttributeValue")).text = value


def _eidas(root: etree._Element, _asking: Asking) -> None:
    """Who asks, and what (eIDAS SAML Message Format §2.3)."""
    extensions = etree.SubElement(root, samlp("Extensions"), nsmap={"eidas": EIDAS})
    etree.SubElement(extensions, f"{{{EIDAS}}}SPType").text = "public"
    wanted = etree.SubElement(extensions, f"{{{EIDAS}}}RequestedAttributes")
    for friendly, name in _MINIMUM:
        etree.SubElement(
            wanted,
            f"{{{EIDAS}}}RequestedAttribute",
            {
                "FriendlyName": friendly,
                "Name": _PERSON + name,
                "NameFormat": URI_NAME,
                "isRequired": "true",
            },
        )


EXTENSIONS: Final[Mapping[str, Callable[[etree._Element, Asking], None]]] = MappingProxyType(
    {"service": _service, "audience": _audience, "eidas": _eidas, "none": _nothing}
)
