"""Sealing: secrets and personal data that we keep, encrypted under a key outside the database.

AES-256-GCM (NIST SP 800-38D) with keys derived from the master key by HKDF-SHA256 (RFC 5869).
A sealed value is ``version (1) | key id (4) | nonce (12) | ciphertext and tag``; the context is
authenticated, so that what was sealed for one purpose cannot take the place of another.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 4
_HEADER_BYTES: Final = 1 + _ID_BYTES
_TAG_BYTES: Final = 16


class SealBroken(Exception):
    """What was read is not what was sealed here: changed, cut, or for another purpose or key."""


class WrongMasterKey(SealBroken):
    """Sealed under another master key than the one this process has."""


class MasterKeyError(Exception):
    """The file of the master key cannot be used; the message says why and what to do."""


class Sealer:
    """Seals, opens and fingerprints. Made once per process; safe between threads."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise MasterKeyError(f"the master key must be {KEY_BYTES} bytes")
        self._aead = AESGCM(_derive(master_key, b"sluis seal v1"))
        self._fingerprint_key = _derive(master_key, b"sluis fingerprint v1")
        self._id = _derive(master_key, b"sluis key id v1")[:_ID_BYTES]
        self._header = _VERSION + self._id

    @property
    def key_id(self) -> str:
        """Names the master key without telling it: 8 hex digits, also in all that it sealed."""
        return self._id.hex()

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt for one purpose: 33 bytes longer than ``plaintext``, different every time."""
        nonce = os.urandom(_NONCE_BYTES)
        associated = self._header + context.encode()
        return self._header + nonce + self._aead.encrypt(nonce, plaintext, associated)

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed for this context. Raises SealBroken, WrongMasterKey among them."""
        if len(sealed) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or sealed[:1] != _VERSION:
            raise SealBroken("not a sealed value")
        if sealed[:_HEADER_BYTES] != self._header:
            theirs = sealed[1:_HEADER_BYTES].hex()
            raise WrongMasterKey(f"sealed under master key {theirs}, this one is {self.key_id}")
        nonce = sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
        ciphertext = sealed[_HEADER_BYTES + _NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, ciphertext, self._header + context.encode())
        except InvalidTag:
            raise SealBroken("changed, or sealed for another purpose") from None

    def fingerprint(self, context: str, *parts: str) -> str:
        """Keyed HMAC-SHA256, 64 hex digits; equal for equal parts, not made without the key."""
        mac = hmac.new(self._fingerprint_key, digestmod="sha256")
        for part in (context, *parts):
            encoded = part.encode()
            # Lengths keep ("ab", "c") apart from ("a", "bc").
            mac.update(len(encoded).to_bytes(8) + encoded)
        return mac.hexdigest()

    def __repr__(self) -> str:
        return f"Sealer(key_id={self.key_id!r})"


def create_master_key(path: Path) -> bytes:
    """Make a new master key in a file, mode 0600. Raises MasterKeyError if there is one.

    The file appears whole or not at all: a second process that starts now never reads half a key.
    """
    key = secrets.token_bytes(KEY_BYTES)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(key) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)
        finally:
            temporary.unlink()
    except FileExistsError:
        raise MasterKeyError(f"{path} exists already and is not replaced") from None
    except OSError as error:
        raise MasterKeyError(f"{path} cannot be written: {error.strerror}") from None
    return key


def load_master_key(path: Path) -> bytes:
    """The master key in this file. Raises MasterKeyError with what to do."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_bytes()
    except FileNotFoundError:
        raise MasterKeyError(
            f"the master key {path} is missing; put it back from where you keep it, "
            "or make one for a new installation with: sluis init"
        ) from None
    except OSError as error:
        raise MasterKeyError(f"the master key {path} cannot be read: {error.strerror}") from None
    if mode & 0o027:
        raise MasterKeyError(
            f"the master key {path} is open to others (mode {mode:04o}); chmod 600 it"
        )
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"the master key {path} is damaged; it must hold 32 bytes in base64")
    return key


def _derive(master_key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master_key)
