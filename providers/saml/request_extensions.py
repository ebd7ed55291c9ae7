"""Extensions of an AuthnRequest (Core §3.2.1): what schemes want to be told beside SAML itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from providers.saml.wire.names import REQUEST_SERVICE_UUID, URI_NAME, saml, samlp

EIDAS: Final = "http://eidas.europa.eu/saml-extensions"
# The minimum data of a natural person, which a request must ask whole (Regulation 2015/1501).
_PERSON: Final = "http://eidas.europa.eu/attributes/naturalperson/"
_MINIMUM: Final = (
    ("PersonIdentifier", "PersonIdentifier"),
    ("FamilyName", "CurrentFamilyName"),
    ("FirstName", "CurrentGivenName"),
    ("DateOfBirth", "DateOfBirth"),
)


def _nothing(_root: etree._Element, _service_uuid: str) -> None:
    """An ordinary makelaar is told nothing more."""


def _service(root: etree._Element, service_uuid: str) -> None:
    """The service, so that a makelaar that vouches for mandates knows for which one."""
    extensions = etree.SubElement(root, samlp("Extensions"))
    attribute = etree.SubElement(
        extensions, saml("Attribute"), Name=REQUEST_SERVICE_UUID, NameFormat=URI_NAME
    )
    etree.SubElement(attribute, saml("AttributeValue")).text = service_uuid


def _eidas(root: etree._Element, _service_uuid: str) -> None:
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


EXTENSIONS: Final[Mapping[str, Callable[[etree._Element, str], None]]] = MappingProxyType(
    {"service": _service, "eidas": _eidas, "none": _nothing}
)
