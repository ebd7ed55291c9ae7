"""A passkey in software, for tests: it signs what it is told to sign, right or wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
HOLDS_KEY: Final = 0x40


def text_of(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with one passkey, on ES256. ``count`` is what it says at its next use."""

    origin: str
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    count: int = 1
    user: bytes = b""

    def create(self, options: str, **changes: Any) -> str:
        """The answer to ``navigator.credentials.create``, in order but for ``changes``."""
        asked = json.loads(options)
        self.user = bytes_of(asked["user"]["id"])
        client = self._client("webauthn.create", asked["challenge"], changes)
        rp_id = changes.get("rp_id", asked["rp"]["id"])
        flags = changes.get("flags", PRESENT | VERIFIED) | HOLDS_KEY
        head = self._head(rp_id, flags, changes.get("count", 0))
        key = changes.get("cose", self._cose(changes.get("alg", -7)))
        size = len(self.credential_id).to_bytes(2, "big")
        data = head + bytes(16) + size + self.credential_id + cbor2.dumps(key)
        attestation = {
            "fmt": changes.get("fmt", "none"),
            "attStmt": changes.get("statement", {}),
            "authData": data,
        }
        return self._answer(
            {
                "clientDataJSON": text_of(client),
                "attestationObject": text_of(cbor2.dumps(attestation)),
            }
        )

    def get(self, options: str, **changes: Any) -> str:
        """The answer to ``navigator.credentials.get``, in order but for ``changes``."""
        asked = json.loads(options)
        client = self._client("webauthn.get", asked["challenge"], changes)
        rp_id, count = changes.get("rp_id", asked["rpId"]), changes.get("count", self.count)
        data = self._head(rp_id, changes.get("flags", PRESENT | VERIFIED), count)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(changes.get("signed", signed), ec.ECDSA(hashes.SHA256()))
        self.count = count + 1
        response = {
            "clientDataJSON": text_of(client),
            "authenticatorData": text_of(data),
            "signature": text_of(signature),
        }
        user = changes.get("user", self.user)
        if user:
            response["userHandle"] = text_of(user)
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> str:
        name = text_of(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _client(self, kind: str, challenge: str, changes: dict[str, Any]) -> bytes:
        said = {
            "type": changes.get("type", kind),
            "challenge": changes.get("challenge", challenge),
            "origin": changes.get("origin", self.origin),
            **changes.get("client", {}),
        }
        return json.dumps(said).encode()

    def _head(self, rp_id: str, flags: int, count: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _cose(self, alg: int) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        return {
            1: 2,
            3: alg,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
