"""The floor: every cryptographic operation of one login, bare.

It is done once after each measured login and not in a loop of its own: a loop keeps everything in
the processor's caches, which no login does.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

RSA_BITS = 2048
MESSAGE = 2600  # bytes of a canonical assertion
IDENTIFIER = 320  # bytes of a NameID, padded
_PKCS1 = padding.PKCS1v15()
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
_SHA256 = hashes.SHA256()


@dataclass(frozen=True)
class Operation:
    """Something cryptographic that one login does so many times."""

    name: str
    times: int
    work: Callable[[], object]


class Floor:
    """Adds up what one login's cryptography costs, with keys as long as Sluis makes them.
    ``identifiers``: so many encrypted one by one, in an answer that is fetched by artifact.
    """

    def __init__(self, *, encrypt: bool, saml_out: bool = False, identifiers: int = 0) -> None:
        operations = _operations_saml_out() if saml_out else _operations()
        self.operations = (
            *operations,
            *(_decryption() if encrypt else ()),
            *(_operations_etd(identifiers) if identifiers else ()),
        )
        self._spent = 0.0  # seconds of CPU
        self._times = 0

    @property
    def milliseconds(self) -> float:
        """CPU of one login's cryptography, the mean so far."""
        return self._spent * 1000 / self._times

    def once(self) -> None:
        """All operations of one login."""
        started = time.thread_time()
        for operation in self.operations:
            for _ in range(operation.times):
                operation.work()
        self._spent += time.thread_time() - started
        self._times += 1


def _operations() -> Iterator[Operation]:
    ours, tokens, makelaar = _rsa(), _rsa(), _rsa()
    public, document = makelaar.public_key(), os.urandom(MESSAGE)
    signature = makelaar.sign(document, _PKCS1, _SHA256)
    sealer, nonce = AESGCM(AESGCM.generate_key(256)), os.urandom(12)
    sealed = sealer.encrypt(nonce, document, b"login")

    def verify() -> None:
        public.verify(signature, document, _PKCS1, _SHA256)

    yield Operation("sign the AuthnRequest", 1, lambda: ours.sign(document, _PKCS1, _SHA256))
    yield Operation("verify Response and Assertion", 2, verify)
    yield Operation("digest them", 2, lambda: hashlib.sha256(document).digest())
    yield Operation("verify the client assertion", 1, verify)
    yield Operation("sign both tokens", 2, lambda: tokens.sign(document, _PSS, _SHA256))
    yield Operation(
        "seal login, code, claims", 5, lambda: sealer.encrypt(nonce, document, b"login")
    )
    yield Operation("open login and code", 3, lambda: sealer.decrypt(nonce, sealed, b"login"))
    yield Operation("pseudonyms, fingerprints", 5, lambda: hmac.digest(b"k" * 32, b"x", "sha256"))
    yield Operation("cookies, ticket, challenge", 8, lambda: hashlib.sha256(b"c" * 43).digest())
    yield Operation("random values", 14, lambda: os.urandom(16))


def _operations_saml_out() -> Iterator[Operation]:
    """Of a portal that speaks SAML: its request verified, its Response signed, and no tokens."""
    ours, other = _rsa(), _rsa()
    public, document = other.public_key(), os.urandom(MESSAGE)
    signature = other.sign(document, _PKCS1, _SHA256)
    sealer, nonce = AESGCM(AESGCM.generate_key(256)), os.urandom(12)
    sealed = sealer.encrypt(nonce, document, b"login")

    def verify() -> None:
        public.verify(signature, document, _PKCS1, _SHA256)

    yield Operation("verify the portal's request", 1, verify)
    yield Operation("sign the AuthnRequest", 1, lambda: ours.sign(document, _PKCS1, _SHA256))
    yield Operation("verify Response and Assertion", 2, verify)
    yield Operation("sign ours", 2, lambda: ours.sign(document, _PKCS1, _SHA256))
    yield Operation("digest all four", 4, lambda: hashlib.sha256(document).digest())
    yield Operation("seal the login", 3, lambda: sealer.encrypt(nonce, document, b"login"))
    yield Operation("open the login", 2, lambda: sealer.decrypt(nonce, sealed, b"login"))
    yield Operation("pseudonyms, fingerprints", 5, lambda: hmac.digest(b"k" * 32, b"x", "sha256"))
    yield Operation("cookies, ID seen once", 6, lambda: hashlib.sha256(b"c" * 43).digest())
    yield Operation("random values", 14, lambda: os.urandom(16))


def _operations_etd(identifiers: int) -> Iterator[Operation]:
    """What a makelaar of eHerkenning adds: our question for the answer signed, each identifier
    unwrapped and decrypted, the evidence sealed.
    """
    ours, document = _rsa(), os.urandom(MESSAGE)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    secret, start = os.urandom(32), os.urandom(16)
    wrapped = ours.public_key().encrypt(secret, oaep)
    sealer, nonce = AESGCM(AESGCM.generate_key(256)), os.urandom(12)

    def opened() -> bytes:
        decryptor = Cipher(algorithms.AES(secret), modes.CBC(start)).decryptor()
        return decryptor.update(document[:IDENTIFIER]) + decryptor.finalize()

    yield Operation("sign the ArtifactResolve", 1, lambda: ours.sign(document, _PKCS1, _SHA256))
    yield Operation(
        "unwrap the keys of identifiers", identifiers, lambda: ours.decrypt(wrapped, oaep)
    )
    yield Operation("decrypt the identifiers", identifiers, opened)
    yield Operation("seal the evidence", 1, lambda: sealer.encrypt(nonce, document, b"evidence"))


def _decryption() -> Iterator[Operation]:
    """What an encrypted assertion adds."""
    key, document = _rsa(), os.urandom(MESSAGE)
    # SHA-1 is what the widespread form of OAEP means; it is no signature.
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    content_key = AESGCM.generate_key(256)
    wrapped = key.public_key().encrypt(content_key, oaep)
    sealed = AESGCM(content_key).encrypt(b"n" * 12, document, None)
    yield Operation("unwrap the content key (RSA-OAEP)", 1, lambda: key.decrypt(wrapped, oaep))
    yield Operation(
        "decrypt the assertion", 1, lambda: AESGCM(content_key).decrypt(b"n" * 12, sealed, None)
    )


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
