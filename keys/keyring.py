"""KeyRing: the keys that this process signs and decrypts with, opened once and never changed.

A ring is replaced as a whole; two rings are equal when they hold the same keys in the same states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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

from keys.certificates import chain_from_pem
from keys.sealing import SealBroken, Sealer
from keys.signing_key import KeyState, KeyUse, SigningKey, is_of_a_known_use

__all__ = ["AnyPrivateKey", "KeyMissing", "KeyRing", "KeyState", "KeyUse", "PrivateKey"]
__all__ += ["load_keyring", "open_key", "seal_key"]

AnyPrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
# One RSA key of a use serves all that RSA does.
_KEY_TYPE: Final = {
    **dict.fromkeys(("RSA", "RS256", "PS256", "RSA-OAEP", "RSA-OAEP-256"), "RSA"),
    **dict.fromkeys(("ES256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"), "EC"),
}


class KeyMissing(LookupError):
    """There is no key for this use and algorithm: ``ensure_keys`` was not run, or the last one was
    revoked.
    """

    def __init__(self, use: KeyUse, algorithm: str) -> None:
        super().__init__(f"no active key for {use} with {algorithm}")
        self.use = use


@dataclass(frozen=True)
class PrivateKey:
    """One key pair. ``kid`` is the thumbprint of the key and stands for it in comparisons.
    ``issuers``: the certificates of the authorities behind ``certificate``, its own issuer first.
    """

    kid: str
    use: KeyUse
    algorithm: str
    key: AnyPrivateKey = field(compare=False, repr=False)
    certificate: x509.Certificate | None = field(repr=False)
    state: KeyState
    issuers: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    def __hash__(self) -> int:
        return hash(self.kid)


@dataclass(frozen=True)
class KeyRing:
    """Every key that is published or used, in a fixed order."""

    keys: tuple[PrivateKey, ...]

    def active(self, use: KeyUse, algorithm: str) -> PrivateKey:
        """The key to sign with; RS256 and PS256 share one. Raises KeyMissing."""
        found = self._active.get((use, _KEY_TYPE.get(algorithm, algorithm)))
        if found is None:
            raise KeyMissing(use, algorithm)
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


def load_keyring(session: Session, sealer: Sealer, now: datetime | None = None) -> KeyRing:
    """The ring in the database. With ``now`` a next key whose time came is the active one, also
    where no worker wrote that down yet. Raises SealBroken, and WrongMasterKey under another master
    key.
    """
    rows = session.scalars(
        select(SigningKey)
        .where(SigningKey.state.not_in((KeyState.RETIRED, KeyState.REQUESTED)))
        .where(is_of_a_known_use())
        .order_by(SigningKey.use, SigningKey.algorithm, SigningKey.created_at, SigningKey.kid)
    ).all()
    return KeyRing(tuple(_private_key(row, _state_at(row, rows, now), sealer) for row in rows))


def is_due(row: SigningKey, now: datetime) -> bool:
    """A next key that is to be used from now on."""
    return row.state is KeyState.NEXT and row.activates_at is not None and row.activates_at <= now


def _state_at(row: SigningKey, rows: Sequence[SigningKey], now: datetime | None) -> KeyState:
    """Every process finds the same by its own clock; both keys are published around that moment."""
    if now is None:
        return row.state
    if is_due(row, now):
        return KeyState.ACTIVE
    follows = (
        other
        for other in rows
        if (other.use, other.algorithm) == (row.use, row.algorithm) and is_due(other, now)
    )
    if row.state is KeyState.ACTIVE and next(follows, None) is not None:
        return KeyState.RETIRING
    return row.state


def _private_key(row: SigningKey, state: KeyState, sealer: Sealer) -> PrivateKey:
    if row.sealed is None:
        raise SealBroken(f"key {row.kid} has no private half")
    chain = _chain(row.certificate) if row.certificate is not None else ()
    return PrivateKey(
        kid=row.kid,
        use=row.use,
        algorithm=row.algorithm,
        key=open_key(row.sealed, row.kid, row.use, sealer),
        certificate=chain[0] if chain else None,
        state=state,
        issuers=chain[1:],
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
def _chain(pem: str) -> tuple[x509.Certificate, ...]:
    return chain_from_pem(pem)
