"""Key sets of others (RFC 7517): the public keys in them that can verify a signature, read strictly
from their numbers alone. What else an entry holds (certificates, dates, extensions) counts nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, RSAKey

MAX_KEYS: Final = 100
MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192  # verifying with an oversized modulus is work for us only
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})
PublicKey = RSAKey | ECKey


class KeySetMalformed(ValueError):
    """What was fetched is no key set; the message says why, without its content."""


@dataclass(frozen=True)
class PublishedKey:
    """``alg``: what the key is limited to by its owner, if it is."""

    kid: str | None
    kty: str
    alg: str | None
    key: PublicKey


def read_key_set(document: object) -> tuple[PublishedKey, ...]:
    """The keys that can verify. One that cannot, or that cannot be told apart, is left out and
    costs the others nothing. A set in which nothing is left says that there are no keys any more.

    Raises KeySetMalformed.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise KeySetMalformed("malformed")
    if len(entries) > MAX_KEYS:
        raise KeySetMalformed("too many keys")
    objects = [entry for entry in entries if isinstance(entry, dict)]
    if entries and not objects:
        raise KeySetMalformed("malformed")
    spent = {_number(entry) for entry in objects if _PRIVATE & entry.keys()}
    read = (_read_key(entry) for entry in objects if _number(entry) not in spent)
    return _distinct([key for key in read if key is not None])


def _number(entry: Mapping[str, Any]) -> str:
    """What makes this key what it is: who publishes the private half has spent the public one."""
    return str(entry.get("n" if entry.get("kty") == "RSA" else "x"))


def _distinct(keys: list[PublishedKey]) -> tuple[PublishedKey, ...]:
    """Once each, and without those of which nobody can say which is meant: other keys under one
    name. Keys of another type, or for another algorithm, may share it (RFC 7517 §4.5).
    """
    once = {(key.kid, key.alg, key.key.thumbprint()): key for key in keys}
    named = [(key, thumbprint) for (_, _, thumbprint), key in once.items()]

    def is_doubled(key: PublishedKey, thumbprint: str) -> bool:
        return key.kid is not None and any(
            (other.kid, other.kty) == (key.kid, key.kty)
            and (other.alg is None or key.alg is None or other.alg == key.alg)
            and other_thumbprint != thumbprint
            for other, other_thumbprint in named
        )

    return tuple(key for key, thumbprint in named if not is_doubled(key, thumbprint))


def _read_key(entry: Mapping[str, Any]) -> PublishedKey | None:
    kid, kty, alg = entry.get("kid"), entry.get("kty"), entry.get("alg")
    operations = entry.get("key_ops")
    if entry.get("use") not in (None, "sig") or kty not in ("RSA", "EC"):
        return None
    if isinstance(operations, list) and "verify" not in operations:
        return None
    if not (kid is None or isinstance(kid, str)) or not (alg is None or isinstance(alg, str)):
        return None
    parameters: KeyParameters = {"use": "sig"}
    if kid is not None:
        parameters["kid"] = kid
    if alg is not None:
        parameters["alg"] = alg
    key = _import(entry, parameters)
    return PublishedKey(kid, kty, alg, key) if key is not None else None


def _import(entry: Mapping[str, Any], parameters: KeyParameters) -> PublicKey | None:
    """The key itself, from its numbers only; None for one that is weak or broken."""
    wanted = ("kty", "n", "e") if entry["kty"] == "RSA" else ("kty", "crv", "x", "y")
    numbers = {name: entry[name] for name in wanted if isinstance(entry.get(name), str)}
    kind: type[ECKey] | type[RSAKey] = ECKey if entry["kty"] == "EC" else RSAKey
    try:
        if kind is ECKey and entry.get("crv") != "P-256":
            return None
        if kind is RSAKey and not MIN_RSA_BITS <= _bits(numbers["n"]) <= MAX_RSA_BITS:
            return None
        key = kind.import_key(numbers, parameters)
        _ = key.raw_value  # the numbers themselves are judged when they are used first
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return key


def _bits(number: str) -> int:
    """Size of a Base64urlUInt (RFC 7518 §2). Raises ValueError."""
    padded = number + "=" * (-len(number) % 4)
    return int.from_bytes(base64.b64decode(padded, b"-_", validate=True)).bit_length()
