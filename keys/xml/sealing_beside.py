"""Encryption as the Dutch schemes have it: an EncryptedKey beside the data for each key of one
recipient, with its Recipient and KeyName, that a RetrievalMethod points at (XML Encryption §3.5).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from keys.xml.key_names import key_name
from keys.xml.names import DS, OAEP, XENC, XENC11, ds, xenc

GCM256: Final = XENC11 + "aes256-gcm"
CBC256: Final = XENC + "aes256-cbc"
_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class SealFor:
    """For whom, and with which of its keys: RSA each. ``cipher``: GCM256, or CBC256 where the party
    reads nothing else; what is sealed so must be signed.
    """

    entity_id: str
    certificates: Sequence[x509.Certificate]
    cipher: str = GCM256


def seal_into(parent: etree._Element, element: etree._Element, to: SealFor) -> None:
    """Put the element into ``parent``, encrypted. It stands alone: whatever it needs of namespaces
    it declares itself. A key of its own each time.
    """
    secret = secrets.token_bytes(_KEY_BYTES)
    data_id = f"_{secrets.token_hex(20)}"
    ids = [f"_{secrets.token_hex(20)}" for _ in to.certificates]
    data = etree.SubElement(
        parent,
        xenc("EncryptedData"),
        {"Id": data_id, "Type": XENC + "Element"},
        nsmap={"xenc": XENC, "ds": DS},
    )
    etree.SubElement(data, xenc("EncryptionMethod"), Algorithm=to.cipher)
    etree.SubElement(etree.SubElement(data, xenc("CipherData")), xenc("CipherValue"))
    context = xmlsec.EncryptionContext()
    context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataAes, secret)
    context.encrypt_binary(data, etree.tostring(element))
    info = etree.Element(ds("KeyInfo"))
    etree.SubElement(
        info, ds("RetrievalMethod"), {"Type": XENC + "EncryptedKey", "URI": f"#{ids[0]}"}
    )
    data.insert(1, info)
    for identifier, certificate in zip(ids, to.certificates, strict=True):
        _key(parent, secret, certificate, identifier, data_id, to.entity_id)


def _key(
    parent: etree._Element,
    secret: bytes,
    certificate: x509.Certificate,
    identifier: str,
    data_id: str,
    entity_id: str,
) -> None:
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    # SHA-1 inside OAEP is what this name of it means, and what parties read; it is no signature.
    wrapping = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    key = etree.SubElement(
        parent,
        xenc("EncryptedKey"),
        {"Id": identifier, "Recipient": entity_id},
        nsmap={"xenc": XENC, "ds": DS},
    )
    method = etree.SubElement(key, xenc("EncryptionMethod"), Algorithm=OAEP)
    etree.SubElement(method, ds("DigestMethod"), Algorithm=DS + "sha1")
    info = etree.SubElement(key, ds("KeyInfo"))
    etree.SubElement(info, ds("KeyName")).text = key_name(certificate)
    value = etree.SubElement(etree.SubElement(key, xenc("CipherData")), xenc("CipherValue"))
    value.text = base64.b64encode(public.encrypt(secret, wrapping)).decode()
    references = etree.SubElement(key, xenc("ReferenceList"))
    etree.SubElement(references, xenc("DataReference"), URI=f"#{data_id}")
