"""What others encrypted for us in JOSE (RFC 7516), opened with the keys that we publish for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from keys.jose_algorithms import (
    CONTENT_ENCRYPTIONS,
    KEY_ENCRYPTIONS,
    ContentEncryption,
    KeyEncryption,
)
from keys.jwks import ENCRYPTED_WITH, joserfc_key, kid_for
from keys.keyring import KeyRing, KeyUse, PrivateKey

MAX_ENCRYPTED: Final = 32 * 1024  # of the whole, in signs
MAX_HEADER: Final = 8192  # in base64url
PARTS: Final = 5
# What they say changes how the rest is read: ``zip`` makes much of little.
_OTHER_RULES: Final = ("crit", "zip")


class JweMalformed(ValueError):
    """No compact JWE, or a header with rules that are not followed; the message says which."""


class OtherEncryption(ValueError):
    """In another way than was agreed. ``seen``: the word, or None where it is no text."""

    def __init__(self, member: str, seen: object) -> None:
        super().__init__(f"another {member}")
        self.member = member
        self.seen = seen if isinstance(seen, str) else None


class CannotBeOpened(ValueError):
    """Not with any key of ours. Whether the key or the content did not fit is not said."""


@dataclass(frozen=True)
class Encryption:
    """In what somebody encrypts for us; nothing else is opened."""

    alg: KeyEncryption
    enc: ContentEncryption


@dataclass(frozen=True)
class OpenedJwe:
    """``is_token``: whether the sender says that a token lies in it (``cty``); None: not a word."""

    content: bytes
    is_token: bool | None


def is_encrypted(token: str) -> bool:
    """By its shape (RFC 7516 §9)."""
    return token.count(".") == PARTS - 1


def named_in(token: str) -> Encryption | None:
    """In what a token says to be encrypted; None where that is nothing that is opened here."""
    try:
        header = _header(token)
    except JweMalformed:
        return None
    alg = next((one for one in KEY_ENCRYPTIONS if one == header.get("alg")), None)
    enc = next((one for one in CONTENT_ENCRYPTIONS if one == header.get("enc")), None)
    return Encryption(alg, enc) if alg is not None and enc is not None else None


def opened(token: str, agreed: Encryption, keyring: KeyRing) -> OpenedJwe:
    """What lies in it; believed no more than anything else that anybody can encrypt for us.

    Raises JweMalformed, OtherEncryption, CannotBeOpened.
    """
    header = _header(token)
    for member, wanted in (("alg", agreed.alg), ("enc", agreed.enc)):
        if header.get(member) != wanted:
            raise OtherEncryption(member, header.get(member))
    registry = jwe.JWERegistry(algorithms=[agreed.alg, agreed.enc], strict_check_header=False)
    registry.max_protected_header_length = MAX_HEADER
    for key in _keys(header.get("kid"), agreed.alg, keyring):
        try:
            found = jwe.decrypt_compact(token, joserfc_key(key), registry=registry)
        except (JoseError, ValueError, TypeError, KeyError, AssertionError, OverflowError):
            continue
        return OpenedJwe(found.plaintext or b"", _is_token(header.get("cty")))
    raise CannotBeOpened("with no key of ours")


def _header(token: str) -> dict[str, Any]:
    if len(token) > MAX_ENCRYPTED or not token.isascii() or not is_encrypted(token):
        raise JweMalformed(f"no {PARTS} parts of ASCII, or more than {MAX_ENCRYPTED} signs")
    head = token.partition(".")[0]
    if len(head) > MAX_HEADER:
        raise JweMalformed(f"a header of more than {MAX_HEADER} signs")
    try:
        header = json.loads(urlsafe_b64decode(head.encode()))
    except (ValueError, RecursionError):
        raise JweMalformed("its header is no JSON") from None
    if not isinstance(header, dict):
        raise JweMalformed("its header is no object")
    found = [name for name in _OTHER_RULES if name in header]
    if found:
        raise JweMalformed(f"{found[0]} in its header")
    return header


def _keys(kid: object, alg: str, keyring: KeyRing) -> list[PrivateKey]:
    """Of this kind: the one that is named, else each of the few that are published. Some write a
    name of their own making.
    """
    published = keyring.published(KeyUse.CLIENT_ENCRYPTION)
    fitting = [key for key in published if alg in ENCRYPTED_WITH[key.algorithm]]
    named = [key for key in fitting if kid in (key.kid, kid_for(key, alg))]
    return named or fitting


def _is_token(cty: object) -> bool | None:
    if cty is None:
        return None
    return str(cty).upper().removeprefix("APPLICATION/") == "JWT"
