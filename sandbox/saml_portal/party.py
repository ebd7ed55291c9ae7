"""What was agreed with the broker about this portal, and its metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from sandbox.keys import Pair
from sandbox.makelaar.metadata import DS, MD, PERSISTENT, POST, PROTOCOL, REDIRECT, serialise
from sandbox.portal.clients import BODEMKAART, GRONDWATER, LOZING, PortalService

CLIENT_ID: Final = "peilwijzer"
NAME: Final = "Peilwijzer"
HOME: Final = "/peilwijzer/"
# By number in the metadata; the first is asked by form, the others by redirect.
SERVICES: Final[tuple[PortalService, ...]] = (GRONDWATER, LOZING, BODEMKAART)
BY_FORM: Final = frozenset({GRONDWATER.uuid})


@dataclass(frozen=True)
class SamlParty:
    """The portal at ``base_url``, without a slash at the end."""

    base_url: str
    pair: Pair

    @property
    def entity_id(self) -> str:
        return f"{self.base_url}{HOME}metadata"

    @property
    def acs_url(self) -> str:
        return f"{self.base_url}{HOME}acs"

    @property
    def slo_url(self) -> str:
        """Where the broker tells of a logout, and answers ours."""
        return f"{self.base_url}{HOME}slo"


def metadata(party: SamlParty) -> bytes:
    """What the operator of the broker registers: keys, addresses, and a number per service."""
    root = etree.Element(
        f"{{{MD}}}EntityDescriptor", {"entityID": party.entity_id}, nsmap={"md": MD, "ds": DS}
    )
    role = etree.SubElement(
        root,
        f"{{{MD}}}SPSSODescriptor",
        {
            "protocolSupportEnumeration": PROTOCOL,
            "AuthnRequestsSigned": "true",
            "WantAssertionsSigned": "true",
        },
    )
    key = etree.SubElement(role, f"{{{MD}}}KeyDescriptor", {"use": "signing"})
    data = etree.SubElement(etree.SubElement(key, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = party.pair.certificate_base64
    service = {"Binding": REDIRECT, "Location": party.slo_url}
    etree.SubElement(role, f"{{{MD}}}SingleLogoutService", service)
    etree.SubElement(role, f"{{{MD}}}NameIDFormat").text = PERSISTENT
    etree.SubElement(
        role,
        f"{{{MD}}}AssertionConsumerService",
        {"Binding": POST, "Location": party.acs_url, "index": "0", "isDefault": "true"},
    )
    for number, offered in enumerate(SERVICES):
        _service(role, number, offered)
    return serialise(root)


def _service(role: etree._Element, number: int, service: PortalService) -> None:
    element = etree.SubElement(role, f"{{{MD}}}AttributeConsumingService", {"index": str(number)})
    name = etree.SubElement(element, f"{{{MD}}}ServiceName")
    name.text = service.name
    name.set("{http://www.w3.org/XML/1998/namespace}lang", "nl")
    etree.SubElement(element, f"{{{MD}}}RequestedAttribute", {"Name": service.uuid})
