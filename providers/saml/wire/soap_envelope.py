"""The envelope of the SOAP binding (Bindings §3.2, SOAP 1.1 §4): one message in, one out."""

from __future__ import annotations

from typing import Final

from lxml import etree

from keys.xml import guard
from keys.xml.guard import local_name
from providers.saml.wire.redirect import LARGEST
from providers.saml.wire.refused import WireRefused

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
TYPE: Final = "text/xml; charset=utf-8"
# The value is for SOAP 1.1 alone, and servers of some products refuse a call without it.
ACTION: Final = {"SOAPAction": '"http://www.oasis-open.org/committees/security"'}
_MOST_ELEMENTS: Final = 300


def wrapped(message: etree._Element) -> bytes:
    """The message in an envelope of its own."""
    root = etree.Element(_soap("Envelope"), nsmap={"soap": ENVELOPE})
    etree.SubElement(root, _soap("Body")).append(message)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def unwrapped(raw: bytes) -> etree._Element:
    """The one message of an envelope, as the root of a document of its own. A header that must be
    understood is not. Raises WireRefused, XmlRefused.
    """
    root = guard.parse(raw, max_bytes=LARGEST, max_elements=_MOST_ELEMENTS)
    bodies = [one for one in root if one.tag == _soap("Body")]
    if root.tag != _soap("Envelope") or len(bodies) != 1 or len(bodies[0]) != 1:
        raise WireRefused(
            "soap", element=local_name(root), seen="no Body with one message", expected="Envelope"
        )
    demanding = [
        block
        for header in root.iterfind(_soap("Header"))
        for block in header
        if block.get(_soap("mustUnderstand")) not in (None, "0", "false")
    ]
    if demanding:
        raise WireRefused(
            "soap", element=local_name(demanding[0]), seen="mustUnderstand", expected="none"
        )
    alone = etree.tostring(bodies[0][0], with_tail=False)
    return guard.parse(alone, max_bytes=LARGEST, max_elements=_MOST_ELEMENTS)


def _soap(name: str) -> str:
    return f"{{{ENVELOPE}}}{name}"
