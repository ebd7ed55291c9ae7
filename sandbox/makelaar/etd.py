"""eHerkenning as a herkenningsmakelaar speaks it (DV–HM 1.13): a name of the session, identifiers
encrypted one by one for who asked, and the assertions of others in Advice.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from sandbox.makelaar.metadata import DS, PERSISTENT
from sandbox.makelaar.saml_request import SAML
from sandbox.people import AssertedMandate

XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
XS: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
KVK: Final = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
RSIN: Final = "urn:etoegang:1.9:EntityConcernedID:RSIN"
PSEUDO: Final = "urn:etoegang:1.13:EntityConcernedID:Pseudo"
AD: Final = "urn:etoegang:AD:00000003900099990000:entities:9113"
MR: Final = "urn:etoegang:MR:00000003900099990000:entities:9213"


@dataclass(frozen=True)
class Recipient:
    """For whom identifiers are encrypted."""

    entity_id: str
    certificate: x509.Certificate


@dataclass(frozen=True)
class Service:
    """A service as the metadata of who asked have it at an index."""

    service_id: str
    uuid: str


def pseudonym(subject: str, entity_id: str) -> str:
    """The person for one party: the same at each login there, and another one elsewhere."""
    left = hashlib.sha256(f"{subject} {entity_id}".encode()).hexdigest()
    return f"{left}@{hashlib.sha256(entity_id.encode()).hexdigest()[:32]}"


def statement(
    root: etree._Element,
    *,
    subject: str,
    mandate: AssertedMandate | None,
    service: Service | None,
    to: Recipient,
) -> None:
    """The attributes of who acts, for whom, within which limits, at which service."""
    said = etree.SubElement(root, f"{{{SAML}}}AttributeStatement")
    core = "urn:etoegang:core:"
    _sealed(said, f"{core}ActingSubjectID", [(PSEUDO, pseudonym(subject, to.entity_id))], to)
    if mandate is not None:
        numbers = [(KVK, mandate.kvk)]
        numbers += [(RSIN, mandate.rsin)] if mandate.rsin else []
        _sealed(said, f"{core}LegalSubjectID", numbers, to)
        name = "urn:etoegang:1.11:attribute-represented:CompanyName"
        if mandate.intermediary_kvk:
            between = "urn:etoegang:1.9:IntermediateEntityID:KvKnr"
            _sealed(said, between, [(KVK, mandate.intermediary_kvk)], to)
        if mandate.branches:
            _texts(said, "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr", *mandate.branches)
        _texts(said, name, mandate.name)
    if service is not None:
        _texts(said, f"{core}ServiceID", service.service_id)
        _texts(said, f"{core}ServiceUUID", service.uuid)


def advice(root: etree._Element, now: datetime) -> None:
    """What the authenticatiedienst and the machtigingenregister said, as evidence."""
    parent = etree.SubElement(root, f"{{{SAML}}}Advice")
    for issuer in (AD, MR):
        inner = etree.SubElement(
            parent,
            f"{{{SAML}}}Assertion",
            {
                "ID": "_" + secrets.token_hex(16),
                "Version": "2.0",
                "IssueInstant": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )
        etree.SubElement(inner, f"{{{SAML}}}Issuer").text = issuer
        said = etree.SubElement(inner, f"{{{SAML}}}AttributeStatement")
        _texts(said, "urn:etoegang:core:Representation", "true")


def _texts(said: etree._Element, name: str, *texts: str) -> None:
    attribute = etree.SubElement(said, f"{{{SAML}}}Attribute", {"Name": name})
    for text in texts:
        value = etree.SubElement(
            attribute, f"{{{SAML}}}AttributeValue", nsmap={"xs": XS, "xsi": XSI}
        )
        value.set(f"{{{XSI}}}type", "xs:string")
        value.text = text


def _sealed(
    said: etree._Element, name: str, identifiers: list[tuple[str, str]], to: Recipient
) -> None:
    attribute = etree.SubElement(said, f"{{{SAML}}}Attribute", {"Name": name})
    for kind, value in identifiers:
        name_id = etree.Element(
            f"{{{SAML}}}NameID",
            {"Format": PERSISTENT, "NameQualifier": kind},
            nsmap={"saml": SAML},
        )
        name_id.text = value
        parent = etree.SubElement(attribute, f"{{{SAML}}}AttributeValue")
        parent.append(encrypted_id(name_id, to))


def encrypted_id(name_id: etree._Element, to: Recipient) -> etree._Element:
    """AES-256-CBC under RSA-OAEP, the key beside the data with Recipient and KeyName."""
    public = to.certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("the encryption key of who asked is not RSA")
    secret, start = secrets.token_bytes(32), secrets.token_bytes(16)
    padder = padding.PKCS7(128).padder()
    padded = padder.update(etree.tostring(name_id)) + padder.finalize()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(start)).encryptor()
    content = start + encryptor.update(padded) + encryptor.finalize()
    # SHA-1 is what the scheme prescribes inside OAEP; it is no signature.
    wrapping = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    data_id, key_id = "_" + secrets.token_hex(16), "_" + secrets.token_hex(16)
    outer = etree.Element(f"{{{SAML}}}EncryptedID", nsmap={"xenc": XENC, "ds": DS})
    data = _part(outer, "EncryptedData", data_id, f"{XENC}aes256-cbc")
    data.set("Type", f"{XENC}Element")
    etree.SubElement(
        etree.SubElement(data, f"{{{DS}}}KeyInfo"),
        f"{{{DS}}}RetrievalMethod",
        {"Type": f"{XENC}EncryptedKey", "URI": f"#{key_id}"},
    )
    _cipher(data, content)
    key = _part(outer, "EncryptedKey", key_id, f"{XENC}rsa-oaep-mgf1p")
    key.set("Recipient", to.entity_id)
    etree.SubElement(key[0], f"{{{DS}}}DigestMethod", {"Algorithm": DS + "sha1"})
    info = etree.SubElement(key, f"{{{DS}}}KeyInfo")
    called = to.certificate.fingerprint(hashes.SHA256()).hex()
    etree.SubElement(info, f"{{{DS}}}KeyName").text = called
    _cipher(key, public.encrypt(secret, wrapping))
    references = etree.SubElement(key, f"{{{XENC}}}ReferenceList")
    etree.SubElement(references, f"{{{XENC}}}DataReference", {"URI": f"#{data_id}"})
    return outer


def _part(parent: etree._Element, name: str, identifier: str, algorithm: str) -> etree._Element:
    part = etree.SubElement(parent, f"{{{XENC}}}{name}", {"Id": identifier})
    etree.SubElement(part, f"{{{XENC}}}EncryptionMethod", {"Algorithm": algorithm})
    return part


def _cipher(parent: etree._Element, data: bytes) -> None:
    cipher = etree.SubElement(parent, f"{{{XENC}}}CipherData")
    etree.SubElement(cipher, f"{{{XENC}}}CipherValue").text = base64.b64encode(data).decode()
