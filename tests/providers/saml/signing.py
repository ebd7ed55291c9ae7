"""Signatures in every shape, right and wrong: made here, so that a test can say what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import xmlsec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from tests.keys_for_tests import ec_key, rsa_key

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED: Final = DS + "enveloped-signature"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
SIGNATURE_PATH: Final = f"{{{DS}}}Signature"


@dataclass(frozen=True)
class Signing:
    """One way to sign. ``key_info`` is XML; ``uri`` None points at the element itself."""

    key: str = "makelaar"  # name of a key of the tests
    elliptic: bool = False
    method: str = MORE + "rsa-sha256"
    digest: str = SHA256
    canonicalisation: str = EXC_C14N
    transforms: tuple[str, ...] = (ENVELOPED, EXC_C14N)
    uri: str | None = None
    key_info: str | None = None
    private_key: rsa.RSAPrivateKey | None = None  # instead of a named one
    secret: bytes | None = None  # for HMAC

    def xmlsec_key(self) -> xmlsec.Key:
        if self.secret is not None:
            return xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, self.secret)
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
        key = ec_key(self.key) if self.elliptic else self.private_key or rsa_key(self.key)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)


PLAIN: Final = Signing()


def template(element: etree._Element, how: Signing) -> etree._Element:
    """An empty signature behind the issuer of ``element``."""
    uri = f"#{element.get('ID')}" if how.uri is None else how.uri
    transforms = "".join(f'<ds:Transform Algorithm="{name}"/>' for name in how.transforms)
    key_info = f"<ds:KeyInfo>{how.key_info}</ds:KeyInfo>" if how.key_info else ""
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{how.canonicalisation}"/>'
        f'<ds:SignatureMethod Algorithm="{how.method}"/>'
        f'<ds:Reference URI="{uri}"><ds:Transforms>{transforms}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{how.digest}"/><ds:DigestValue/></ds:Reference>'
        f"</ds:SignedInfo><ds:SignatureValue/>{key_info}</ds:Signature>"
    )
    issuer = element.find(f"{{{SAML}}}Issuer")
    element.insert(0 if issuer is None else element.index(issuer) + 1, signature)
    return signature


def sign(element: etree._Element, how: Signing = PLAIN) -> etree._Element:
    """Sign ``element``; its signature."""
    signature = template(element, how)
    complete(signature, how)
    return signature


def complete(signature: etree._Element, how: Signing = PLAIN) -> None:
    """Compute digests and value of a signature that stands in its document."""
    context = xmlsec.SignatureContext()
    context.key = how.xmlsec_key()
    for parent in signature.getroottree().getroot().iter():
        if isinstance(parent.tag, str) and parent.get("ID"):
            context.register_id(parent, "ID")
    context.sign(signature)


def resign(response: etree._Element) -> None:
    """Sign the response anew over what it holds now."""
    old = response.find(SIGNATURE_PATH)
    assert old is not None
    response.remove(old)
    sign(response)
