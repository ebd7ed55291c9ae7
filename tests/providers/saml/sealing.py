"""Encrypted elements in every shape, right and wrong (XML Encryption 1.1)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import padding as block_padding
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from lxml import etree

from keys.keyring import KeyUse
from tests.keys_for_tests import make_private_key

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
XENC11: Final = "http://www.w3.org/2009/xmlenc11#"
SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
AES256_GCM: Final = XENC11 + "aes256-gcm"
OAEP: Final = XENC + "rsa-oaep-mgf1p"
CIPHER_VALUE: Final = f"{{{XENC}}}CipherValue"


@dataclass(frozen=True)
class Envelope:
    """One way to encrypt. ``plain`` instead of the element; ``flip`` spoils the ciphertext."""

    content: str = AES256_GCM
    transport: str = OAEP
    digest: str | None = None  # of OAEP; None names none
    mask: str | None = None
    bits: int = 256
    recipient: rsa.RSAPrivateKey | None = None  # None: Sluis
    beside: bool = False  # the key beside the data instead of in its KeyInfo
    plain: Callable[[bytes], bytes] = lambda plain: plain
    spoil: Callable[[bytes], bytes] = lambda cipher: cipher
    spoil_key: Callable[[bytes], bytes] = lambda cipher: cipher
    name: str = "EncryptedAssertion"


GOOD: Final = Envelope()


def ours() -> rsa.RSAPrivateKey:
    """The key that Sluis decrypts with."""
    key = make_private_key(KeyUse.SAML_ENCRYPTION, "RSA").key
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def seal(element: etree._Element, how: Envelope = GOOD) -> etree._Element:
    """The element inside an EncryptedAssertion or the like."""
    secret = secrets.token_bytes(how.bits // 8)
    content = how.spoil(_content(how, secret, how.plain(etree.tostring(element))))
    public = (how.recipient or ours()).public_key()
    wrapped = how.spoil_key(public.encrypt(secret, _transport(how)))
    digest = f'<ds:DigestMethod Algorithm="{how.digest}"/>' if how.digest else ""
    mask = f'<xenc11:MGF Algorithm="{how.mask}"/>' if how.mask else ""
    key = (
        f'<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{how.transport}">{digest}{mask}'
        f"</xenc:EncryptionMethod>{_cipher(wrapped)}</xenc:EncryptedKey>"
    )
    inside, outside = ("", key) if how.beside else (f"<ds:KeyInfo>{key}</ds:KeyInfo>", "")
    return etree.fromstring(
        f'<saml:{how.name} xmlns:saml="{SAML}" xmlns:xenc="{XENC}" xmlns:xenc11="{XENC11}" '
        f'xmlns:ds="{DS}"><xenc:EncryptedData Type="{XENC}Element">'
        f'<xenc:EncryptionMethod Algorithm="{how.content}"/>{inside}{_cipher(content)}'
        f"</xenc:EncryptedData>{outside}</saml:{how.name}>"
    )


def wrapped_key(recipient: rsa.RSAPrivateKey, transport: str = OAEP) -> etree._Element:
    """An EncryptedKey of some content for another party, to stand beside ours."""
    how = Envelope(transport=transport)
    wrapped = recipient.public_key().encrypt(secrets.token_bytes(32), _transport(how))
    return etree.fromstring(
        f'<xenc:EncryptedKey xmlns:xenc="{XENC}"><xenc:EncryptionMethod Algorithm="{transport}"/>'
        f"{_cipher(wrapped)}</xenc:EncryptedKey>"
    )


def _cipher(data: bytes) -> str:
    value = base64.b64encode(data).decode()
    return f"<xenc:CipherData><xenc:CipherValue>{value}</xenc:CipherValue></xenc:CipherData>"


def _content(how: Envelope, secret: bytes, plain: bytes) -> bytes:
    if how.content.endswith("-cbc"):
        start = secrets.token_bytes(16)
        padder = block_padding.PKCS7(128).padder()
        padded = padder.update(plain) + padder.finalize()
        encryptor = Cipher(AES(secret), modes.CBC(start)).encryptor()
        return start + encryptor.update(padded) + encryptor.finalize()
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(secret).encrypt(nonce, plain, None)


_HASHES: Final = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def _transport(how: Envelope) -> padding.AsymmetricPadding:
    if how.transport.endswith("rsa-1_5"):
        return padding.PKCS1v15()
    digest = _HASHES.get((how.digest or "").rpartition("#")[2], hashes.SHA1)()
    mask = _HASHES.get((how.mask or "").rpartition("mgf1")[2], hashes.SHA1)()
    return padding.OAEP(padding.MGF1(mask), digest, None)
