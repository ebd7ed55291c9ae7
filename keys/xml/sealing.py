"""Encryption of XML elements for somebody else: AES-256-GCM under RSA-OAEP (XML Encryption 1.1
§5.2.4, §5.5.2). What others encrypt for us is opened in ``keys.xml.encryption``.
"""

from __future__ import annotations

from typing import Final

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from keys.xml.names import ds, xenc

_ELEMENT: Final = "http://www.w3.org/2001/04/xmlenc#Element"


def encrypted(element: etree._Element, certificate: x509.Certificate) -> etree._Element:
    """EncryptedData with the key that opens it, for the RSA key of this certificate. ``element``
    stands alone: whatever it needs of namespaces it declares itself.
    """
    data = etree.Element(xenc("EncryptedData"), Type=_ELEMENT, nsmap={"xenc": xenc("").strip("{}")})
    _method(data, xmlsec.constants.TransformAes256Gcm.href)
    info = etree.SubElement(data, ds("KeyInfo"), nsmap={"ds": ds("").strip("{}")})
    key = etree.SubElement(info, xenc("EncryptedKey"))
    _method(key, xmlsec.constants.TransformRsaOaep.href)
    for part in (key, data):
        cipher = etree.SubElement(part, xenc("CipherData"))
        etree.SubElement(cipher, xenc("CipherValue"))
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(
        xmlsec.constants.KeyDataAes, 256, xmlsec.constants.KeyDataTypeSession
    )
    done: etree._Element = context.encrypt_binary(data, etree.tostring(element))
    return done


def _method(parent: etree._Element, algorithm: str) -> None:
    etree.SubElement(parent, xenc("EncryptionMethod"), Algorithm=algorithm)
