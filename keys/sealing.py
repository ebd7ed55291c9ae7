"""Sealing: secrets and personal data that we keep, encrypted under a key outside the database.

AES-256-GCM (NIST SP 800-38D) with keys derived from the master key by HKDF-SHA256 (RFC 5869).
A sealed value is ``version (1) | key id (4) | nonce (12) | ciphertext and tag``; the context is
authenticated, so that what was sealed for one purpose cannot take the place of another.

Fingerprints are for good, so their key stays when the master key is replaced. Every later master
key is derived together with it: who loses the fingerprint key opens nothing, instead of giving
every person another ``sub``.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 4
HEADER_BYTES: Final = 1 + _ID_BYTES
_TAG_BYTES: Final = 16
_SHORTEST: Final = HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES


class SealBroken(Exception):
    """What was read is not what was sealed here: changed, cut, or for another purpose or key."""


class WrongMasterKey(SealBroken):
    """Sealed under another master key than those that this process has."""


class MasterKeyError(Exception):
    """The file of the master key cannot be used; the message says why and what to do."""


class Sealer:
    """Seals, opens and fingerprints. Made once per process; safe between threads.

    ``others`` open what they sealed and seal nothing. ``fingerprint_key``: that of the first master
    key of the installation; None: ``master_key`` is the first one.
    """

    def __init__(
        self,
        master_key: bytes,
        *,
        others: Sequence[bytes] = (),
        fingerprint_key: bytes | None = None,
    ) -> None:
        if any(len(key) != KEY_BYTES for key in (master_key, *others)):
            raise MasterKeyError(f"a master key must be {KEY_BYTES} bytes")
        kept = fingerprint_key or fingerprint_key_of(master_key)
        derived = [_Derived(key, kept) for key in (master_key, *others)]
        self._fingerprint_key = kept
        self._header, self._aead = derived[0].header, derived[0].aead
        self._openers = {one.header: one.aead for one in derived}
        if len(self._openers) != len(derived):
            raise MasterKeyError("two master keys have the same id")

    @property
    def key_id(self) -> str:
        """Names the master key without telling it: 8 hex digits, also in all that it sealed."""
        return self._header[1:].hex()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of every key that opens; first the one that seals."""
        return tuple(header[1:].hex() for header in self._openers)

    @property
    def header(self) -> bytes:
        """How everything begins that is sealed from now on: HEADER_BYTES bytes."""
        return self._header

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt for one purpose: 33 bytes longer than ``plaintext``, different every time."""
        nonce = os.urandom(_NONCE_BYTES)
        associated = self._header + context.encode()
        return self._header + nonce + self._aead.encrypt(nonce, plaintext, associated)

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed for this context. Raises SealBroken, WrongMasterKey among them."""
        if len(sealed) < _SHORTEST or sealed[:1] != _VERSION:
            raise SealBroken("not a sealed value")
        header = sealed[:HEADER_BYTES]
        aead = self._openers.get(header)
        if aead is None:
            ours = ", ".join(self.key_ids)
            raise WrongMasterKey(f"sealed under master key {header[1:].hex()}, here is {ours}")
        nonce = sealed[HEADER_BYTES : HEADER_BYTES + _NONCE_BYTES]
        ciphertext = sealed[HEADER_BYTES + _NONCE_BYTES :]
        try:
            return aead.decrypt(nonce, ciphertext, header + context.encode())
        except InvalidTag:
            raise SealBroken("changed, or sealed for another purpose") from None

    def fingerprint(self, context: str, *parts: str) -> str:
        """Keyed HMAC-SHA256, 64 hex digits; equal for equal parts, not made without the key."""
        message = b""
        for part in (context, *parts):
            encoded = part.encode()
            # Lengths keep ("ab", "c") apart from ("a", "bc").
            message += len(encoded).to_bytes(8) + encoded
        return hmac.digest(self._fingerprint_key, message, "sha256").hex()

    def __repr__(self) -> str:
        return f"Sealer(key_ids={self.key_ids!r})"


class _Derived:
    """What one master key seals with, and how that begins."""

    def __init__(self, master_key: bytes, fingerprint_key: bytes) -> None:
        salt = _salt(master_key, fingerprint_key)
        self.aead = AESGCM(_derive(master_key, b"sluis seal v1", salt))
        self.header = _VERSION + _id(master_key, salt)


def fingerprint_key_of(first: bytes) -> bytes:
    """The key of the fingerprints that the first master key of an installation brings: 32 bytes,
    from which the master key cannot be found.
    """
    return _derive(first, b"sluis fingerprint v1", None)


def key_id_of(master_key: bytes, fingerprint_key: bytes) -> str:
    """The id of a master key of the installation with these fingerprints: 8 hex digits."""
    return _id(master_key, _salt(master_key, fingerprint_key)).hex()


def sealed_under(header: bytes) -> str | None:
    """The id of the master key that a sealed value names; None: it is no sealed value."""
    whole = len(header) >= HEADER_BYTES and header[:1] == _VERSION
    return header[1:HEADER_BYTES].hex() if whole else None


def _salt(master_key: bytes, fingerprint_key: bytes) -> bytes | None:
    """None for the first master key, whose values are older than the second."""
    first = hmac.compare_digest(fingerprint_key_of(master_key), fingerprint_key)
    return None if first else fingerprint_key


def _id(master_key: bytes, salt: bytes | None) -> bytes:
    return _derive(master_key, b"sluis key id v1", salt)[:_ID_BYTES]


def _derive(master_key: bytes, info: bytes, salt: bytes | None) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(master_key)
