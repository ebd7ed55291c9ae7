"""KeyRing: the keys that this process signs and decrypts with, opened once and never changed.

A ring is replaced as a whole; two rings are equal when they hold the same keys in the same states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.certificates import from_pem
from keys.sealing import SealBroken, Sealer
from keys.signing_key import KeyState, KeyUse, SigningKey

__all__ = ["AnyPrivateKey", "KeyMissing", "KeyRing", "KeyState", "KeyUse", "PrivateKey"]
__all__ += ["load_keyring", "open_key", "seal_key"]

AnyPrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
# One RSA key serves these; ES256 has a key of its own.
_KEY_TYPE: Final = {"RSA": "RSA", "RS256": "RSA", "PS256": "RSA", "ES256": "EC"}


class KeyMissing(LookupError):
    """There is no key for this use and algorithm; ``ensure_keys`` was not run."""


@dataclass(frozen=True)
class PrivateKey:
    """One key pair. ``kid`` is the thumbprint of the key and stands for it in comparisons."""

    kid: str
    use: KeyUse
    algorithm: str
    key: AnyPrivateKey = field(compare=False, repr=False)
    certificate: x509.Certificate | None = field(repr=False)
    state: KeyState

    def __hash__(self) -> int:
        return hash(self.kid)


@dataclass(frozen=True)
class KeyRing:
    """Every key that is not retired, in a fixed order."""

    keys: tuple[PrivateKey, ...]

    def active(self, use: KeyUse, algorithm: str) -> PrivateKey:
        """The key to sign with; RS256 and PS256 share one. Raises KeyMissing."""
        found = self._active.get((use, _KEY_TYPE.get(algorithm, algorithm)))
        if found is None:
            raise KeyMissing(f"no active key for {use} with {algorithm}")
        return found

    def published(self, use: KeyUse) -> tuple[PrivateKey, ...]:
        """What partners must know: the active key first, then the next one, then those retiring."""
        order = (KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRING)
        ours = [key for key in self.keys if key.use is use]
        return tuple(sorted(ours, key=lambda key: order.index(key.state)))

    @cached_property
    def _active(self) -> Mapping[tuple[KeyUse, str], PrivateKey]:
        return {
            (key.use, _KEY_TYPE[key.algorithm]): key
            for key in self.keys
            if key.state is KeyState.ACTIVE
        }


def load_keyring(session: Session, sealer: Sealer) -> KeyRing:
    """The ring in the database. Raises SealBroken, and WrongMasterKey under another master key."""
    rows = session.scalars(
        select(SigningKey)
        .where(SigningKey.state != KeyState.RETIRED)
        .order_by(SigningKey.use, SigningKey.algorithm, SigningKey.created_at, SigningKey.kid)
    )
    return KeyRing(tuple(_private_key(row, sealer) for row in rows))


def _private_key(row: SigningKey, sealer: Sealer) -> PrivateKey:
    if row.sealed is None:
        raise SealBroken(f"key {row.kid} has no private half")
    return PrivateKey(
        kid=row.kid,
        use=row.use,
        algorithm=row.algorithm,
        key=open_key(row.sealed, row.kid, row.use, sealer),
        certificate=_certificate(row.certificate) if row.certificate is not None else None,
        state=row.state,
    )


def seal_key(key: AnyPrivateKey, kid: str, use: KeyUse, sealer: Sealer) -> bytes:
    """The private key as kept; bound to its id and its use."""
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return sealer.seal(der, _context(kid, use))


def open_key(sealed: bytes, kid: str, use: KeyUse, sealer: Sealer) -> AnyPrivateKey:
    """The private key again; the same object as long as the process lives. Raises SealBroken."""
    return _parse(sealer.open(sealed, _context(kid, use)))


def _context(kid: str, use: KeyUse) -> str:
    return f"signing-key:{use}:{kid}"


@lru_cache(maxsize=64)
def _parse(der: bytes) -> AnyPrivateKey:
    # The seal vouches for the numbers; checking them again costs 50 ms per key.
    key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise SealBroken("not an RSA or EC key")
    return key


@lru_cache(maxsize=64)
def _certificate(pem: str) -> x509.Certificate:
    return from_pem(pem)
