"""Key sets of others (RFC 7517): the public keys in them that can verify a signature, read strictly
from their numbers alone. What else an entry holds (certificates, dates, extensions) counts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keys.public_jwks import MAX_KEYS, PRIVATE_PARTS, UselessKey, VerifyingKey, read_key


class KeySetMalformed(ValueError):
    """What was fetched is no key set; the message says why, without its content."""


@dataclass(frozen=True)
class PublishedKey:
    """``alg``: what the key is limited to by its owner, if it is."""

    kid: str | None
    kty: str
    alg: str | None
    key: VerifyingKey


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
    spent = {_number(entry) for entry in objects if PRIVATE_PARTS & entry.keys()}
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
    try:
        key = read_key(entry)
    except UselessKey:
        return None
    return PublishedKey(entry.get("kid"), entry["kty"], entry.get("alg"), key)
