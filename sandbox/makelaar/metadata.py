"""SAML metadata: what a makelaar publishes, and reading what the broker publishes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from sandbox.makelaar.catalogue import Makelaar

MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
ARTIFACT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
NAMES = {"md": MD, "ds": DS}


def identity_provider_metadata(makelaar: Makelaar, now: datetime | None = None) -> bytes:
    """A signed EntityDescriptor with Redirect and POST endpoints and one where artifacts are
    resolved, valid for a year.
    """
    until = (now or datetime.now(UTC)) + timedelta(days=365)
    root = etree.Element(
        f"{{{MD}}}EntityDescriptor",
        {
            "ID": f"_{makelaar.profile.slug}",
            "entityID": makelaar.entity_id,
            "validUntil": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        nsmap={"md": MD, "ds": DS},
    )
    etree.SubElement(root, f"{{{DS}}}Signature", {"Id": "placeholder"})
    role = etree.SubElement(
        root,
        f"{{{MD}}}IDPSSODescriptor",
        {"protocolSupportEnumeration": PROTOCOL, "WantAuthnRequestsSigned": "true"},
    )
    descriptor = etree.SubElement(role, f"{{{MD}}}KeyDescriptor", {"use": "signing"})
    data = etree.SubElement(etree.SubElement(descriptor, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = makelaar.pair.certificate_base64
    etree.SubElement(
        role,
        f"{{{MD}}}ArtifactResolutionService",
        {"Binding": SOAP, "Location": makelaar.artifact_url, "index": "0", "isDefault": "true"},
    )
    if makelaar.profile.logs_out:
        service = {"Binding": REDIRECT, "Location": makelaar.slo_url}
        etree.SubElement(role, f"{{{MD}}}SingleLogoutService", service)
    etree.SubElement(role, f"{{{MD}}}NameIDFormat").text = PERSISTENT
    for binding in (REDIRECT, POST):
        etree.SubElement(
            role,
            f"{{{MD}}}SingleSignOnService",
            {"Binding": binding, "Location": makelaar.sso_url},
        )
    return serialise(sign(root, makelaar))


def sign(root: etree._Element, makelaar: Makelaar) -> etree._Element:
    """The element with an enveloped RSA-SHA256 signature where it has a placeholder."""
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm="rsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return signer.sign(
        root,
        key=makelaar.pair.key,  # not as PEM: its numbers would be checked at every signature
        cert=makelaar.pair.certificate_pem.decode(),
        reference_uri=root.get("ID"),
        id_attribute="ID",
    )


def serialise(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


@dataclass(frozen=True)
class Consumer:
    """Where answers go, and by which binding."""

    url: str
    binding: str


@dataclass(frozen=True)
class ServiceProvider:
    """The broker as its metadata describes it."""

    entity_id: str
    consumers: dict[str, Consumer]  # by index
    default_consumer: Consumer
    signing: tuple[x509.Certificate, ...]
    logout: str  # URL of its single logout service for a redirect
    encryption: tuple[x509.Certificate, ...]
    services: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # index → ID and UUID


def read_service_provider(document: bytes) -> ServiceProvider:
    """Read an EntityDescriptor with an SPSSODescriptor (SAML Metadata §2.4.4).

    Raises ValueError when something that is needed is absent.
    """
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    role = root.find("md:SPSSODescriptor", NAMES)
    if role is None:
        raise ValueError("the metadata has no SPSSODescriptor")
    services = [
        s
        for s in role.findall("md:AssertionConsumerService", NAMES)
        if s.get("Binding") in (POST, ARTIFACT)
    ]
    if not services:
        raise ValueError("the metadata has no AssertionConsumerService for HTTP-POST")
    default = next((s for s in services if s.get("isDefault") == "true"), services[0])
    return ServiceProvider(
        entity_id=root.get("entityID", ""),
        consumers={s.get("index", "0"): _consumer(s) for s in services},
        default_consumer=_consumer(default),
        signing=_certificates(role, "signing"),
        logout=next(
            (
                one.get("Location", "")
                for one in role.findall("md:SingleLogoutService", NAMES)
                if one.get("Binding") == REDIRECT
            ),
            "",
        ),
        encryption=_certificates(role, "encryption"),
        services={
            one.get("index", ""): _service(one)
            for one in role.findall("md:AttributeConsumingService", NAMES)
        },
    )


def _service(element: etree._Element) -> tuple[str, str]:
    """The ServiceID is the name of an attribute, the ServiceUUID the value of another."""
    asked = element.findall("md:RequestedAttribute", NAMES)
    uuids = [value.text or "" for one in asked for value in one]
    names = [one.get("Name", "") for one in asked if len(one) == 0]
    return (names[0] if names else "", uuids[0] if uuids else "")


def _consumer(service: etree._Element) -> Consumer:
    return Consumer(service.get("Location", ""), service.get("Binding", ""))


def _certificates(role: etree._Element, use: str) -> tuple[x509.Certificate, ...]:
    found = []
    for descriptor in role.findall("md:KeyDescriptor", NAMES):
        if descriptor.get("use") not in (use, None):
            continue
        for element in descriptor.iterfind(".//ds:X509Certificate", NAMES):
            text = "".join((element.text or "").split())
            found.append(x509.load_der_x509_certificate(base64.b64decode(text)))
    return tuple(found)
