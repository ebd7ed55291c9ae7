"""Artifacts of type 0x0004 (Bindings §3.6.4): a message stays with who made it, and the browser
carries a reference to it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from providers.saml.wire.refused import WireRefused

NAME: Final = "SAMLart"
_TYPE: Final = b"\x00\x04"
_HANDLE: Final = 20  # bytes of chance
_LENGTH: Final = 44  # type, index of the endpoint, source, handle
_LONGEST: Final = 200  # characters, with white space around it


@dataclass(frozen=True)
class Artifact:
    """``value``: as it travels. ``endpoint_index``: of the ArtifactResolutionService where it is
    resolved; ``source_id``: who made it, as ``source_id`` has it.
    """

    value: str
    endpoint_index: int
    source_id: bytes


def read_artifact(value: str | None) -> Artifact:
    """The artifact in a form or query. Raises WireRefused: message_missing, artifact_malformed."""
    if not value:
        raise WireRefused("message_missing", element="form", seen="nothing", expected=NAME)
    text = plain_value(value)
    try:
        raw = base64.b64decode(text, validate=True) if len(text) <= _LONGEST else b""
    except (ValueError, binascii.Error):
        raise _malformed(f"{len(value)} signs of something else") from None
    if len(raw) != _LENGTH:
        raise _malformed(f"{len(raw)} bytes")
    if not raw.startswith(_TYPE):
        raise _malformed(f"type 0x{raw[:2].hex()}")
    index, source = int.from_bytes(raw[2:4]), raw[4:24]
    return Artifact(base64.b64encode(raw).decode(), index, source)


def plain_value(value: str) -> str:
    """Without the line ends of a form, and with each plus sign that somebody did not escape in a
    query.
    """
    return "".join(value.splitlines()).strip().replace(" ", "+")


def new_artifact(entity_id: str, endpoint_index: int) -> str:
    """A reference that nobody can guess, of who has this entityID."""
    handle = secrets.token_bytes(_HANDLE)
    raw = _TYPE + endpoint_index.to_bytes(2) + source_id(entity_id) + handle
    return base64.b64encode(raw).decode()


def source_id(entity_id: str) -> bytes:
    """Who made an artifact: a short name of an entityID, which proves nothing."""
    return hashlib.sha1(entity_id.encode(), usedforsecurity=False).digest()


def _malformed(seen: str) -> WireRefused:
    return WireRefused(
        "artifact_malformed", element=NAME, seen=seen, expected=f"type 0x0004, {_LENGTH} bytes"
    )
