"""Identifiers encrypted as eTD prescribes it (DV–HM 1.13): an EncryptedKey beside the data, with
Recipient and KeyName, that a RetrievalMethod points at.
"""

from __future__ import annotations

import base64
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from tests.providers.saml.maker import SP
from tests.providers.saml.sealing import SAML, XENC, Envelope, _content, ours

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
CBC: Final = XENC + "aes256-cbc"
_numbers = itertools.count()


@dataclass(frozen=True)
class KeyFor:
    """One EncryptedKey. ``key`` None: ours."""

    recipient: str | None = SP
    key: rsa.RSAPrivateKey | None = None
    name: str | None = None
    transport: str = XENC + "rsa-oaep-mgf1p"


@dataclass(frozen=True)
class EtdEnvelope:
    """How an identifier is encrypted; out of the box as the scheme has it."""

    content: str = CBC
    keys: tuple[KeyFor, ...] = field(default=(KeyFor(),))
    reference: str | None = None  # where RetrievalMethod points; None: at the first key
    plain: Callable[[bytes], bytes] = lambda plain: plain
    spoil: Callable[[bytes], bytes] = lambda cipher: cipher
    name: str = "EncryptedID"


PRESCRIBED: Final = EtdEnvelope()


def encrypted_for(element: str, how: EtdEnvelope = PRESCRIBED) -> str:
    """This element of SAML, sealed; as XML that declares every prefix."""
    number = next(_numbers)
    written = f'<saml:x xmlns:saml="{SAML}">{element}</saml:x>'
    plain = how.plain(etree.tostring(etree.fromstring(written)[0]))
    bits = 128 if "128" in how.content else 256
    secret = secrets.token_bytes(bits // 8)
    content = how.spoil(_content(Envelope(content=how.content, bits=bits), secret, plain))
    keys = "".join(_key(one, secret, f"_k{number}-{n}", number) for n, one in enumerate(how.keys))
    at = how.reference or f"#_k{number}-0"
    return (
        f'<saml:{how.name} xmlns:saml="{SAML}" xmlns:xenc="{XENC}" xmlns:ds="{DS}">'
        f'<xenc:EncryptedData Id="_d{number}" Type="{XENC}Element">'
        f'<xenc:EncryptionMethod Algorithm="{how.content}"/><ds:KeyInfo>'
        f'<ds:RetrievalMethod Type="{XENC}EncryptedKey" URI="{at}"/></ds:KeyInfo>'
        f"{_cipher(content)}</xenc:EncryptedData>{keys}</saml:{how.name}>"
    )


def _key(one: KeyFor, secret: bytes, identifier: str, number: int) -> str:
    wrapping: padding.AsymmetricPadding = padding.OAEP(
        padding.MGF1(hashes.SHA1()), hashes.SHA1(), None
    )
    if one.transport.endswith("rsa-1_5"):
        wrapping = padding.PKCS1v15()
    wrapped = (one.key or ours()).public_key().encrypt(secret, wrapping)
    recipient = "" if one.recipient is None else f' Recipient="{one.recipient}"'
    named = (
        "" if one.name is None else f"<ds:KeyInfo><ds:KeyName>{one.name}</ds:KeyName></ds:KeyInfo>"
    )
    return (
        f'<xenc:EncryptedKey Id="{identifier}"{recipient}>'
        f'<xenc:EncryptionMethod Algorithm="{one.transport}">'
        f'<ds:DigestMethod Algorithm="{DS}sha1"/></xenc:EncryptionMethod>{named}'
        f"{_cipher(wrapped)}<xenc:ReferenceList>"
        f'<xenc:DataReference URI="#_d{number}"/></xenc:ReferenceList></xenc:EncryptedKey>'
    )


def _cipher(data: bytes) -> str:
    value = base64.b64encode(data).decode()
    return f"<xenc:CipherData><xenc:CipherValue>{value}</xenc:CipherValue></xenc:CipherData>"
