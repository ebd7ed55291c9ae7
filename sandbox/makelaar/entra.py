"""A makelaar with the habits of Entra ID: metadata with a byte order mark and roles of
WS-Federation under one signature, an assertion that alone is signed, encrypted with AES-CBC around
that signature, valid for seventy minutes, with classes of its own for levels.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from sandbox.keys import new_pair
from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.faults import Fault
from sandbox.makelaar.metadata import DS, sign
from sandbox.makelaar.saml_response import Facts
from sandbox.makelaar.state import Answer

BEFORE: Final = timedelta(minutes=5)
VALID_FOR: Final = timedelta(minutes=65)
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
_TENANT: Final = "8b1f0c52-4c0e-4d1f-9a57-0d6d1b6f3a10"
_BOM: Final = b"\xef\xbb\xbf"


def metadata(makelaar: Makelaar) -> bytes:
    """One signature over all of it, the roles of WS-Federation first."""
    certificate = makelaar.pair.certificate_base64
    key = (
        '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>'
        f"<X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    )
    places = "".join(
        f'<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" '
        f'Location="{makelaar.sso_url}"/>'
        for binding in ("HTTP-Redirect", "HTTP-POST")
    )
    text = (
        f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ID="_{_TENANT}" '
        f'entityID="{makelaar.entity_id}"><Signature xmlns="{DS}" Id="placeholder"/>'
        '<RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" '
        'xsi:type="fed:SecurityTokenServiceType" '
        'protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706">'
        f"{key}<fed:TargetScopes/></RoleDescriptor>"
        '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f"{key}{places}</IDPSSODescriptor></EntityDescriptor>"
    )
    signed = sign(etree.fromstring(text), makelaar)
    return _BOM + bytes(etree.tostring(signed, xml_declaration=True, encoding="utf-8"))


def success(
    makelaar: Makelaar, facts: Facts, answer: Answer, recipient_key: x509.Certificate | None
) -> bytes:
    """A Response around an encrypted assertion, right or wrong as ``answer.fault`` says."""
    assertion = etree.fromstring(_assertion(facts))
    mark = assertion.find(f"{{{DS}}}Signature")
    if answer.fault is Fault.UNSIGNED:
        assertion.remove(mark)
    else:
        signer = makelaar
        if answer.fault is Fault.WRONG_KEY:
            signer = replace(makelaar, pair=new_pair("Onbekend"))
        assertion = sign(assertion, signer)
    if answer.fault is Fault.BAD_SIGNATURE:
        assertion.find(".//{*}NameID").text += "x"
    if recipient_key is None:
        raise ValueError("the broker publishes no key to encrypt for")
    response = etree.fromstring(_response(facts))
    sealed = etree.SubElement(response, "{urn:oasis:names:tc:SAML:2.0:assertion}EncryptedAssertion")
    sealed.append(encrypted(etree.tostring(assertion), recipient_key))
    return bytes(etree.tostring(response))


def _response(facts: Facts) -> str:
    return (
        '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'ID="_{secrets.token_hex(16)}" Version="2.0" IssueInstant="{_time(facts.now)}" '
        f'Destination="{facts.destination}" InResponseTo="{facts.in_response_to}">'
        f'<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{facts.issuer}</Issuer>'
        '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'
        "</samlp:Status></samlp:Response>"
    )


def _assertion(facts: Facts) -> str:
    begin, end = _time(facts.now - BEFORE), _time(facts.now + VALID_FOR)
    first, _, last = facts.name.partition(" ")
    claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
    said = {
        "http://schemas.microsoft.com/identity/claims/tenantid": _TENANT,
        "http://schemas.microsoft.com/identity/claims/displayname": facts.name,
        f"{claims}givenname": first,
        f"{claims}surname": last,
    }
    attributes = "".join(
        f'<Attribute Name="{name}"><AttributeValue>{value}</AttributeValue></Attribute>'
        for name, value in said.items()
    )
    return (
        f'<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{secrets.token_hex(16)}" '
        f'IssueInstant="{_time(facts.now)}" Version="2.0"><Issuer>{facts.issuer}</Issuer>'
        f'<Signature xmlns="{DS}" Id="placeholder"/><Subject><NameID '
        'Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">'
        f"{facts.subject}</NameID>"
        '<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<SubjectConfirmationData InResponseTo="{facts.in_response_to}" NotOnOrAfter="{end}" '
        f'Recipient="{facts.recipient}"/></SubjectConfirmation></Subject>'
        f'<Conditions NotBefore="{begin}" NotOnOrAfter="{end}"><AudienceRestriction>'
        f"<Audience>{facts.audience}</Audience></AudienceRestriction></Conditions>"
        f"<AttributeStatement>{attributes}</AttributeStatement>"
        f'<AuthnStatement AuthnInstant="{_time(facts.authenticated_at)}" '
        f'SessionIndex="_{secrets.token_hex(16)}"><AuthnContext><AuthnContextClassRef>'
        f"{facts.level}</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion>"
    )


def _time(moment: datetime) -> str:
    """With milliseconds, as it writes them."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def encrypted(assertion: bytes, recipient: x509.Certificate) -> etree._Element:
    """EncryptedData: AES-256-CBC under RSA-OAEP (XML Encryption 1.0 §5.2, §5.4.2)."""
    public = recipient.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("the broker's encryption key is not RSA")
    key, vector = secrets.token_bytes(32), secrets.token_bytes(16)
    filler = padding.ANSIX923(128).padder()  # the last byte is the length, the others may be any
    machine = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    content = vector + machine.update(filler.update(assertion) + filler.finalize())
    content += machine.finalize()
    # SHA-1 is what the widespread form of OAEP means; it is no signature.
    wrapping = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    der = recipient.public_bytes(serialization.Encoding.DER)
    return etree.fromstring(
        f'<xenc:EncryptedData xmlns:xenc="{XENC}" Type="{XENC}Element">'
        f'<xenc:EncryptionMethod Algorithm="{XENC}aes256-cbc"/><KeyInfo xmlns="{DS}">'
        f'<e:EncryptedKey xmlns:e="{XENC}"><e:EncryptionMethod '
        f'Algorithm="{XENC}rsa-oaep-mgf1p"><DigestMethod Algorithm="{DS}sha1"/>'
        f"</e:EncryptionMethod><KeyInfo><X509Data><X509Certificate>{_base64(der)}"
        "</X509Certificate></X509Data></KeyInfo><e:CipherData><e:CipherValue>"
        f"{_base64(public.encrypt(key, wrapping))}</e:CipherValue></e:CipherData>"
        "</e:EncryptedKey></KeyInfo><xenc:CipherData><xenc:CipherValue>"
        f"{_base64(content)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
