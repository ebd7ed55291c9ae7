"""A SAML portal of tests: makes metadata and requests as it is told, and reads answers with other
libraries than the product.
"""

from __future__ import annotations

import base64
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.signer import XMLSigner
from signxml.verifier import XMLVerifier

from directory.saml_portals import SamlServiceProvider
from keys.keyring import AnyPrivateKey
from tests.broker.examples import ISSUER, SERVICE, both
from tests.clocks import START
from tests.keys_for_tests import ec_key, rsa_key

SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
NAMES: Final = {
    "saml": SAML,
    "samlp": SAMLP,
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
}
BINDING: Final = "urn:oasis:names:tc:SAML:2.0:bindings:"
POST: Final = f"{BINDING}HTTP-POST"
STATUS: Final = "urn:oasis:names:tc:SAML:2.0:status:"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
RSA_SHA256: Final = f"{MORE}rsa-sha256"
ENTITY: Final = "https://waterkaart.example/saml"
ACS: Final = "https://waterkaart.example/saml/acs"
OTHER_ACS: Final = "https://waterkaart.example/saml/tweede"
SSO: Final = f"{ISSUER}/saml/idp/sso"
IDP: Final = f"{ISSUER}/saml/idp/metadata"
EH3: Final = "http://eidas.europa.eu/LoA/substantial"
EH4: Final = "http://eidas.europa.eu/LoA/high"
EH2_PLUS: Final = "http://eidas.europa.eu/LoA/low"
RELAY: Final = 'https://waterkaart.example/kaart?laag=3&x="1"<b>'


@cache
def certificate(name: str, *, begins: int = -1, days: int = 3650, bits: int = 2048) -> str:
    """A self-signed certificate for the key of this name, as metadata hold it."""
    key = private_key(name, bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = START + timedelta(days=begins)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def private_key(name: str, bits: int = 2048) -> AnyPrivateKey:
    """``ec-`` before a name makes it an elliptic one."""
    if bits != 2048:
        return _weak(bits)
    return ec_key(name) if name.startswith("ec-") else rsa_key(name)


@cache
def _weak(bits: int) -> AnyPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_descriptor(text: str, use: str | None = "signing") -> str:
    """A KeyDescriptor with this certificate."""
    said = f' use="{use}"' if use else ""
    return (
        f"<md:KeyDescriptor{said}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{text}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )


def acs(url: str = ACS, index: int | None = 0, binding: str = "HTTP-POST", more: str = "") -> str:
    """An AssertionConsumerService."""
    number = "" if index is None else f' index="{index}"'
    return (
        f'<md:AssertionConsumerService Binding="{BINDING}{binding}" Location="{url}"{number} '
        f"{more}/>"
    )


ADDRESSES: Final = acs(ACS, 0, more='isDefault="true"') + acs(OTHER_ACS, 1)


def metadata(
    *,
    entity_id: str = ENTITY,
    role: str = "",
    keys: str | None = None,
    addresses: str = ADDRESSES,
    services: str = "",
    more: str = "",
    entity: str = "",
) -> str:
    """Metadata of a portal. ``role`` and ``entity``: attributes; ``more``: other roles."""
    descriptors = key_descriptor(certificate("portal")) if keys is None else keys
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'xmlns:ds="{NAMES["ds"]}" xmlns:saml="{SAML}" entityID="{entity_id}" {entity}>{more}'
        f'<md:SPSSODescriptor protocolSupportEnumeration="{SAMLP}" {role}>'
        f"{descriptors}{addresses}{services}</md:SPSSODescriptor></md:EntityDescriptor>"
    )


def a_portal(text: str | None = None, **fields: Any) -> SamlServiceProvider:
    """A registered portal. ``saml``: fields of its section."""
    section = {"metadata": text or metadata(), "entity_id": ENTITY, **fields.pop("saml", {})}
    base = {
        "client_id": "waterkaart",
        "name": both("Waterkaart"),
        "services": (SERVICE,),
        "home_url": "https://waterkaart.example/",
        "saml": section,
    }
    return SamlServiceProvider.model_validate({**base, **fields})


@dataclass(frozen=True)
class Asked:
    """An AuthnRequest in order but for what a test changes. ``attributes``: None leaves one out;
    ``inner``: elements behind the Issuer, as text.
    """

    attributes: Mapping[str, str | None] = field(default_factory=dict)
    inner: str = ""
    issuer: str | None = ENTITY
    sso: str = SSO
    at: datetime = START
    tag: str = "AuthnRequest"

    def text(self) -> bytes:
        values: dict[str, str | None] = {
            "ID": f"_{secrets.token_hex(16)}",
            "Version": "2.0",
            "IssueInstant": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": self.sso,
            **self.attributes,
        }
        said = " ".join(f'{name}="{value}"' for name, value in values.items() if value is not None)
        issuer = "" if self.issuer is None else f"<saml:Issuer>{self.issuer}</saml:Issuer>"
        return (
            f'<samlp:{self.tag} xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" {said}>'
            f"{issuer}{self.inner}</samlp:{self.tag}>"
        ).encode()


def contexts(*classes: str, comparison: str | None = None) -> str:
    """A RequestedAuthnContext."""
    said = "" if comparison is None else f' Comparison="{comparison}"'
    inner = "".join(
        f"<saml:AuthnContextClassRef>{one}</saml:AuthnContextClassRef>" for one in classes
    )
    return f"<samlp:RequestedAuthnContext{said}>{inner}</samlp:RequestedAuthnContext>"


def policy(**said: str) -> str:
    """A NameIDPolicy."""
    return f"<samlp:NameIDPolicy {_said(said)}/>"


def _said(attributes: Mapping[str, str]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in attributes.items())


def signed(message: bytes, key: str = "portal", *, digest: str = "sha256") -> bytes:
    """With an enveloped signature behind its Issuer, as signxml makes it."""
    root = etree.fromstring(message)
    signature = etree.Element(f"{{{NAMES['ds']}}}Signature", Id="placeholder")
    root.insert(1, signature)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=f"rsa-{digest}",
        digest_algorithm=digest,
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    # Not as PEM: its numbers would be checked at every signature.
    done = signer.sign(
        root, key=private_key(key), reference_uri=root.get("ID"), cert=_cert_pem(key)
    )
    return bytes(etree.tostring(done))


def _cert_pem(key: str) -> str:
    body = certificate(key)
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def form(message: bytes, relay_state: str | None = RELAY) -> list[tuple[str, str]]:
    """The fields of HTTP-POST."""
    fields = [("SAMLRequest", base64.b64encode(message).decode())]
    return fields + ([("RelayState", relay_state)] if relay_state is not None else [])


def deflated(message: bytes) -> str:
    """As HTTP-Redirect carries it, before it is a URL."""
    machine = zlib.compressobj(wbits=-15)
    return base64.b64encode(machine.compress(message) + machine.flush()).decode()


def query(
    message: bytes,
    relay_state: str | None = RELAY,
    *,
    key: str | None = "portal",
    algorithm: str = RSA_SHA256,
    order: Sequence[str] = ("SAMLRequest", "RelayState", "SigAlg"),
    lower: bool = False,
) -> str:
    """The query of HTTP-Redirect, signed unless ``key`` is None. ``order``: in which the signature
    covers it; ``lower``: percent signs with small letters, as .NET writes them.
    """
    values = {"SAMLRequest": deflated(message), "RelayState": relay_state, "SigAlg": algorithm}
    if key is None:
        del values["SigAlg"]
    encoded = {n: quote(v, safe="") for n, v in values.items() if v is not None}
    if lower:
        encoded = {n: _lower(v) for n, v in encoded.items()}
    if key is None:
        return "&".join(f"{n}={v}" for n, v in encoded.items())
    covered = "&".join(f"{n}={encoded[n]}" for n in order if n in encoded)
    signature = base64.b64encode(_sign(covered.encode(), key, algorithm)).decode()
    sent = "&".join(f"{n}={v}" for n, v in encoded.items())
    return f"{sent}&{urlencode({'Signature': signature})}"


def _lower(value: str) -> str:
    parts = value.split("%")
    return parts[0] + "".join("%" + part[:2].lower() + part[2:] for part in parts[1:])


def _sign(octets: bytes, name: str, algorithm: str) -> bytes:
    key, digest = private_key(name), _DIGESTS[algorithm.rpartition("-")[2]]()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        first, second = decode_dss_signature(key.sign(octets, ec.ECDSA(digest)))
        return first.to_bytes(32) + second.to_bytes(32)
    return key.sign(octets, padding.PKCS1v15(), digest)


_DIGESTS: Final[dict[str, Any]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def response_in(fields: Mapping[str, str]) -> etree._Element:
    """The Response of a form, unverified."""
    return etree.fromstring(base64.b64decode(fields["SAMLResponse"]))


def verified(document: bytes, certificate_pem: str) -> etree._Element:
    """What signxml says was signed: the element whose signature stands first in the document."""
    found = XMLVerifier().verify(document, x509_cert=certificate_pem, id_attribute="ID")
    result = found[0] if isinstance(found, list) else found
    assert result.signed_xml is not None
    return result.signed_xml


def status_in(response: etree._Element) -> tuple[str, ...]:
    """The status codes from outer to inner, without their prefix."""
    codes = response.findall(".//samlp:StatusCode", NAMES)
    return tuple(str(code.get("Value")).removeprefix(STATUS) for code in codes)
