"""ID tokens, key sets and userinfo as products write them, in whole logins."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from assurance.levels import AssuranceLevel
from providers.interface import ProviderCancelled, ProviderLevelUnknown, ProviderUnavailable
from tests.clocks import START
from tests.keys_for_tests import rsa_key
from tests.listener import Said
from tests.providers.oidc.makelaar import (
    EIDAS,
    Makelaar,
    as_json,
    callback,
    compact,
    good_answer,
    leave,
    login,
    provider_for,
    public_jwk,
    refused,
)

NOW = int(START.timestamp())
CLAIMS: dict[str, dict[str, Any]] = {
    "Keycloak: what it adds of its own": {
        "typ": "ID",
        "session_state": "x",
        "sid": "x",
        "preferred_username": "jan",
        "email_verified": True,
    },
    "Entra ID: groups that are too many, and where to fetch them": {
        "_claim_names": {"groups": "src1"},
        "_claim_sources": {"src1": {"endpoint": "https://graph.windows.net/x/getMemberObjects"}},
        "hasgroups": True,
    },
    "Entra ID: ids of its own": {"oid": "x", "tid": "y", "uti": "z", "rh": "0.A", "ver": "2.0"},
    "Okta: factors and its version": {"amr": ["pwd", "mfa"], "ver": 1, "idp": "00o1"},
    "Auth0: a name of the connection in sub": {"sub": "auth0|5f7c8ec7c33c6c004bbafe82"},
    "a name of a directory in sub": {"sub": "cn=jan,ou=mensen,o=voorbeeld"},
    "Entra ID: base64 in sub": {"sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ"},
    "Google: an audience and azp that are one": {"azp": "sluis"},
    "a list of one audience": {"aud": ["sluis"]},
    "one factor, as a text": {"amr": "mfa"},
    "ForgeRock: hashes of what was sent, and its own tokenName": {
        "s_hash": "bOhtX8F73IMjSPeVAqxyTQ",
        "tokenName": "id_token",
        "realm": "/",
        "auditTrackingId": "x",
    },
    "factors in capitals": {"amr": ["PWD", "MFA"]},
    "Ory Hydra: rat and an empty list of factors": {"rat": NOW, "amr": [], "jti": "x"},
    "claims that are null": {"nbf": None, "at_hash": None, "azp": None},
    "no time of the login that anybody set": {"auth_time": 0},
    "an e-mail address that nobody verified, as a word": {
        "email": "jan@voorbeeld.example",
        "email_verified": "false",
    },
    "Entra ID: made five minutes before it was made": {"nbf": NOW - 300, "iat": NOW - 300},
    "Dex and Authentik: names of the connector": {
        "federated_claims": {"connector_id": "ldap", "user_id": "jan"},
        "groups": [],
        "preferred_username": "jan",
        "uid": "x",
    },
    "moments with a fraction": {"exp": NOW + 300.5, "iat": NOW + 0.25},
    "Cognito: groups, and what the token is for": {
        "email": "jan@voorbeeld.example",
        "email_verified": "true",
        "cognito:groups": ["a"],
        "token_use": "id",
    },
}


@pytest.mark.parametrize("habit", CLAIMS)
def test_claims_that_products_add_change_nothing(makelaar: Makelaar, habit: str) -> None:
    makelaar.claims = CLAIMS[habit]
    found = login(makelaar)
    assert found.subject == CLAIMS[habit].get("sub", "person-1")
    assert found.authentication.label == "EH3"


def key(**more: Any) -> dict[str, Any]:
    return {**public_jwk(rsa_key("makelaar"), "m1"), **more}


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in key().items() if name not in names}


KEYS: dict[str, list[dict[str, Any]]] = {
    "Entra ID: certificates and a cloud": [
        key(x5c=["MIIC"], x5t="abc", issuer="https://x", cloud_instance_name="x")
    ],
    "Keycloak: a key to encrypt for beside it": [
        key(alg="RS256", x5c=["MIIC"]),
        {**public_jwk(rsa_key("enc"), "m2"), "use": "enc", "alg": "RSA-OAEP"},
    ],
    "no use": [without("use")],
    "home-made sets: no names": [without("kid", "use")],
    "Web Crypto: operations": [{**without("use"), "key_ops": ["verify"], "ext": True}],
    "Java: numbers that are filled up": [key(n=f"{key()['n']}==")],
    "an older key beside it": [key(), public_jwk(rsa_key("older"), "m0")],
    "a key to encrypt for under the same name": [
        key(alg="RS256"),
        {**public_jwk(rsa_key("enc"), "m1"), "use": "enc", "alg": "RSA-OAEP-256"},
    ],
    "one key in two entries, by algorithm": [key(alg="RS256"), key(alg="PS256")],
    "a certificate without numbers beside it": [
        key(),
        {"kty": "RSA", "kid": "m8", "use": "sig", "x5c": ["MIIC"]},
    ],
    "members that are null": [key(alg=None, use=None, key_ops=None, x5u=None)],
    "a curve that nobody signs on here, and a shared secret": [
        key(),
        {"kty": "EC", "crv": "secp256k1", "kid": "m7", "x": "AA", "y": "AA"},
        {"kty": "oct", "kid": "m6", "k": "AA"},
    ],
    "a key of a type of tomorrow beside it": [
        key(),
        {"kty": "AKP", "kid": "m9", "alg": "ML-DSA-44"},
    ],
}


@pytest.mark.parametrize("habit", KEYS)
def test_key_sets_are_read_as_products_publish_them(makelaar: Makelaar, habit: str) -> None:
    makelaar.keys = KEYS[habit]
    assert login(makelaar).subject == "person-1"
    makelaar.signing_key = rsa_key("somebody-else")  # the good twin is above
    refused(makelaar, "token_signature")


HEADERS: dict[str, dict[str, Any]] = {
    "AD FS: prints of its certificate": {"x5t": "abc", "x5t#S256": "abc", "typ": "JWT"},
    "Cloud Foundry UAA: where keys are": {"jku": "https://elders.example/keys"},
    "a type in small letters": {"typ": "jwt"},
    "a nonce in the header": {"nonce": "x"},
    "the content is said too": {"cty": "JWT"},
    "no name, with one key": {"kid": None},
}


@pytest.mark.parametrize("habit", HEADERS)
def test_headers_that_products_write_change_nothing(makelaar: Makelaar, habit: str) -> None:
    makelaar.header = HEADERS[habit]
    assert login(makelaar).subject == "person-1"


TOKENS: dict[str, dict[str, Any]] = {
    "Keycloak": {"not-before-policy": 0, "session_state": "x", "refresh_expires_in": 1800},
    "Entra ID v1: a lifetime as a text": {
        "expires_in": "3600",
        "resource": "urn:microsoft:userinfo",
    },
    "bearer in small letters": {"token_type": "bearer"},
    "bearer in capitals": {"token_type": "BEARER"},
    "who gives an ID token alone": {"access_token": None},
    "Salesforce: an access token with signs that others have not": {
        "access_token": "00Dxx0000001gPL!AR8AQJXg5oj8jXSgxJfA0lBog",
        "instance_url": "https://x.example",
        "issued_at": "1278448101416",
    },
    "Azure AD B2C: moments beside the token": {
        "not_before": NOW,
        "id_token_expires_in": 3600,
        "profile_info": "e30",
        "refresh_token": "x",
    },
}


@pytest.mark.parametrize("habit", TOKENS)
def test_token_answers_are_read_as_products_write_them(makelaar: Makelaar, habit: str) -> None:
    makelaar.token = TOKENS[habit]
    assert login(makelaar).subject == "person-1"


def as_token(makelaar: Makelaar, **claims: Any) -> Said:
    said = {"iss": makelaar.issuer, "aud": "sluis", "sub": "person-1", "name": "Jan", **claims}
    token = compact({"alg": "RS256", "kid": "m1"}, json.dumps(said).encode(), rsa_key("makelaar"))
    return Said(token.encode(), headers={"Content-Type": "application/jwt; charset=utf-8"})


USERINFO: dict[str, Callable[[Makelaar], Said]] = {
    "an address that is an object": lambda _: as_json(
        {"sub": "person-1", "name": "Jan", "address": {"x": [1]}}
    ),
    "Authlete: signed, with its character set": as_token,
    "with its character set": lambda _: Said(
        b'{"sub": "person-1", "name": "Jan"}',
        headers={"Content-Type": "application/json; charset=utf-8"},
    ),
}


@pytest.mark.parametrize("habit", USERINFO)
def test_userinfo_is_read_as_products_write_it(makelaar: Makelaar, habit: str) -> None:
    makelaar.userinfo = lambda: USERINFO[habit](makelaar)
    found = login(makelaar, userinfo=True)
    assert found.attributes["display_name"] == ("Jan",)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": str(NOW + 300)}, "token_time"),
        ({"iat": NOW * 1000}, "token_time"),
        ({"sub": 5}, "subject_malformed"),
        ({"aud": ["sluis", "another"]}, "audience_untrusted"),
        ({"azp": "another"}, "token_azp"),
        ({"at_hash": "x"}, "token_hash"),
        ({"auth_time": str(NOW)}, "token_time"),
        ({"auth_time": NOW * 1000}, "token_time"),
        ({"nonce": None}, "token_nonce"),
        ({"azp": ""}, "token_azp"),
    ],
)
def test_what_could_be_made_by_another_is_no_habit(
    makelaar: Makelaar, claims: dict[str, Any], reason: str
) -> None:
    makelaar.claims = claims
    refused(makelaar, reason)
    makelaar.claims = {"acr": f"{EIDAS}substantial"}
    assert login(makelaar).subject == "person-1"


KINDS = ("text/plain", "application/jwk-set+json", "application/octet-stream", "text/html", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["as it is", "with a mark of Windows"])
@pytest.mark.parametrize("document", ["jwks", "openid-configuration"])
def test_a_file_on_a_web_server_is_a_document_whatever_that_calls_it(
    makelaar: Makelaar, document: str, kind: str, mark: bytes
) -> None:
    """Of an S3 bucket, a share of IIS: what it says counts, and whose it is by its address."""
    holds = {"keys": makelaar.keys} if document == "jwks" else makelaar.document()
    headers = {"Content-Type": kind} if kind else {}
    makelaar.spoiled[document] = Said(mark + json.dumps(holds).encode(), headers=headers)
    assert login(makelaar).subject == "person-1"
    makelaar.spoiled[document] = Said(b"<html>" + json.dumps(holds).encode(), headers=headers)
    with pytest.raises(ProviderUnavailable):
        login(makelaar)


ANSWERS: dict[str, tuple[tuple[str, str], ...]] = {
    "Keycloak and Entra ID: the state of a session": (("session_state", "x.y"),),
    "Google: what it asked, and where": (
        ("scope", "openid email"),
        ("authuser", "0"),
        ("hd", "voorbeeld.example"),
        ("prompt", "consent"),
    ),
    "Entra ID: who was told apart": (("client_info", "eyJ1aWQiOiJ4In0"),),
}


@pytest.mark.parametrize("habit", ANSWERS)
def test_answers_may_hold_more_than_is_read(makelaar: Makelaar, habit: str) -> None:
    provider = provider_for(makelaar)
    gone = leave(makelaar, provider)
    answered = callback(*good_answer(makelaar), *ANSWERS[habit])
    assert provider.finish(gone.remembered, answered).subject == "person-1"


STOPS: dict[str, tuple[tuple[str, str], ...]] = {
    "Azure AD B2C: a code of its own in the text beside it": (
        ("error", "access_denied"),
        ("error_description", "AADB2C90091: The user has cancelled entering information."),
    ),
    "Microsoft: a word beside the error": (
        ("error", "access_denied"),
        ("error_subcode", "cancel"),
    ),
    "LinkedIn: before the login": (("error", "user_cancelled_login"),),
    "Apple: after the login": (("error", "user_cancelled_authorize"),),
}


@pytest.mark.parametrize("habit", STOPS)
def test_who_stopped_at_the_makelaar_is_told_so(makelaar: Makelaar, habit: str) -> None:
    provider = provider_for(makelaar)
    gone = leave(makelaar, provider)
    ours = (("state", "a-login.1"), ("iss", makelaar.issuer))
    with pytest.raises(ProviderCancelled):
        provider.finish(gone.remembered, callback(*STOPS[habit], *ours))


def test_metadata_of_an_authorization_server_serve_as_discovery(makelaar: Makelaar) -> None:
    """RFC 8414, as Okta publishes them beside those of OpenID Connect."""
    elsewhere = f"{makelaar.issuer}/.well-known/oauth-authorization-server"
    makelaar.spoiled["oauth-authorization-server"] = as_json(makelaar.document())
    makelaar.spoiled["openid-configuration"] = Said(status=404)
    assert login(makelaar, discovery_url=elsewhere).subject == "person-1"
    with pytest.raises(ProviderUnavailable):
        login(makelaar)


@pytest.mark.parametrize("acr", [1, [f"{EIDAS}substantial"], {"value": "x"}, True])
def test_a_level_is_one_word(makelaar: Makelaar, acr: object) -> None:
    """OpenID Connect Core §2: a text. No product is known that sends another; Keycloak and Entra ID
    v1 write their numbers as texts.
    """
    makelaar.claims = {"acr": acr}
    with pytest.raises(ProviderLevelUnknown):
        login(makelaar)
    makelaar.claims = {"acr": "1"}
    assert login(makelaar, level=AssuranceLevel.EH2, levels={"1": "EH2"}).subject == "person-1"
