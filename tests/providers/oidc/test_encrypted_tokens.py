"""ID tokens, logout tokens and userinfo that a makelaar encrypts for us."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keys import jwe
from keys.jwks import as_joserfc, kid_for
from keys.keyring import KeyRing, KeyState, KeyUse
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc.logout_token import EVENT
from providers.oidc.provider import OidcProvider
from state.outgoing import OutgoingClient
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_private_key, rsa_key
from tests.listener import Said
from tests.providers.oidc.makelaar import (
    REDIRECT_URI,
    Makelaar,
    as_json,
    ask,
    compact,
    login,
    provider_for,
    record_of,
    refused,
)
from tests.providers.oidc.sealing import ENCRYPTIONS, encrypts, sealed, sealed_claims, signed, told

NOW = int(START.timestamp())
OAEP = {"id_token_encrypted_response_alg": "RSA-OAEP"}
USERINFO = {"userinfo": True, "userinfo_encrypted_response_alg": "RSA-OAEP"}


def as_jwt(token: str) -> Said:
    return Said(token.encode(), headers={"Content-Type": "application/jwt"})


def userinfo(makelaar: Makelaar) -> dict[str, Any]:
    return {"iss": makelaar.issuer, "aud": "sluis", "sub": "person-1", "name": "Jan"}


@pytest.mark.parametrize(("alg", "enc"), ENCRYPTIONS)
def test_what_a_makelaar_encrypts_with_our_published_key_is_opened(
    makelaar: Makelaar, alg: str, enc: str
) -> None:
    how = {"id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc}
    encrypts(makelaar, alg=alg, enc=enc)
    assert login(makelaar, **how).subject == "person-1"
    makelaar.signing_key = rsa_key("somebody-else")
    makelaar.id_token = lambda claims: sealed(
        compact({"alg": "RS256", "kid": "m1"}, json.dumps(claims).encode(), makelaar.signing_key),
        alg,
        enc,
    )
    refused(makelaar, "token_signature", **how)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"cty": None},
        {"cty": "jwt"},
        {"cty": "application/jwt"},
        {"kid": None},
        {"kid": "a name of the makelaar's own"},
        {"x5t": "abc", "x5c": ["MIIC"], "iss": "https://zekerweg.example"},
    ],
)
def test_headers_of_encryption_are_read_as_products_write_them(
    makelaar: Makelaar, header: dict[str, Any]
) -> None:
    encrypts(makelaar, **header)
    assert login(makelaar, **OAEP).subject == "person-1"


def test_what_was_agreed_to_be_encrypted_is_not_taken_in_clear(makelaar: Makelaar) -> None:
    found = told(makelaar, **OAEP)
    assert found.reason == "token_not_encrypted"
    assert found.measured["setting"] == "oidc.id_token_encrypted_response_alg"
    encrypts(makelaar)
    assert login(makelaar, **OAEP).subject == "person-1"


def test_what_nobody_agreed_on_is_told_with_the_lines_that_would(makelaar: Makelaar) -> None:
    encrypts(makelaar, alg="ECDH-ES", enc="A256GCM")
    found = told(makelaar)
    assert found.reason == "token_encrypted"
    assert found.measured["seen"] == "ECDH-ES, A256GCM"
    assert found.measured["line"] == (
        "id_token_encrypted_response_alg: ECDH-ES, id_token_encrypted_response_enc: A256GCM"
    )
    lines = dict(line.split(": ") for line in str(found.measured["line"]).split(", "))
    assert login(makelaar, **lines).subject == "person-1"


@pytest.mark.parametrize(
    ("alg", "enc", "seen", "setting"),
    [
        ("RSA-OAEP-256", "A128CBC-HS256", "RSA-OAEP-256", "alg"),
        ("ECDH-ES", "A128CBC-HS256", "ECDH-ES", "alg"),
        ("RSA-OAEP", "A256GCM", "A256GCM", "enc"),
    ],
)
def test_another_encryption_than_was_agreed_is_told(
    makelaar: Makelaar, alg: str, enc: str, seen: str, setting: str
) -> None:
    encrypts(makelaar, alg=alg, enc=enc)
    found = told(makelaar, **OAEP)
    assert (found.reason, found.measured["seen"]) == ("token_encryption", seen)
    assert found.measured["setting"] == f"oidc.id_token_encrypted_response_{setting}"


@pytest.mark.parametrize("state", [KeyState.NEXT, KeyState.ACTIVE, KeyState.RETIRING])
@pytest.mark.parametrize("named", [True, False])
def test_a_makelaar_may_still_have_the_key_of_before_or_already_that_of_later(
    state: KeyState, named: bool
) -> None:
    other = make_private_key(KeyUse.CLIENT_ENCRYPTION, "RSA-OAEP", state, "another")
    ring = KeyRing((*make_keyring().keys, other))
    public = as_joserfc(other.key, None).as_dict(private=False)
    token = sealed("a.b.c", key=public, kid=kid_for(other, "RSA-OAEP") if named else None)
    found = jwe.opened(token, jwe.Encryption("RSA-OAEP", "A128CBC-HS256"), ring)
    assert found.content == b"a.b.c"
    with pytest.raises(jwe.CannotBeOpened):
        jwe.opened(token, jwe.Encryption("RSA-OAEP", "A128CBC-HS256"), make_keyring())


def test_nobody_leaves_for_a_makelaar_whose_answer_we_cannot_open(makelaar: Makelaar) -> None:
    kept = tuple(k for k in make_keyring().keys if k.use is not KeyUse.CLIENT_ENCRYPTION)
    assert makelaar.listener is not None
    provider = OidcProvider(
        record=record_of(makelaar, **OAEP),
        keyring=KeyRing(kept),
        outgoing=OutgoingClient([makelaar.listener.authority]),
        redirect_uri=REDIRECT_URI,
    )
    with pytest.raises(ProviderUnavailable) as caught:
        provider.begin(ask(), START)
    assert caught.value.measured["key_use"] == "client_encryption"
    assert provider_for(makelaar, **OAEP).begin(ask(), START).url


def test_the_token_that_is_kept_for_logging_out_is_the_one_inside(makelaar: Makelaar) -> None:
    """OpenID Connect Core §3.1.2.1: a hint is what was signed."""
    makelaar.metadata = {"end_session_endpoint": f"{makelaar.issuer}/end"}
    encrypts(makelaar)
    (name,) = login(makelaar, **OAEP).there
    assert name.id_token is not None and name.id_token.count(".") == 2


# Logout tokens


def logout_claims(makelaar: Makelaar) -> dict[str, Any]:
    return {
        "iss": makelaar.issuer,
        "aud": "sluis",
        "sub": "person-1",
        "jti": "one",
        "iat": NOW,
        "events": {EVENT: {}},
    }


def test_a_logout_token_is_encrypted_like_an_id_token(makelaar: Makelaar) -> None:
    provider = provider_for(makelaar, **OAEP)
    token = signed(logout_claims(makelaar), typ="logout+jwt")
    assert provider.logout_notice(sealed(token), START).sub == "person-1"
    with pytest.raises(ProviderRefused) as caught:
        provider.logout_notice(token, START)
    assert caught.value.reason == "token_not_encrypted"


# Userinfo


def test_nl_rdo_max_encrypts_what_it_signed(makelaar: Makelaar) -> None:
    makelaar.userinfo = lambda: as_jwt(sealed(signed(userinfo(makelaar))))
    assert login(makelaar, **USERINFO).attributes["display_name"] == ("Jan",)
    makelaar.userinfo = lambda: as_jwt(sealed(signed({**userinfo(makelaar), "aud": "another"})))
    refused(makelaar, "token_audience", **USERINFO)


def test_keycloak_encrypts_userinfo_that_nobody_signed(makelaar: Makelaar) -> None:
    said = {"sub": "person-1", "name": "Jan"}
    makelaar.userinfo = lambda: as_jwt(sealed_claims(said))
    assert login(makelaar, **USERINFO).attributes["display_name"] == ("Jan",)
    makelaar.userinfo = lambda: as_jwt(sealed_claims({**said, "sub": "person-2"}))
    refused(makelaar, "userinfo_subject", **USERINFO)
    makelaar.userinfo = lambda: as_jwt(sealed_claims(said, cty="JWT"))
    refused(makelaar, "token_malformed", **USERINFO)


def test_userinfo_that_was_agreed_to_be_encrypted_is_not_taken_in_clear(
    makelaar: Makelaar,
) -> None:
    for clear in (
        as_json({"sub": "person-1"}),
        as_jwt(signed(userinfo(makelaar))),
    ):
        makelaar.userinfo = lambda clear=clear: clear  # type: ignore[misc]
        found = told(makelaar, **USERINFO)
        assert found.reason == "token_not_encrypted"
        assert found.measured["setting"] == "oidc.userinfo_encrypted_response_alg"


def test_userinfo_that_nobody_agreed_to_encrypt_is_told(makelaar: Makelaar) -> None:
    makelaar.userinfo = lambda: as_jwt(sealed(signed(userinfo(makelaar))))
    found = told(makelaar, userinfo=True)
    assert found.reason == "token_encrypted"
    assert "userinfo_encrypted_response_alg: RSA-OAEP" in str(found.measured["line"])
