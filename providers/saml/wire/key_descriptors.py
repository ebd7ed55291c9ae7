"""Our keys in our metadata (SAML Metadata §2.4.1.1): each with its certificate, and a name by which
a message may say which of them was used.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Final, Literal

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from keys.keyring import PrivateKey
from keys.xml.key_names import key_name as certificate_name
from keys.xml.names import ds
from providers.saml.wire.names import md

_ENCRYPTS_WITH: Final = (
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
)


def add_keys(
    role: etree._Element, use: Literal["signing", "encryption"], keys: Iterable[PrivateKey]
) -> None:
    """A KeyDescriptor for each of these keys."""
    for key in keys:
        assert key.certificate is not None
        descriptor = etree.SubElement(role, md("KeyDescriptor"), use=use)
        info = etree.SubElement(descriptor, ds("KeyInfo"))
        etree.SubElement(info, ds("KeyName")).text = key_name(key)
        data = etree.SubElement(info, ds("X509Data"))
        der = key.certificate.public_bytes(Encoding.DER)
        etree.SubElement(data, ds("X509Certificate")).text = base64.b64encode(der).decode()
        for algorithm in _ENCRYPTS_WITH if use == "encryption" else ():
            etree.SubElement(descriptor, md("EncryptionMethod"), Algorithm=algorithm)


def key_name(key: PrivateKey) -> str:
    """What this key is called in metadata and messages: the fingerprint of its certificate."""
    assert key.certificate is not None
    return certificate_name(key.certificate)
