"""Keys for tests: made once per process, because an RSA key takes a tenth of a second."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from keys.certificates import self_signed
from keys.jwks import thumbprint
from keys.keyring import AnyPrivateKey, KeyRing, KeyState, KeyUse, PrivateKey
from keys.rotation import NEEDED
from keys.sealing import Sealer
from keys.signing_key import CERTIFIED_USES
from tests.rsa_keys import rsa_keys

MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
_RSA_KEYS: Final = rsa_keys(2048)


@cache
def rsa_key(name: str = "any") -> rsa.RSAPrivateKey:
    """An RSA-2048 key; the same one for the same name."""
    return next(_RSA_KEYS)


@cache
def ec_key(name: str = "any") -> ec.EllipticCurvePrivateKey:
    """A P-256 key; the same one for the same name."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def make_sealer() -> Sealer:
    """A sealer under a master key that is the same in every test."""
    return Sealer(b"a master key that is for tests.."[:32])


@cache
def make_keyring() -> KeyRing:
    """An active key for every use, without a database."""
    return KeyRing(tuple(make_private_key(use, algorithm) for use, algorithm in NEEDED))


@cache
def make_private_key(
    use: KeyUse, algorithm: str, state: KeyState = KeyState.ACTIVE, name: str = "any"
) -> PrivateKey:
    """One key of ours; another ``name`` gives another key."""
    label = f"{use} {algorithm} {state} {name}"
    key: AnyPrivateKey = ec_key(label) if algorithm in ("ES256", "ECDH-ES") else rsa_key(label)
    certificate = None
    if use in CERTIFIED_USES and isinstance(key, RSAPrivateKey):
        certificate = self_signed(key, label, MADE_AT)
    return PrivateKey(
        kid=thumbprint(key),
        use=use,
        algorithm=algorithm,
        key=key,
        certificate=certificate,
        state=state,
    )
