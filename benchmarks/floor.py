"""The floor: every cryptographic operation of one login, bare, in this same run."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

RSA_BITS = 2048
TRIES = 300
_PKCS1 = padding.PKCS1v15()
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
_SHA256 = hashes.SHA256()


@dataclass(frozen=True)
class Operation:
    """``times`` in one login, ``milliseconds`` of CPU each."""

    name: str
    times: int
    milliseconds: float


def operations() -> tuple[Operation, ...]:
    """What this login does: measured now, with keys as long as ours."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    public, document = key.public_key(), os.urandom(2600)
    signed = key.sign(document, _PKCS1, _SHA256)
    sealer, nonce = AESGCM(AESGCM.generate_key(256)), os.urandom(12)
    sealed = sealer.encrypt(nonce, document, b"login")
    return (
        _measured("sign the AuthnRequest (RSA)", 1, lambda: key.sign(document, _PKCS1, _SHA256)),
        _measured(
            "verify Response and Assertion (RSA)",
            2,
            lambda: public.verify(signed, document, _PKCS1, _SHA256),
        ),
        _measured("digest what was signed (SHA-256)", 2, lambda: hashlib.sha256(document).digest()),
        _measured(
            "verify the client assertion (RSA)",
            1,
            lambda: public.verify(signed, document, _PKCS1, _SHA256),
        ),
        _measured(
            "sign ID token and access token (PS256)", 2, lambda: key.sign(document, _PSS, _SHA256)
        ),
        _measured("seal (AES-256-GCM)", 6, lambda: sealer.encrypt(nonce, document, b"login")),
        _measured("open (AES-256-GCM)", 4, lambda: sealer.decrypt(nonce, sealed, b"login")),
    )


def total(measured: tuple[Operation, ...]) -> float:
    """Milliseconds of CPU for one login."""
    return sum(each.times * each.milliseconds for each in measured)


def _measured(name: str, times: int, work: Callable[[], object]) -> Operation:
    for _ in range(20):
        work()
    started = time.process_time()
    for _ in range(TRIES):
        work()
    return Operation(name, times, (time.process_time() - started) * 1000 / TRIES)
