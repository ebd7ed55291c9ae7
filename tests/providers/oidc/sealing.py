"""Tokens that a makelaar encrypts for us. What Keycloak makes is opened in ``tests/interop``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import JWKRegistry

from keys.jwks import client_jwks
from keys.keyring import KeyRing
from providers.interface import ProviderRefused
from tests.keys_for_tests import make_keyring, rsa_key
from tests.providers.oidc.makelaar import Makelaar, compact, login

ENCRYPTIONS = [
    ("RSA-OAEP", "A128CBC-HS256"),
    ("RSA-OAEP-256", "A256GCM"),
    ("ECDH-ES", "A128GCM"),
    ("ECDH-ES+A128KW", "A256CBC-HS512"),
    ("ECDH-ES+A256KW", "A256GCM"),
]


def published_key(alg: str, keyring: KeyRing | None = None) -> dict[str, Any]:
    """As a makelaar finds it among our keys: the first of use ``enc`` for this algorithm."""
    entries = client_jwks(keyring or make_keyring())["keys"]
    return next(key for key in entries if (key["use"], key["alg"]) == ("enc", alg))


def sealed(
    content: str | bytes,
    alg: str = "RSA-OAEP",
    enc: str = "A128CBC-HS256",
    *,
    key: Mapping[str, Any] | None = None,
    **header: Any,
) -> str:
    """``None`` takes a member of the header away."""
    found = dict(key if key is not None else published_key(alg))
    said = {"alg": alg, "enc": enc, "kid": found.get("kid"), "cty": "JWT", **header}
    written = {name: value for name, value in said.items() if value is not None}
    payload = content.encode() if isinstance(content, str) else content
    bare = {name: value for name, value in found.items() if name not in ("use", "alg", "kid")}
    registry = jwe.JWERegistry(algorithms=[alg, enc, "DEF"], strict_check_header=False)
    return jwe.encrypt_compact(written, payload, JWKRegistry.import_key(bare), registry=registry)


def sealed_claims(claims: Mapping[str, Any], **more: Any) -> str:
    """Claims without a signature, which is no token."""
    return sealed(json.dumps(claims), **{"cty": None, **more})


def signed(claims: Mapping[str, Any], **header: Any) -> str:
    """By the key of the makelaar."""
    named = {"alg": "RS256", "kid": "m1", **header}
    return compact(named, json.dumps(claims).encode(), rsa_key("makelaar"))


def encrypts(makelaar: Makelaar, **how: Any) -> None:
    """From now on its ID tokens."""
    makelaar.id_token = lambda claims: sealed(signed(claims), **how)


def told(makelaar: Makelaar, **changes: Any) -> ProviderRefused:
    """What the login with these changes is refused for."""
    with pytest.raises(ProviderRefused) as caught:
        login(makelaar, **changes)
    return caught.value
