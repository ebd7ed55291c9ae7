"""Our services in our metadata (SAML Metadata §2.4.4.2): under which index a makelaar knows each of
them, as eTD (the ServiceID as name) and as ST-SAML (the ServiceUUID as value) read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lxml import etree

from directory.services import Service
from providers.saml.wire.names import REQUEST_SERVICE_UUID, URI_NAME, md, saml

_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def add_services(role: etree._Element, services: Iterable[Service]) -> None:
    """One AttributeConsumingService for each service that has an index, the first as default."""
    indexed = [(one.attribute_consuming_service_index, one) for one in services]
    known = sorted((index, one.uuid, one) for index, one in indexed if index is not None)
    for place, (index, _, service) in enumerate(known):
        element = etree.SubElement(role, md("AttributeConsumingService"), index=str(index))
        if len(known) > 1:
            element.set("isDefault", "true" if place == 0 else "false")
        for language in ("nl", "en"):
            name = etree.SubElement(element, md("ServiceName"), {_LANG: language})
            name.text = service.name.in_(language)
        _requested(element, service.service_id)
        value = _requested(element, REQUEST_SERVICE_UUID)
        etree.SubElement(value, saml("AttributeValue")).text = service.uuid


def _requested(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(
        parent,
        md("RequestedAttribute"),
        {"Name": name, "NameFormat": URI_NAME, "isRequired": "false"},
    )
