"""SOAP 1.1 around one message, as SAML sends it on the back channel (Bindings §3.2)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from keys.xml import encodings, guard
from keys.xml.encodings import EncodingRefused
from keys.xml.guard import MAX_BYTES, MAX_ELEMENTS, local_name
from providers.received import told
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
CONTENT_TYPE: Final = "text/xml; charset=utf-8"
# The value is for SOAP 1.1 alone, and servers of some products refuse a call without it.
ACTION: Final[Mapping[str, str]] = MappingProxyType(
    {"SOAPAction": '"http://www.oasis-open.org/committees/security"'}
)
_NOT_DEMANDED: Final = (None, "0", "false")


class FaultCode(enum.StrEnum):
    """Whose a fault is (SOAP 1.1 §4.4.1)."""

    CLIENT = "Client"
    SERVER = "Server"
    VERSION = "VersionMismatch"
    HEADER = "MustUnderstand"


class SoapFault(Exception):
    """The other side answers with a fault. ``code``: its word without a prefix; ``says``: its
    sentence, as it was sent.
    """

    def __init__(self, code: str, says: str) -> None:
        super().__init__(code)
        self.code = code
        self.says = says


def enveloped(message: etree._Element) -> bytes:
    """The document that carries this message, which stays as it was signed."""
    root = etree.Element(_soap("Envelope"), nsmap={"soapenv": ENVELOPE})
    etree.SubElement(root, _soap("Body")).append(message)
    return _written(root)


def fault(code: FaultCode, says: str) -> bytes:
    """The document that says what is wrong with a request."""
    root = etree.Element(_soap("Envelope"), nsmap={"soapenv": ENVELOPE})
    element = etree.SubElement(etree.SubElement(root, _soap("Body")), _soap("Fault"))
    etree.SubElement(element, "faultcode").text = f"soapenv:{code}"
    etree.SubElement(element, "faultstring").text = says
    return _written(root)


def opened(
    raw: bytes, *, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS
) -> etree._Element:
    """The one message, where it stands in its document. Raises XmlRefused; WireRefused: encoding,
    soap, soap_version, soap_header; SoapFault.
    """
    if len(raw) > max_bytes:
        raise WireRefused("too_large", element="SOAP", seen=len(raw), expected=max_bytes)
    try:
        text = encodings.xml_text(raw)  # .NET begins with a byte order mark
    except EncodingRefused:
        raise WireRefused("encoding", element="SOAP", expected="UTF-8") from None
    root = guard.parse(text.encode(), max_bytes=max_bytes, max_elements=max_elements)
    name = etree.QName(root)
    if name.localname == "Envelope" and name.namespace != ENVELOPE:
        raise WireRefused(
            "soap_version", element="Envelope", seen=told(name.namespace), expected=ENVELOPE
        )
    if root.tag != _soap("Envelope"):
        raise WireRefused("soap", element=local_name(root), expected="Envelope")
    message = _in_body(root)
    if message.tag == _soap("Fault"):
        code = (collapsed(message.findtext("faultcode")) or "").rpartition(":")[2]
        raise SoapFault(code, message.findtext("faultstring") or "")
    return message


def alone(raw: bytes, *, max_bytes: int, max_elements: int) -> etree._Element:
    """The same as the root of a document of its own; a fault is no message. Raises XmlRefused,
    WireRefused.
    """
    try:
        message = opened(raw, max_bytes=max_bytes, max_elements=max_elements)
    except SoapFault as fault:
        raise WireRefused(
            "soap", element="Fault", seen=told(fault.code), expected="a message"
        ) from None
    document = etree.tostring(message, with_tail=False)
    return guard.parse(document, max_bytes=max_bytes, max_elements=max_elements)


def _in_body(root: etree._Element) -> etree._Element:
    """What stands alone in the Body; a header that must be understood is not."""
    *headers, body = root if len(root) else (root,)
    if body.tag != _soap("Body") or [one.tag for one in headers] not in ([], [_soap("Header")]):
        raise WireRefused("soap", element="Envelope", seen=_children(root), expected="Header, Body")
    for one in headers[0] if headers else ():
        if collapsed(one.get(_soap("mustUnderstand"))) not in _NOT_DEMANDED:
            raise WireRefused(
                "soap_header", element="Header", seen=local_name(one), expected="none"
            )
    if len(body) != 1:
        raise WireRefused("soap", element="Body", seen=_children(body), expected="one element")
    found: etree._Element = body[0]
    return found


def _children(element: etree._Element) -> str:
    return told(", ".join(local_name(child) for child in element) or "nothing")


def _soap(name: str) -> str:
    return f"{{{ENVELOPE}}}{name}"


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
