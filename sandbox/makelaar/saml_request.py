"""The AuthnRequest that the broker sends: decode, verify, read (SAML Core §3.4.1, Bindings §3.4,
§3.5).
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import XMLVerifier

from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.levels import ENTRA_CLASSES
from sandbox.makelaar.metadata import ARTIFACT, POST, Consumer, ServiceProvider
from sandbox.makelaar.state import SamlReply
from sandbox.people import LEVELS, level_of

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
NAMES = {"samlp": SAMLP, "saml": SAML}
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
LARGEST = 100_000  # bytes, inflated
SKEW = timedelta(minutes=3)
_ENTRA = {name: level for level, name in ENTRA_CLASSES.items()}


class RequestRefused(Exception):
    """The request is not acceptable; the text says why, for the developer who reads the page."""


@dataclass(frozen=True)
class AuthnRequest:
    """What was asked, read from the element that was verified."""

    reply: SamlReply
    level: str | None
    service: str | None
    fresh: bool
    indexed: tuple[str, str] | None = None  # ServiceID and ServiceUUID, where asked by index


def from_redirect(
    query: bytes, makelaar: Makelaar, sp: ServiceProvider, now: datetime
) -> AuthnRequest:
    """Read a request from the query string, whose signature covers the octets as they were sent."""
    root, relay_state = verified_query(query, sp.signing)
    return _read(root, relay_state, makelaar, sp, now)


def verified_query(
    query: bytes, signing: Sequence[x509.Certificate], kind: str = "SAMLRequest"
) -> tuple[etree._Element, str | None]:
    """The message and the RelayState of a query that the broker signed. ``kind``: its parameter.
    Raises RequestRefused.
    """
    raw = _raw_parameters(query, kind)
    if unquote_plus(raw.get("SigAlg", "")) != RSA_SHA256:
        raise RequestRefused("SigAlg ontbreekt of is niet RSA-SHA256")
    signed = "&".join(f"{n}={raw[n]}" for n in (kind, "RelayState", "SigAlg") if n in raw)
    signature = _decode(unquote_plus(raw.get("Signature", "")))
    if not any(_verifies(c, signature, signed.encode()) for c in signing):
        raise RequestRefused("de handtekening van het verzoek klopt niet")
    root = _parse(_inflate(_decode(unquote_plus(raw.get(kind, "")))))
    return root, unquote_plus(raw["RelayState"]) if "RelayState" in raw else None


def from_post(
    document: str, relay_state: str | None, makelaar: Makelaar, sp: ServiceProvider, now: datetime
) -> AuthnRequest:
    """Read a request from a form; only what the signature covers is used."""
    data = _decode(document)
    _parse(data)
    for certificate in sp.signing:
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        try:
            verified = XMLVerifier().verify(data, x509_cert=pem, id_attribute="ID")
        except (SignXMLException, ValueError):
            continue
        result = verified[0] if isinstance(verified, list) else verified
        if result.signed_xml is not None:
            return _read(result.signed_xml, relay_state, makelaar, sp, now)
    raise RequestRefused("de handtekening van het verzoek klopt niet")


def _raw_parameters(query: bytes, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in query.decode("ascii", "replace").split("&"):
        name, _, value = part.partition("=")
        if name in found:
            raise RequestRefused(f"de parameter {name} komt twee keer voor")
        found[name] = value
    if kind not in found:
        raise RequestRefused(f"de parameter {kind} ontbreekt")
    return found


def _decode(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error:
        raise RequestRefused("geen geldige base64") from None


def _inflate(data: bytes) -> bytes:
    machine = zlib.decompressobj(-15)
    try:
        inflated = machine.decompress(data, LARGEST)
    except zlib.error:
        raise RequestRefused("het verzoek is niet met DEFLATE gecomprimeerd") from None
    if machine.unconsumed_tail:
        raise RequestRefused("het verzoek is te groot")
    return inflated


def _parse(data: bytes) -> etree._Element:
    if b"<!DOCTYPE" in data:
        raise RequestRefused("een DOCTYPE is niet toegestaan")
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise RequestRefused("het verzoek is geen XML") from None


def _verifies(certificate: x509.Certificate, signature: bytes, signed: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _read(
    root: etree._Element,
    relay_state: str | None,
    makelaar: Makelaar,
    sp: ServiceProvider,
    now: datetime,
) -> AuthnRequest:
    if root.tag != f"{{{SAMLP}}}AuthnRequest" or root.get("Version") != "2.0":
        raise RequestRefused("dit is geen AuthnRequest van SAML 2.0")
    if root.get("Destination") != makelaar.sso_url:
        raise RequestRefused("Destination is niet het adres van deze makelaar")
    if (root.findtext("saml:Issuer", "", NAMES) or "").strip() != sp.entity_id:
        raise RequestRefused("Issuer is niet bekend")
    if root.get("ProtocolBinding") not in (None, POST, ARTIFACT):
        raise RequestRefused("ProtocolBinding wordt niet ondersteund")
    _check_time(root.get("IssueInstant", ""), now)
    consumer = _consumer(root, sp)
    if makelaar.profile.only_by_artifact and consumer.binding != ARTIFACT:
        raise RequestRefused("deze makelaar antwoordt alleen met HTTP-Artifact")
    reply = SamlReply(
        request_id=root.get("ID", ""),
        consumer=consumer.url,
        audience=sp.entity_id,
        relay_state=relay_state,
        by_artifact=consumer.binding == ARTIFACT,
    )
    return AuthnRequest(
        reply=reply,
        level=_level(root, makelaar),
        service=_service(root),
        fresh=root.get("ForceAuthn") in ("true", "1"),
        indexed=_indexed(root, sp),
    )


def _check_time(value: str, now: datetime) -> None:
    try:
        issued = datetime.fromisoformat(value)
    except ValueError:
        raise RequestRefused("IssueInstant is geen tijd") from None
    if issued.tzinfo is None or abs(issued.astimezone(UTC) - now) > SKEW:
        raise RequestRefused("IssueInstant is te oud of ligt in de toekomst")


def _consumer(root: etree._Element, sp: ServiceProvider) -> Consumer:
    url, index = root.get("AssertionConsumerServiceURL"), root.get("AssertionConsumerServiceIndex")
    if url is not None:
        asked = Consumer(url, root.get("ProtocolBinding") or POST)
        if asked not in sp.consumers.values():
            raise RequestRefused("AssertionConsumerServiceURL staat niet in de metadata")
        return asked
    if index is not None and index not in sp.consumers:
        raise RequestRefused("AssertionConsumerServiceIndex staat niet in de metadata")
    return sp.consumers[index] if index is not None else sp.default_consumer


def _indexed(root: etree._Element, sp: ServiceProvider) -> tuple[str, str] | None:
    index = root.get("AttributeConsumingServiceIndex")
    if index is None:
        return None
    if index not in sp.services:
        raise RequestRefused("AttributeConsumingServiceIndex staat niet in de metadata")
    return sp.services[index]


def _level(root: etree._Element, makelaar: Makelaar) -> str | None:
    """The lowest level that will do; classes that are unknown here are skipped."""
    context = root.find("samlp:RequestedAuthnContext", NAMES)
    if context is None:
        return None
    texts = [(e.text or "").strip() for e in context.findall("saml:AuthnContextClassRef", NAMES)]
    named = _ENTRA.get if makelaar.profile.habits == "entra" else level_of
    known = [level for level in map(named, texts) if level is not None]
    if not known:
        raise RequestRefused("het gevraagde niveau is niet bekend")
    return min(known, key=LEVELS.index)


def _service(root: etree._Element) -> str | None:
    """What the request says about the service: a name, or the UUID in an extension."""
    for attribute in root.iterfind("samlp:Extensions//saml:Attribute", NAMES):
        if (attribute.get("Name") or "").endswith(":ServiceUUID"):
            return (attribute.findtext("saml:AttributeValue", "", NAMES) or "").strip() or None
    return root.get("ProviderName")
