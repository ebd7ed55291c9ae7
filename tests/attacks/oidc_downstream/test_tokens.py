"""What a portal gets: an ID token with every claim as promised, an access token for userinfo alone,
keys and documents that agree with them.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from keys.keyring import KeyUse
from sandbox.portal.clients import BODEM
from sandbox.wire import Answer
from tests.broker.clients import OTHER_HOST, portal_ec_key, portal_key
from tests.broker.portal import (
    ISSUER,
    NONCE,
    Portal,
    assertion,
    by_assertion,
    make_portal_world,
    payload,
    scope_of,
    set_clock,
)
from tests.world import ADDRESSES, World

LEVELS = {
    "by-basic": "http://eidas.europa.eu/LoA/substantial",
    "by-ec-key": "urn:etoegang:core:assurance-class:loa3",
    "by-post": "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard",
}
IDENTIFIER = "urn:nl-eid-gdi:1.0:id:"


def logged_in(portal: Portal, person: str = "jan", **changes: Any) -> dict[str, Any]:
    """The claims of a whole login, their signature checked."""
    tokens = portal.tokens(portal.code(person, **changes))
    return portal.claims(tokens["id_token"])


def test_the_token_response_says_what_the_tokens_are(portal: Portal) -> None:
    answer = portal.redeem(portal.code())
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Content-Type") == "application/json"
    tokens = answer.json()
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert (tokens["token_type"], tokens["scope"], tokens["expires_in"]) == (
        "Bearer",
        "openid",
        3600,
    )


def test_the_claims_of_an_id_token(portal: Portal) -> None:
    now = int(portal.world.clock().timestamp())
    tokens = portal.tokens(portal.code(scope=scope_of(BODEM)))
    claims = portal.claims(tokens["id_token"])
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    in_order = {
        "iss": ISSUER,
        "aud": "by-basic",
        "azp": "by-basic",
        "nonce": NONCE,
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
        "acr": LEVELS["by-basic"],
        "loa": "urn:etoegang:core:assurance-class:loa3",
        "amr": ["mfa"],
        "idp": f"{ADDRESSES.makelaars}/zekerweg",
    }
    assert {name: claims[name] for name in in_order} == in_order
    assert not {"name", "email"} & claims.keys()  # in UserInfo
    assert abs(claims["auth_time"] - now) <= 60
    assert claims["represents"] == {
        "sub": "90001201",
        "sub_id_type": IDENTIFIER + "KvKnr",
        "iss": claims["mandate"]["register"],
        "name": "Bakkerij De Korenmolen B.V.",
        "alt_sub": {"sub": "800001205", "sub_id_type": IDENTIFIER + "RSIN"},
    }
    mandate = claims["mandate"]
    assert (mandate["service_uuid"], mandate["kind"]) == (BODEM.uuid, "general")
    assert mandate["level"] == "urn:etoegang:core:assurance-class:loa3"
    assert mandate["valid_until"] > now
    assert claims["assurance"] == {
        "provider_level": "urn:etoegang:core:assurance-class:loa3",
        "second_factor": "upstream",
        "proofing_level": "urn:etoegang:core:assurance-class:loa3",
        "time": claims["auth_time"],
    }
    assert len({claims["jti"], claims["sid"], claims["sub"]}) == 3


def test_a_chain_is_nested_with_the_organisation_deepest(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    browser.press("person", "mo")
    browser.click("Korenmolen")
    page = browser.press("agree", "yes")
    claims = portal.claims(portal.tokens(portal.heard(page)["code"])["id_token"])
    outside = claims["represents"]
    assert outside["name"] == "Administratiekantoor Yilmaz B.V."
    assert outside["represents"]["sub"] == "90001201"
    assert claims["mandate"]["kind"] == "chain"


@pytest.mark.parametrize("client", LEVELS)
def test_the_level_is_in_the_words_of_the_client(world: World, client: str) -> None:
    set_clock(world)
    portal = Portal(world, client)
    if client == "by-ec-key":
        claims = payload(_tokens_by_ec_key(portal)["id_token"])
    else:
        claims = logged_in(portal)
    assert claims["acr"] == LEVELS[client]
    assert claims["loa"] == "urn:etoegang:core:assurance-class:loa3"


def _tokens_by_ec_key(portal: Portal) -> Any:
    header = {"alg": "ES256", "kid": "portal-2"}
    made = assertion("by-ec-key", key=portal_ec_key(), header=header)
    return portal.token({**portal.redemption(portal.code()), **by_assertion(made)}).json()


@pytest.mark.parametrize(
    ("client", "algorithm"), [("by-basic", "RS256"), ("by-key", "PS256"), ("by-ec-key", "ES256")]
)
def test_tokens_are_signed_as_the_client_registered(
    world: World, client: str, algorithm: str
) -> None:
    set_clock(world)
    portal = Portal(world, client)
    tokens = _tokens_by_ec_key(portal) if client == "by-ec-key" else portal.tokens(portal.code())
    keys = KeySet.import_key_set(world.wire.request("GET", f"{ISSUER}/jwks").json())
    for token in (tokens["id_token"], tokens["access_token"]):
        assert jwt.decode(token, keys, algorithms=[algorithm]).header["alg"] == algorithm
        others = [a for a in ("RS256", "PS256", "ES256") if a != algorithm]
        with pytest.raises(JoseError):
            jwt.decode(token, keys, algorithms=others)


def test_O_44_a_person_has_another_name_at_every_portal(portal: Portal) -> None:
    here = logged_in(portal)
    again = logged_in(portal)
    same_sector = logged_in(Portal(portal.world, "by-post"))
    elsewhere = Portal(portal.world, "elsewhere", f"http://{OTHER_HOST}/callback")
    there = logged_in(elsewhere)
    somebody_else = logged_in(portal, "mo")
    assert here["sub"] == again["sub"] == same_sector["sub"]
    assert len({here["sub"], there["sub"], somebody_else["sub"]}) == 3
    assert len({here["sid"], again["sid"], same_sector["sid"], there["sid"]}) == 4


def test_O_44_the_name_cannot_be_computed_without_our_key(
    tmp_path_factory: pytest.TempPathFactory,
    portal: Portal,
) -> None:
    """Another installation with the same people and portals gives other names."""
    other = Portal(make_portal_world(tmp_path_factory.mktemp("other"), has_own_keys=True))
    assert logged_in(portal)["sub"] != logged_in(other)["sub"]


def test_userinfo_says_the_same_about_the_person(portal: Portal) -> None:
    tokens = portal.tokens(portal.code(scope=scope_of(BODEM)))
    claims = portal.claims(tokens["id_token"])
    for method in ("GET", "POST"):
        answer = portal.userinfo(tokens["access_token"], method)
        assert answer.status == 200
        assert answer.header("Cache-Control") == "no-store"
        said = answer.json()
        assert said["sub"] == claims["sub"]
        person = {"name": "Jan de Vries", "email": "jan@voorbeeld.example"}
        assert {name: {**claims, **person}[name] for name in said} == said
        assert {"represents", "mandate", "name", "email", "idp"} <= said.keys()
        assert not {"acr", "amr", "auth_time"} & said.keys()


def unauthorised(answer: Answer, *, says_why: bool = True) -> None:
    """RFC 6750 §3."""
    assert answer.status == 401, answer.body
    challenge = answer.header("WWW-Authenticate") or ""
    assert challenge.startswith("Bearer ")
    assert ('error="invalid_token"' in challenge) == says_why
    assert answer.header("Cache-Control") == "no-store"
    assert answer.json().keys() == {"error", "error_description"}


def test_O_37_one_kind_of_token_is_no_other(portal: Portal) -> None:
    code = portal.code()
    tokens = portal.tokens(code)
    assert portal.userinfo(tokens["access_token"]).status == 200
    for other in (tokens["id_token"], code, "x", "a.b.c"):
        unauthorised(portal.userinfo(other))
    header = jwt.decode(tokens["access_token"], _keys(portal)).header
    assert header["typ"] == "at+jwt"
    access = payload(tokens["access_token"])
    assert access["aud"] == ISSUER  # no portal is its audience
    assert "nonce" not in access and "name" not in access
    answer = portal.redeem(tokens["access_token"])
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")


def _keys(portal: Portal) -> KeySet:
    return KeySet.import_key_set(portal.world.wire.request("GET", f"{ISSUER}/jwks").json())


def test_O_38_an_access_token_comes_in_the_header(portal: Portal) -> None:
    access = portal.tokens(portal.code())["access_token"]
    wire, form = portal.world.wire, {"Content-Type": "application/x-www-form-urlencoded"}
    unauthorised(wire.request("GET", f"{ISSUER}/userinfo?access_token={access}"), says_why=False)
    unauthorised(
        wire.request("POST", f"{ISSUER}/userinfo", f"access_token={access}", form), says_why=False
    )
    for header in ("", "Bearer", "Bearer ", f"Basic {access}", f"DPoP {access}", access):
        answer = wire.request("GET", f"{ISSUER}/userinfo", None, {"Authorization": header})
        unauthorised(answer, says_why=False)
    assert portal.userinfo(access).status == 200


def test_O_38_an_access_token_ends(portal: Portal) -> None:
    access = portal.tokens(portal.code())["access_token"]
    portal.world.clock.advance(3599)
    assert portal.userinfo(access).status == 200
    portal.world.clock.advance(2)
    unauthorised(portal.userinfo(access))


def _respelled(token: str, header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in (header, claims)]
    encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, token.rpartition(".")[2]])


def test_O_38_an_access_token_is_signed_by_us(portal: Portal) -> None:
    access = portal.tokens(portal.code())["access_token"]
    head, body, signature = access.split(".")
    claims, header = payload(access), {"alg": "RS256", "typ": "at+jwt", "kid": "portal-1"}
    ours = jwt.decode(access, _keys(portal)).header
    later = {**claims, "exp": claims["exp"] + 1}
    for spoilt in (
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{signature[::-1]}",
        _respelled(access, {**ours, "alg": "none"}, claims),
        _respelled(access, {**ours, "alg": "HS256"}, claims),
        _respelled(access, ours, later),
        _respelled(access, {**ours, "kid": "other"}, claims),
        _respelled(access, {k: v for k, v in ours.items() if k != "kid"}, claims),
        _respelled(access, {**ours, "kid": {"x": 1}}, claims),
        jwt.encode(header, claims, portal_key()),
        jwt.encode({**header, "kid": ours["kid"]}, claims, portal_key()),
        jwt.encode({**header, "jwk": portal_key().as_dict(private=False)}, claims, portal_key()),
        base64.urlsafe_b64encode(b"[" * 4000).decode() + "..",
    ):
        unauthorised(portal.userinfo(spoilt))
    assert portal.userinfo(access).status == 200


def test_O_38_an_access_token_opens_its_own_person_alone(portal: Portal) -> None:
    subjects = set()
    for person in ("jan", "mo"):
        tokens = portal.tokens(portal.code(person))
        opened = portal.userinfo(tokens["access_token"]).json()
        assert opened["sub"] == portal.claims(tokens["id_token"])["sub"]
        subjects.add(opened["sub"])
    assert len(subjects) == 2


def test_the_key_set_holds_public_keys_alone(portal: Portal) -> None:
    answer = portal.world.wire.request("GET", f"{ISSUER}/jwks")
    keys = answer.json()["keys"]
    ours = portal.world.runtime.configuration.keyring.published(KeyUse.OIDC_SIGNING)
    assert {key["kid"] for key in keys} == {key.kid for key in ours}
    for key in keys:
        assert key["use"] == "sig"
        assert not key.keys() & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
    assert answer.header("Cache-Control") == "public, max-age=3600"


def test_discovery_promises_what_is_served(portal: Portal) -> None:
    wire = portal.world.wire
    document = wire.request("GET", f"{ISSUER}/.well-known/openid-configuration").json()
    same = wire.request("GET", f"{ISSUER}/.well-known/oauth-authorization-server").json()
    assert document == same
    assert document["issuer"] == ISSUER
    endpoints = {name: url for name, url in document.items() if name.endswith("_endpoint")}
    assert endpoints == {
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "pushed_authorization_request_endpoint": f"{ISSUER}/par",
        "userinfo_endpoint": f"{ISSUER}/userinfo",
        "end_session_endpoint": f"{ISSUER}/logout",
    }
    assert document["jwks_uri"] == f"{ISSUER}/jwks"
    for url in (*endpoints.values(), document["jwks_uri"]):
        assert wire.request("GET", url).status != 404
    assert document["response_types_supported"] == ["code"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["subject_types_supported"] == ["pairwise"]
    assert "none" not in document["id_token_signing_alg_values_supported"]
    claims = logged_in(portal, scope=scope_of(BODEM))
    assert claims.keys() <= set(document["claims_supported"])
    assert document["scopes_supported"] == ["openid", "profile", "email"]
    assert claims["acr"] in document["acr_values_supported"]


@pytest.mark.parametrize("issuer_in", ["openid-configuration", "oauth-authorization-server"])
def test_a_document_may_be_kept_for_an_hour(portal: Portal, issuer_in: str) -> None:
    answer = portal.world.wire.request("GET", f"{ISSUER}/.well-known/{issuer_in}")
    assert answer.header("Cache-Control") == "public, max-age=3600"
    assert answer.header("Set-Cookie") is None
