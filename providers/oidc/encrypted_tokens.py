"""Tokens that a makelaar encrypts for us: ID tokens and logout tokens, and what userinfo says.

OpenID Connect Core §3.1.3.7 (1) and §5.3.2, Back-Channel Logout 1.0 §2.4. Anybody can encrypt for
us, so this proves nothing about who did: what lies in it is verified like any other token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from keys import jwe
from keys.keyring import KeyRing, KeyUse
from providers import received
from providers.interface import ProviderRefused
from providers.oidc.tokens import json_object
from providers.own_key import own_key
from providers.registry import OidcSettings

ID_TOKEN: Final = "id_token"
USERINFO: Final = "userinfo"


def agreed(settings: OidcSettings, what: str) -> jwe.Encryption | None:
    """In what this makelaar encrypts ``what`` for us; None: not at all."""
    if what == USERINFO:
        alg, enc = (
            settings.userinfo_encrypted_response_alg,
            settings.userinfo_encrypted_response_enc,
        )
    else:
        alg, enc = (
            settings.id_token_encrypted_response_alg,
            settings.id_token_encrypted_response_enc,
        )
    return jwe.Encryption(alg, enc) if alg is not None else None


def check_keys(settings: OidcSettings, keyring: KeyRing) -> None:
    """Nobody is sent to a makelaar whose answer we cannot open. Raises ProviderUnavailable."""
    for what in (ID_TOKEN, USERINFO):
        wanted = agreed(settings, what)
        if wanted is not None:
            own_key(keyring, KeyUse.CLIENT_ENCRYPTION, wanted.alg)


def opened_token(token: str, settings: OidcSettings, keyring: KeyRing) -> str:
    """The signed token in it, itself unverified; as it is where no encryption was agreed.
    Raises ProviderRefused.
    """
    wanted = agreed(settings, ID_TOKEN)
    if wanted is None:
        _check_clear(token, ID_TOKEN)
        return token
    found = _opened(token, ID_TOKEN, wanted, keyring)
    if found.is_token is False:
        raise _malformed("another content type than JWT", "cty")
    return _text(found)


def opened_userinfo(
    found: Mapping[str, Any] | str, settings: OidcSettings, keyring: KeyRing
) -> Mapping[str, Any] | str:
    """Claims, or a signed token that holds them, itself unverified. Claims alone need no signature
    in it: they came from the makelaar's own server. Raises ProviderRefused.
    """
    wanted = agreed(settings, USERINFO)
    if wanted is None:
        if isinstance(found, str):
            _check_clear(found, USERINFO)
        return found
    if not isinstance(found, str):
        raise _not_encrypted(USERINFO)
    inside = _opened(found, USERINFO, wanted, keyring)
    is_object = inside.content.lstrip().startswith(b"{")
    if is_object and inside.is_token:
        raise _malformed("claims where a token was said to be", "cty")
    return json_object(inside.content) if is_object else _text(inside)


def _opened(token: str, what: str, wanted: jwe.Encryption, keyring: KeyRing) -> jwe.OpenedJwe:
    if not jwe.is_encrypted(token):
        raise _not_encrypted(what)
    try:
        return jwe.opened(token, wanted, keyring)
    except jwe.JweMalformed as malformed:
        raise _malformed(str(malformed), what) from None
    except jwe.OtherEncryption as other:
        raise ProviderRefused(
            "token_encryption",
            f"another {other.member} than is registered",
            element=other.member,
            seen=received.masked(other.seen),
            expected=wanted.alg if other.member == "alg" else wanted.enc,
            setting=f"oidc.{what}_encrypted_response_{other.member}",
        ) from None
    except jwe.CannotBeOpened:
        raise ProviderRefused(
            "token_decryption", "with no key of ours", element=what, seen=wanted.alg
        ) from None


def _check_clear(token: str, what: str) -> None:
    """With the lines that would agree on it, where we can. Raises ProviderRefused."""
    if not jwe.is_encrypted(token):
        return
    said = jwe.named_in(token)
    named = {"alg": said.alg, "enc": said.enc} if said is not None else {}
    lines = ", ".join(f"{what}_encrypted_response_{name}: {word}" for name, word in named.items())
    raise ProviderRefused(
        "token_encrypted",
        "no encryption was registered",
        element=what,
        seen=", ".join(named.values()) or "encrypted",
        expected="signed alone",
        **({"line": lines} if named else {}),
    )


def _not_encrypted(what: str) -> ProviderRefused:
    return ProviderRefused(
        "token_not_encrypted",
        "encryption was registered",
        element=what,
        seen="not encrypted",
        expected="encrypted",
        setting=f"oidc.{what}_encrypted_response_alg",
    )


def _malformed(what: str, element: str) -> ProviderRefused:
    """Never with what stands there: it may be of a person."""
    return ProviderRefused("token_malformed", what, element=element, seen=what, expected="a JWE")


def _text(found: jwe.OpenedJwe) -> str:
    try:
        return found.content.decode("ascii")
    except UnicodeDecodeError:
        raise _malformed("no ASCII in it", "token") from None
