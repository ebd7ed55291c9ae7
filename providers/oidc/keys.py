"""The signing keys of a makelaar: its JWK set, read strictly (RFC 7517), and one key of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from providers.interface import ProviderRefused, ProviderUnavailable

MAX_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 100
MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192  # verifying with an oversized modulus is work for us only
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})
_TYPE_OF: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
PublicKey = RSAKey | ECKey


@dataclass(frozen=True)
class PublishedKey:
    """``alg``: what the makelaar limits the key to, if it does."""

    kid: str | None
    kty: str
    alg: str | None
    key: PublicKey


@dataclass(frozen=True)
class PublishedKeys:
    keys: tuple[PublishedKey, ...]

    def choose(self, kid: str | None, alg: str) -> PublicKey | None:
        """The key for this header, None where it is not here. Raises ProviderRefused(kid_missing).

        Without ``kid`` only where there is one key it can be (OpenID Connect Core §10.1).
        """
        fitting = [k for k in self.keys if k.kty == _TYPE_OF[alg] and k.alg in (None, alg)]
        if kid is not None:
            return next((k.key for k in fitting if k.kid == kid), None)
        if len(fitting) > 1:
            raise ProviderRefused("kid_missing", f"{len(fitting)} keys could have signed")
        return fitting[0].key if fitting else None


def read_jwks(document: Mapping[str, Any]) -> PublishedKeys:
    """The keys that can verify; those for other things are left out.

    Raises ProviderUnavailable unless the whole set can be trusted.
    """
    entries = document.get("keys")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ProviderUnavailable("key set: malformed")
    if len(entries) > MAX_KEYS:
        raise ProviderUnavailable("key set: too many keys")
    if any(_PRIVATE & entry.keys() for entry in entries):
        raise ProviderUnavailable("key set: holds a private key")
    keys = tuple(key for entry in entries if (key := _read_key(entry)) is not None)
    kids = [key.kid for key in keys if key.kid is not None]
    if len(kids) != len(set(kids)):
        raise ProviderUnavailable("key set: a kid occurs twice")
    if not keys:
        raise ProviderUnavailable("key set: no usable key")
    return PublishedKeys(keys)


def _read_key(entry: Mapping[str, Any]) -> PublishedKey | None:
    kid, kty, alg = entry.get("kid"), entry.get("kty"), entry.get("alg")
    operations = entry.get("key_ops")
    if entry.get("use") not in (None, "sig") or kty not in ("RSA", "EC"):
        return None
    if isinstance(operations, list) and "verify" not in operations:
        return None
    if not (kid is None or isinstance(kid, str)) or not (alg is None or isinstance(alg, str)):
        return None
    key = _import(entry)
    return PublishedKey(kid, kty, alg, key) if key is not None else None


def _import(entry: Mapping[str, Any]) -> PublicKey | None:
    """The key itself, from its numbers only; None for one that is weak or broken."""
    wanted = ("kty", "n", "e") if entry["kty"] == "RSA" else ("kty", "crv", "x", "y")
    numbers = {name: entry[name] for name in wanted if isinstance(entry.get(name), str)}
    try:
        if entry["kty"] == "EC":
            return ECKey.import_key(numbers) if entry.get("crv") == "P-256" else None
        if not MIN_RSA_BITS <= _bits(numbers["n"]) <= MAX_RSA_BITS:
            return None
        return RSAKey.import_key(numbers)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _bits(number: str) -> int:
    """Size of a Base64urlUInt (RFC 7518 §2). Raises ValueError."""
    padded = number + "=" * (-len(number) % 4)
    return int.from_bytes(base64.b64decode(padded, b"-_", validate=True)).bit_length()
