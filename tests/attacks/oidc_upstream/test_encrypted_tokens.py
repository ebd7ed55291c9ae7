"""Tokens that were encrypted for us otherwise than was agreed, or spoilt on their way (R-27).

Anybody can encrypt for us: what lies in a token is believed for its signature alone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from keys.jwks import as_joserfc
from keys.keyring import KeyUse
from tests.keys_for_tests import make_keyring, rsa_key
from tests.providers.oidc.makelaar import Makelaar, login, refused
from tests.providers.oidc.sealing import encrypts, sealed, sealed_claims, signed, told

OAEP = {"id_token_encrypted_response_alg": "RSA-OAEP"}


def dir_with_nothing(claims: dict[str, Any]) -> str:
    return sealed(signed(claims), "dir", key={"kty": "oct", "k": "A" * 43})


BAD: dict[str, tuple[Callable[[dict[str, Any]], str], str]] = {
    "R-27 a key that both would know": (dir_with_nothing, "token_encryption"),
    "R-27 RSA1_5": (
        lambda claims: _with_header(sealed(signed(claims)), alg="RSA1_5"),
        "token_encryption",
    ),
    "R-27 a key of somebody else": (
        lambda claims: sealed(
            signed(claims), key=as_joserfc(rsa_key("not ours"), None).as_dict(private=False)
        ),
        "token_decryption",
    ),
    "R-27 a key of ours for another use": (
        lambda claims: sealed(
            signed(claims),
            key=as_joserfc(make_keyring().active(KeyUse.OIDC_SIGNING, "RS256").key, None).as_dict(
                private=False
            ),
        ),
        "token_decryption",
    ),
    "R-27 compressed": (lambda claims: sealed(signed(claims), zip="DEF"), "token_malformed"),
    "R-27 rules of another": (
        lambda claims: _with_header(sealed(signed(claims)), crit=["exp"], exp=1),
        "token_malformed",
    ),
    "R-27 content that was changed": (
        lambda claims: _spoilt(sealed(signed(claims)), 3),
        "token_decryption",
    ),
    "R-27 a tag that was changed": (
        lambda claims: _spoilt(sealed(signed(claims)), 4),
        "token_decryption",
    ),
    "R-27 claims without a signature": (lambda claims: sealed_claims(claims), "token_malformed"),
    "R-27 claims that say to be something else": (
        lambda claims: sealed(json.dumps(claims), cty="json"),
        "token_malformed",
    ),
    "R-27 no signature inside": (
        lambda claims: sealed(_unsigned(claims)),
        "token_alg",
    ),
    "R-27 encrypted twice": (lambda claims: sealed(sealed(signed(claims))), "token_encrypted"),
    "R-27 no ASCII inside": (lambda _: sealed("é.é.é"), "token_malformed"),
    "R-27 nothing inside": (lambda _: sealed(""), "token_malformed"),
    "R-27 huge": (lambda _: sealed("x" * 40_000), "token_malformed"),
    "R-27 a header without end": (
        lambda claims: sealed(signed(claims), x="y" * 9000),
        "token_malformed",
    ),
    "R-27 a header that is no JSON": (lambda _: "!!.a.b.c.d", "token_malformed"),
    "R-27 a header that is no object": (lambda _: "W10.a.b.c.d", "token_malformed"),
    "R-27 a header that is deep": (lambda _: f"{'W1tb' * 2000}.a.b.c.d", "token_malformed"),
}


def _with_header(token: str, **more: Any) -> str:
    head, *rest = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))) | more
    written = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return ".".join((written, *rest))


def _spoilt(token: str, part: int) -> str:
    parts = token.split(".")
    parts[part] = ("B" if parts[part][0] == "A" else "A") + parts[part][1:]
    return ".".join(parts)


def _unsigned(claims: dict[str, Any]) -> str:
    _, body, _ = signed(claims).split(".")
    return f"eyJhbGciOiJub25lIn0.{body}."


@pytest.mark.parametrize("case", BAD)
def test_what_is_encrypted_otherwise_or_spoilt_is_refused(makelaar: Makelaar, case: str) -> None:
    make, reason = BAD[case]
    encrypts(makelaar)
    assert login(makelaar, **OAEP).subject == "person-1"
    makelaar.id_token = make
    refused(makelaar, reason, **OAEP)


EPKS: list[Any] = [
    None,
    7,
    {},
    {"kty": "EC"},
    {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
    {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
    {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
]


@pytest.mark.parametrize("epk", EPKS)
def test_R_27_a_point_that_is_not_on_the_curve_opens_nothing(makelaar: Makelaar, epk: Any) -> None:
    makelaar.id_token = lambda claims: _with_header(sealed(signed(claims), "ECDH-ES"), epk=epk)
    refused(makelaar, "token_decryption", id_token_encrypted_response_alg="ECDH-ES")


def test_R_27_a_token_that_cannot_be_opened_tells_nothing_of_its_content(
    makelaar: Makelaar,
) -> None:
    makelaar.id_token = lambda claims: _spoilt(sealed(signed(claims)), 3)
    found = told(makelaar, **OAEP)
    assert found.measured == {"element": "id_token", "seen": "RSA-OAEP"}
    assert "person-1" not in repr(found)
