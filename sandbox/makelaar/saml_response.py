"""The SAML Response: facts first, spoilt on request, then written, signed and encrypted (Core
§3.3.3).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from sandbox.keys import new_pair
from sandbox.makelaar import etd
from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.faults import Fault
from sandbox.makelaar.metadata import DS, PERSISTENT, serialise, sign
from sandbox.makelaar.saml_request import SAML, SAMLP
from sandbox.makelaar.state import Answer, SamlReply
from sandbox.people import AssertedMandate

XENC = "http://www.w3.org/2001/04/xmlenc#"
AES_GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
RSA_OAEP = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
VALID_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Facts:
    """Everything that a Response states."""

    issuer: str
    in_response_to: str
    destination: str
    recipient: str
    audience: str
    level: str
    subject: str
    name: str
    authenticated_at: datetime
    now: datetime
    mandate: AssertedMandate | None
    service: str | None
    sealed_for: etd.Recipient | None = None  # the dialect of eHerkenning
    indexed: etd.Service | None = None


def success(
    makelaar: Makelaar,
    reply: SamlReply,
    answer: Answer,
    service: str | None,
    now: datetime,
    recipient_key: x509.Certificate | None,
    *,
    dialect: str = "clear",
) -> bytes:
    """A Response with one Assertion, right or wrong as ``answer.fault`` says."""
    facts = facts_of(makelaar, reply, answer, service, now)
    if dialect == "etd":
        if recipient_key is None:
            raise ValueError("the broker publishes no key to encrypt for")
        facts = replace(facts, sealed_for=etd.Recipient(reply.audience, recipient_key))
    signer = makelaar
    if answer.fault is Fault.WRONG_KEY:
        signer = replace(makelaar, pair=new_pair("Onbekend"))
    assertion = _assertion(facts)
    assertion = (
        _without_mark(assertion) if answer.fault is Fault.UNSIGNED else sign(assertion, signer)
    )
    if answer.fault is Fault.BAD_SIGNATURE:
        name_id = assertion.find(f".//{{{SAML}}}NameID")
        name_id.text = f"{name_id.text}x"
    if makelaar.profile.encrypts:
        if recipient_key is None:
            raise ValueError("the broker publishes no key to encrypt for")
        assertion = encrypted(assertion, recipient_key)
    response = _response(facts, ("Success",))
    response.append(assertion)
    return _finished(response, signer)


def facts_of(
    makelaar: Makelaar, reply: SamlReply, answer: Answer, service: str | None, now: datetime
) -> Facts:
    """What the answer states, spoilt as ``answer.fault`` says."""
    facts = Facts(
        issuer=makelaar.entity_id,
        in_response_to=reply.request_id,
        destination=reply.consumer,
        recipient=reply.consumer,
        audience=reply.audience,
        level=answer.level,
        subject=answer.subject,
        name=answer.name,
        authenticated_at=answer.at,
        now=now,
        mandate=answer.mandate,
        service=service,
        indexed=etd.Service(*reply.indexed) if reply.indexed else None,
    )
    spoil = _SPOILT.get(answer.fault)
    return spoil(facts) if spoil else facts


def failure(makelaar: Makelaar, reply: SamlReply, codes: tuple[str, ...], now: datetime) -> bytes:
    """A Response without Assertion; ``codes`` are the status from outer to inner, without
    prefix.
    """
    response = etree.Element(f"{{{SAMLP}}}Response", nsmap={"samlp": SAMLP, "saml": SAML})
    _head(response, makelaar.entity_id, reply.request_id, reply.consumer, now)
    _status(response, codes)
    return serialise(sign(response, makelaar))


def _finished(response: etree._Element, signer: Makelaar) -> bytes:
    if signer.profile.signs == "assertion":
        return serialise(_without_mark(response))
    return serialise(sign(response, signer))


_ELSEWHERE: Final = "https://elders.voorbeeld.example/saml/acs"
_SPOILT: Final[dict[Fault, Callable[[Facts], Facts]]] = {
    Fault.WRONG_ISSUER: lambda f: replace(f, issuer="https://elders.voorbeeld.example/metadata"),
    Fault.WRONG_AUDIENCE: lambda f: replace(f, audience="https://elders.voorbeeld.example/sp"),
    Fault.WRONG_DESTINATION: lambda f: replace(f, destination=_ELSEWHERE, recipient=_ELSEWHERE),
    Fault.WRONG_REQUEST: lambda f: replace(f, in_response_to="_" + secrets.token_hex(16)),
    Fault.CLOCK_AHEAD: lambda f: _shifted(f, timedelta(minutes=10)),
    Fault.EXPIRED: lambda f: _shifted(f, -timedelta(minutes=10)),
}


def _shifted(facts: Facts, by: timedelta) -> Facts:
    return replace(facts, now=facts.now + by, authenticated_at=facts.authenticated_at + by)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _head(root: etree._Element, issuer: str, request: str, destination: str, now: datetime) -> None:
    root.set("ID", "_" + secrets.token_hex(16))
    root.set("Version", "2.0")
    root.set("IssueInstant", _time(now))
    root.set("InResponseTo", request)
    root.set("Destination", destination)
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = issuer
    _mark(root)


def _mark(parent: etree._Element) -> None:
    """The place where the signature goes: directly after the issuer."""
    etree.SubElement(parent, f"{{{DS}}}Signature", {"Id": "placeholder"}, nsmap={"ds": DS})


def _without_mark(root: etree._Element) -> etree._Element:
    root.remove(root.find(f"{{{DS}}}Signature"))
    return root


def _status(root: etree._Element, codes: tuple[str, ...]) -> None:
    parent = etree.SubElement(root, f"{{{SAMLP}}}Status")
    for code in codes:
        parent = etree.SubElement(parent, f"{{{SAMLP}}}StatusCode", {"Value": STATUS + code})


def _response(facts: Facts, codes: tuple[str, ...]) -> etree._Element:
    root = etree.Element(f"{{{SAMLP}}}Response", nsmap={"samlp": SAMLP, "saml": SAML})
    _head(root, facts.issuer, facts.in_response_to, facts.destination, facts.now)
    _status(root, codes)
    return root


def _assertion(facts: Facts) -> etree._Element:
    root = etree.Element(f"{{{SAML}}}Assertion", nsmap={"saml": SAML})
    root.set("ID", "_" + secrets.token_hex(16))
    root.set("Version", "2.0")
    root.set("IssueInstant", _time(facts.now))
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = facts.issuer
    _mark(root)
    _subject(root, facts)
    _conditions(root, facts)
    if facts.sealed_for is not None:
        etd.advice(root, facts.now)
        etd.statement(
            root,
            subject=facts.subject,
            mandate=facts.mandate,
            service=facts.indexed,
            to=facts.sealed_for,
        )
    statement = etree.SubElement(
        root,
        f"{{{SAML}}}AuthnStatement",
        {
            "AuthnInstant": _time(facts.authenticated_at),
            "SessionIndex": "_" + secrets.token_hex(16),
        },
    )
    context = etree.SubElement(statement, f"{{{SAML}}}AuthnContext")
    etree.SubElement(context, f"{{{SAML}}}AuthnContextClassRef").text = facts.level
    if facts.sealed_for is None:
        _attributes(root, facts)
    return root


def _subject(root: etree._Element, facts: Facts) -> None:
    subject = etree.SubElement(root, f"{{{SAML}}}Subject")
    in_session = facts.sealed_for is not None
    form = etd.TRANSIENT if in_session else PERSISTENT
    name_id = etree.SubElement(subject, f"{{{SAML}}}NameID", {"Format": form})
    name_id.text = "_" + secrets.token_hex(16) if in_session else facts.subject
    confirmation = etree.SubElement(subject, f"{{{SAML}}}SubjectConfirmation", {"Method": BEARER})
    etree.SubElement(
        confirmation,
        f"{{{SAML}}}SubjectConfirmationData",
        {
            "InResponseTo": facts.in_response_to,
            "Recipient": facts.recipient,
            "NotOnOrAfter": _time(facts.now + VALID_FOR),
        },
    )


def _conditions(root: etree._Element, facts: Facts) -> None:
    conditions = etree.SubElement(
        root,
        f"{{{SAML}}}Conditions",
        {"NotBefore": _time(facts.now), "NotOnOrAfter": _time(facts.now + VALID_FOR)},
    )
    restriction = etree.SubElement(conditions, f"{{{SAML}}}AudienceRestriction")
    etree.SubElement(restriction, f"{{{SAML}}}Audience").text = facts.audience


def _attributes(root: etree._Element, facts: Facts) -> None:
    """Attributes with the names of the scheme; the represented party as a qualified NameID."""
    statement = etree.SubElement(root, f"{{{SAML}}}AttributeStatement")
    first, _, last = facts.name.partition(" ")
    _attribute(statement, "urn:etoegang:1.9:attribute:FirstName", first)
    _attribute(statement, "urn:etoegang:1.9:attribute:FamilyName", last)
    if facts.service is not None:
        _attribute(statement, "urn:etoegang:core:ServiceUUID", facts.service)
    mandate = facts.mandate
    if mandate is None:
        return
    _identifier(statement, "urn:etoegang:core:LegalSubjectID", "KvKnr", mandate.kvk)
    if mandate.intermediary_kvk:
        _identifier(
            statement,
            "urn:etoegang:1.9:IntermediateEntityID:KvKnr",
            "KvKnr",
            mandate.intermediary_kvk,
        )
    if mandate.branches:
        _attribute(statement, "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr", *mandate.branches)
    _attribute(statement, "urn:etoegang:1.11:attribute-represented:CompanyName", mandate.name)


def _attribute(statement: etree._Element, name: str, *texts: str) -> etree._Element:
    """An attribute with these values. The last of them."""
    attribute = etree.SubElement(
        statement, f"{{{SAML}}}Attribute", {"Name": name, "NameFormat": BASIC}
    )
    for text in texts:
        value = etree.SubElement(attribute, f"{{{SAML}}}AttributeValue")
        value.text = text
    return value


def _identifier(statement: etree._Element, name: str, kind: str, number: str) -> None:
    value = _attribute(statement, name, "")
    value.text = None
    qualifier = f"urn:etoegang:1.9:EntityConcernedID:{kind}"
    name_id = etree.SubElement(
        value, f"{{{SAML}}}NameID", {"Format": PERSISTENT, "NameQualifier": qualifier}
    )
    name_id.text = number


def encrypted(assertion: etree._Element, recipient: x509.Certificate) -> etree._Element:
    """An EncryptedAssertion: AES-256-GCM under RSA-OAEP (XML Encryption 1.1 §5.2.4, §5.5.2)."""
    public = recipient.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("the broker's encryption key is not RSA")
    session_key, nonce = AESGCM.generate_key(256), secrets.token_bytes(12)
    content = nonce + AESGCM(session_key).encrypt(nonce, etree.tostring(assertion), None)
    # SHA-1 is what the widespread form of OAEP means; it is no signature.
    wrapping = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    outer = etree.Element(f"{{{SAML}}}EncryptedAssertion", nsmap={"saml": SAML})
    data = etree.SubElement(
        outer, f"{{{XENC}}}EncryptedData", {"Type": XENC + "Element"}, nsmap={"xenc": XENC}
    )
    etree.SubElement(data, f"{{{XENC}}}EncryptionMethod", {"Algorithm": AES_GCM})
    info = etree.SubElement(data, f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    key = etree.SubElement(info, f"{{{XENC}}}EncryptedKey")
    method = etree.SubElement(key, f"{{{XENC}}}EncryptionMethod", {"Algorithm": RSA_OAEP})
    etree.SubElement(method, f"{{{DS}}}DigestMethod", {"Algorithm": DS + "sha1"})
    _key_certificate(key, recipient)
    _cipher_value(key, public.encrypt(session_key, wrapping))
    _cipher_value(data, content)
    return outer


def _key_certificate(key: etree._Element, recipient: x509.Certificate) -> None:
    info = etree.SubElement(key, f"{{{DS}}}KeyInfo")
    data = etree.SubElement(info, f"{{{DS}}}X509Data")
    der = recipient.public_bytes(serialization.Encoding.DER)
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = base64.b64encode(der).decode()


def _cipher_value(parent: etree._Element, data: bytes) -> None:
    cipher = etree.SubElement(parent, f"{{{XENC}}}CipherData")
    etree.SubElement(cipher, f"{{{XENC}}}CipherValue").text = base64.b64encode(data).decode()
