"""HTTP-Artifact: the answer waits here, the browser carries a reference, and the broker fetches it
once over SOAP (Bindings §3.6).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives import serialization
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import XMLVerifier

from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.faults import Fault
from sandbox.makelaar.metadata import DS, ServiceProvider, serialise, sign
from sandbox.makelaar.saml_request import NAMES, SAML, SAMLP, SKEW
from sandbox.makelaar.state import Desk, SamlReply, Waiting

CONTENT_TYPE: Final = "text/xml; charset=utf-8"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
STATUS: Final = "urn:oasis:names:tc:SAML:2.0:status:"
LARGE: Final = 10 * 1024 * 1024
ELSEWHERE: Final = "https://elders.voorbeeld.example/metadata"


@dataclass(frozen=True)
class Reply:
    """What the back channel answers."""

    body: bytes
    status: int = 200
    is_slow: bool = False


class _Refused(Exception):
    """The question is not acceptable; the text says why."""


def kept(makelaar: Makelaar, desk: Desk, message: bytes, fault: Fault = Fault.NONE) -> str:
    """A reference to this message, which is good for one time."""
    entity = ELSEWHERE if fault is Fault.ARTIFACT_SOURCE else makelaar.entity_id
    source = hashlib.sha1(entity.encode(), usedforsecurity=False).digest()
    raw = b"\x00\x04" + b"\x00\x00" + source + secrets.token_bytes(20)
    return desk.artifacts.put(Waiting(message, fault), base64.b64encode(raw).decode())


def address(reply: SamlReply, reference: str) -> str:
    """Where the browser carries it."""
    parts = {"SAMLart": reference}
    if reply.relay_state is not None:
        parts["RelayState"] = reply.relay_state
    return f"{reply.consumer}{'&' if '?' in reply.consumer else '?'}{urlencode(parts)}"


def resolved(
    document: bytes, makelaar: Makelaar, desk: Desk, sp: ServiceProvider, now: datetime
) -> Reply:
    """The answer to an ArtifactResolve, or a fault for what is none."""
    try:
        asked = _verified(document, makelaar, sp, now)
    except _Refused as refused:
        return Reply(_fault("Client", str(refused)), 500)
    reference = (asked.findtext("samlp:Artifact", "", NAMES) or "").strip()
    waiting = desk.artifacts.take(reference)
    fault = waiting.fault if waiting is not None else Fault.NONE
    if fault is Fault.ARTIFACT_FAULT:
        return Reply(_fault("Server", "de database doet het niet"), 500)
    if fault is Fault.ARTIFACT_LARGE:
        return Reply(b"<a>" + b"x" * LARGE + b"</a>")
    message = None if waiting is None or fault is Fault.ARTIFACT_GONE else waiting.message
    answer = _answer(asked.get("ID", ""), makelaar, message, fault, now)
    return Reply(_enveloped(answer), is_slow=fault is Fault.ARTIFACT_SLOW)


def _verified(
    document: bytes, makelaar: Makelaar, sp: ServiceProvider, now: datetime
) -> etree._Element:
    """The ArtifactResolve of the broker, as the signature covers it."""
    try:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise _Refused("dit is geen XML") from None
    message = root.find(f"{{{SOAP}}}Body/samlp:ArtifactResolve", NAMES)
    if root.tag != f"{{{SOAP}}}Envelope" or message is None:
        raise _Refused("dit is geen ArtifactResolve in SOAP 1.1")
    found = _signed(etree.tostring(message), sp)
    if (found.findtext("saml:Issuer", "", NAMES) or "").strip() != sp.entity_id:
        raise _Refused("Issuer is niet bekend")
    if found.get("Destination") not in (None, makelaar.artifact_url):
        raise _Refused("Destination is niet dit adres")
    issued = datetime.fromisoformat(found.get("IssueInstant", ""))
    if abs(issued.astimezone(UTC) - now) > SKEW:
        raise _Refused("IssueInstant is te oud of ligt in de toekomst")
    return found


def _signed(message: bytes, sp: ServiceProvider) -> etree._Element:
    for certificate in sp.signing:
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        try:
            verified = XMLVerifier().verify(message, x509_cert=pem, id_attribute="ID")
        except (SignXMLException, ValueError):
            continue
        result = verified[0] if isinstance(verified, list) else verified
        if result.signed_xml is not None:
            return result.signed_xml
    raise _Refused("de handtekening klopt niet")


def _answer(
    asked: str, makelaar: Makelaar, message: bytes | None, fault: Fault, now: datetime
) -> etree._Element:
    root = etree.Element(f"{{{SAMLP}}}ArtifactResponse", nsmap={"samlp": SAMLP, "saml": SAML})
    root.set("ID", "_" + secrets.token_hex(16))
    root.set("Version", "2.0")
    root.set("IssueInstant", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    is_other = fault is Fault.ARTIFACT_REQUEST
    root.set("InResponseTo", "_" + secrets.token_hex(16) if is_other else asked)
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = makelaar.entity_id
    mark = etree.SubElement(root, f"{{{DS}}}Signature", {"Id": "placeholder"}, nsmap={"ds": DS})
    status = etree.SubElement(root, f"{{{SAMLP}}}Status")
    etree.SubElement(status, f"{{{SAMLP}}}StatusCode", {"Value": f"{STATUS}Success"})
    if message is not None:
        root.append(etree.fromstring(message))
    if fault is Fault.ARTIFACT_UNSIGNED:
        root.remove(mark)
        return root
    return sign(root, makelaar)


def _enveloped(inside: etree._Element) -> bytes:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    etree.SubElement(root, f"{{{SOAP}}}Body").append(inside)
    return serialise(root)


def _fault(code: str, says: str) -> bytes:
    element = etree.Element(f"{{{SOAP}}}Fault", nsmap={"soap": SOAP})
    etree.SubElement(element, "faultcode").text = f"soap:{code}"
    etree.SubElement(element, "faultstring").text = says
    return _enveloped(element)
