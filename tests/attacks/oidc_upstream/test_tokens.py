"""ID tokens of an OpenID Connect makelaar that must not be believed: signature, header, claims."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwe, jws
from joserfc.jwk import OctKey, RSAKey

from providers.interface import (
    ProviderLevelTooLow,
    ProviderLevelUnknown,
)
from tests.clocks import START
from tests.keys_for_tests import rsa_key
from tests.providers.oidc.makelaar import (
    ACCESS_TOKEN,
    EIDAS,
    Makelaar,
    b64,
    compact,
    es256,
    half_hash,
    login,
    public_jwk,
    refused,
)

NOW = int(START.timestamp())
GOOD_HEADER = {"alg": "RS256", "kid": "m1"}


def public_jwk_pem(makelaar: Makelaar) -> bytes:
    key = makelaar.signing_key
    assert isinstance(key, rsa.RSAPrivateKey)
    return RSAKey(key, key).as_pem(private=False)


# Signatures and headers.


def unsigned(claims: dict[str, Any]) -> str:
    return f"{b64(json.dumps({'alg': 'none'}).encode())}.{b64(json.dumps(claims).encode())}."


def symmetric(secret: bytes) -> Callable[[dict[str, Any]], str]:
    def make(claims: dict[str, Any]) -> str:
        return jws.serialize_compact(
            {"alg": "HS256", "kid": "m1"},
            json.dumps(claims),
            OctKey.import_key(base64.urlsafe_b64encode(secret).decode()),
            algorithms=["HS256"],
        )

    return make


def encrypted(claims: dict[str, Any]) -> str:
    key = rsa_key("makelaar")
    header = {"alg": "RSA-OAEP", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, json.dumps(claims), RSAKey(key, key))


def payload(raw: bytes) -> Callable[[dict[str, Any]], str]:
    return lambda _: compact(GOOD_HEADER, raw, rsa_key("makelaar"))


def tampered(claims: dict[str, Any]) -> str:
    good = compact(GOOD_HEADER, json.dumps(claims).encode(), rsa_key("makelaar"))
    head, _, signature = good.split(".")
    return f"{head}.{b64(json.dumps({**claims, 'sub': 'person-2'}).encode())}.{signature}"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(unsigned, "token_alg", id="R-06 no signature"),
        pytest.param(symmetric(b"client secret" * 4), "token_alg", id="R-07 the client secret"),
        pytest.param(tampered, "token_signature", id="R-06 another payload"),
        pytest.param(encrypted, "token_encrypted", id="R-24 encrypted"),
        pytest.param(payload(b"[" * 5000), "token_malformed", id="R-11 deep"),
        pytest.param(payload(b'{"sub":1,"sub":2}'), "token_malformed", id="R-18 a sub twice"),
        pytest.param(payload(b'{"exp":NaN}'), "token_malformed", id="R-16 NaN"),
        pytest.param(payload(b"[]"), "token_malformed", id="R-11 no object"),
        pytest.param(payload(b"x" * 20_000), "token_malformed", id="R-11 a huge token"),
        pytest.param(lambda _: "a.b", "token_malformed", id="R-11 two parts"),
        pytest.param(lambda _: "é.b.c", "token_malformed", id="R-11 not ASCII"),
        pytest.param(lambda _: "!!.b.c", "token_malformed", id="R-11 no base64"),
    ],
)
def test_a_token_without_the_makelaars_signature_is_refused(
    makelaar: Makelaar, make: Callable[[dict[str, Any]], str], reason: str
) -> None:
    makelaar.id_token = make
    refused(makelaar, reason)


def test_R_07_a_public_key_is_no_shared_secret(makelaar: Makelaar) -> None:
    makelaar.id_token = lambda claims: hmac_with_public_key(makelaar, claims)
    refused(makelaar, "token_alg")


def hmac_with_public_key(makelaar: Makelaar, claims: dict[str, Any]) -> str:
    head, body = b64(b'{"alg":"HS256","kid":"m1"}'), b64(json.dumps(claims).encode())
    mac = hmac.new(public_jwk_pem(makelaar), f"{head}.{body}".encode(), hashlib.sha256)
    return f"{head}.{body}.{b64(mac.digest())}"


def test_R_08_another_algorithm_than_registered_is_refused(makelaar: Makelaar) -> None:
    refused(makelaar, "token_alg", id_token_signed_response_alg="PS256")
    es256(makelaar)
    refused(makelaar, "token_alg")
    assert login(makelaar, id_token_signed_response_alg="ES256").subject == "person-1"


def test_R_08_a_key_that_is_too_short_verifies_nothing(makelaar: Makelaar) -> None:
    short = rsa.generate_private_key(65537, 1024)
    makelaar.signing_key = short
    makelaar.keys = [public_jwk(short, "m1"), public_jwk(rsa_key("makelaar"), "m2")]
    makelaar.id_token = lambda claims: signed_as_is(GOOD_HEADER, claims, short)
    refused(makelaar, "token_key_unknown")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param({"kid": "../../../dev/null"}, "token_key_unknown", id="R-10 a path"),
        pytest.param({"kid": "' OR 1=1 --"}, "token_key_unknown", id="R-10 SQL"),
        pytest.param({"kid": "k" * 10_000}, "token_malformed", id="R-10 a huge kid"),
        pytest.param({"kid": 7}, "token_header", id="R-10 a kid that is no text"),
        pytest.param({"kid": ""}, "token_header", id="R-10 an empty kid"),
        pytest.param({"crit": ["sluis"], "sluis": 1}, "token_header", id="R-11 crit"),
        pytest.param({"crit": ["b64"], "b64": False}, "token_header", id="R-11 b64"),
        pytest.param({"zip": "DEF"}, "token_header", id="R-11 compressed"),
        pytest.param({"filler": "x" * 30_000}, "token_malformed", id="R-11 a huge header"),
        pytest.param({"p2c": 2**31, "alg": "RS384"}, "token_alg", id="R-11 p2c"),
        pytest.param({"typ": "at+jwt"}, "token_typ", id="R-06 an access token"),
        pytest.param({"typ": "logout+jwt"}, "token_typ", id="R-06 a logout token"),
    ],
)
def test_a_header_chooses_no_keys_and_no_rules(
    makelaar: Makelaar, header: dict[str, Any], reason: str
) -> None:
    full = {**GOOD_HEADER, **header}
    # Signed as it should be, over exactly these octets: only the header is wrong.
    makelaar.id_token = lambda claims: signed_as_is(full, claims)
    refused(makelaar, reason)
    makelaar.id_token = lambda claims: signed_as_is(GOOD_HEADER, claims)
    assert login(makelaar).subject == "person-1"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5c", "x5u"])
def test_R_09_a_key_in_the_header_is_not_used_and_its_address_not_called(
    makelaar: Makelaar, name: str
) -> None:
    """MITREid Connect and Cloud Foundry UAA write ``jku`` in every token, others their certificate:
    those are read with the keys of discovery, and a thief's is not read with his own.
    """
    thief = rsa_key("thief")
    found = {
        "jwk": public_jwk(thief, "m1"),
        "jku": f"{makelaar.issuer}/of-a-thief",
        "x5c": ["MIIC" * 1000],
        "x5u": f"{makelaar.issuer}/of-a-thief",
    }
    header = {**GOOD_HEADER, name: found[name]}
    makelaar.id_token = lambda claims: signed_as_is(header, claims)
    assert login(makelaar).subject == "person-1"
    makelaar.id_token = lambda claims: signed_as_is(header, claims, thief)
    refused(makelaar, "token_signature")
    assert "of-a-thief" not in makelaar.paths()


def signed_as_is(
    header: dict[str, Any], claims: dict[str, Any], key: rsa.RSAPrivateKey | None = None
) -> str:
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    signature = (key or rsa_key("makelaar")).sign(signed.encode(), PKCS1v15(), SHA256())
    return f"{signed}.{b64(signature)}"


def test_R_10_without_kid_the_only_key_serves_and_several_do_not(makelaar: Makelaar) -> None:
    makelaar.header = {"kid": None}
    assert login(makelaar).subject == "person-1"
    makelaar.keys.append(public_jwk(rsa_key("second"), "m2"))
    refused(makelaar, "kid_missing")


# Claims.


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        pytest.param({"iss": "https://other.example"}, "token_issuer", id="R-12 another"),
        pytest.param({"iss": None}, "token_issuer", id="R-12 missing"),
        pytest.param({"aud": "other", "azp": "sluis"}, "token_audience", id="R-13 another"),
        pytest.param({"aud": ["a", "b"]}, "token_audience", id="R-13 a list without us"),
        pytest.param({"aud": ["sluis", "other"]}, "audience_untrusted", id="R-13 one more"),
        pytest.param(
            {"aud": ["sluis", "other"], "azp": "sluis"}, "audience_untrusted", id="R-13 with azp"
        ),
        pytest.param({"aud": None}, "token_audience", id="R-13 missing"),
        pytest.param({"aud": []}, "token_audience", id="R-13 an empty list"),
        pytest.param({"azp": "other"}, "token_azp", id="R-14 another azp"),
        pytest.param({"aud": ["sluis", "x"]}, "audience_untrusted", id="R-14 several without azp"),
        pytest.param({"nonce": "wrong"}, "token_nonce", id="R-15 wrong"),
        pytest.param({"nonce": None}, "token_nonce", id="R-15 missing"),
        pytest.param({"nonce": 1}, "token_nonce", id="R-15 a number"),
        pytest.param({"nonce": "\ud800"}, "token_nonce", id="R-15 half a character"),
        pytest.param({"exp": NOW - 61}, "token_expired", id="R-16 past"),
        pytest.param({"exp": None}, "token_time", id="R-16 no exp"),
        pytest.param({"exp": str(NOW + 300)}, "token_time", id="R-16 exp as text"),
        pytest.param({"exp": 2**60}, "token_time", id="R-16 exp far away"),
        pytest.param({"exp": True}, "token_time", id="R-16 exp true"),
        pytest.param({"exp": -1}, "token_time", id="R-16 exp negative"),
        pytest.param({"iat": NOW - 601}, "token_too_old", id="R-16 iat eleven minutes ago"),
        pytest.param({"iat": NOW + 61}, "token_not_yet_valid", id="R-16 iat in the future"),
        pytest.param({"iat": None}, "token_time", id="R-16 no iat"),
        pytest.param({"nbf": NOW + 61}, "token_not_yet_valid", id="R-16 nbf in the future"),
        pytest.param({"nbf": "now"}, "token_time", id="R-16 nbf as text"),
        pytest.param({"at_hash": half_hash("other")}, "token_hash", id="R-17 at_hash"),
        pytest.param({"at_hash": 1}, "token_hash", id="R-17 at_hash a number"),
        pytest.param({"at_hash": "\udfff"}, "token_hash", id="R-17 at_hash half a character"),
        pytest.param({"c_hash": "\ud800"}, "token_hash", id="R-17 c_hash half a character"),
        pytest.param({"c_hash": half_hash("other")}, "token_hash", id="R-17 c_hash"),
        pytest.param({"sub": None}, "subject_malformed", id="R-18 missing"),
        pytest.param({"sub": ""}, "subject_malformed", id="R-18 empty"),
        pytest.param({"sub": "x" * 300}, "subject_malformed", id="R-18 too long"),
        pytest.param({"sub": 12}, "subject_malformed", id="R-18 a number"),
        pytest.param({"sub": "a\nb"}, "subject_malformed", id="R-18 lines"),
        pytest.param({"sub": "a  b"}, "subject_malformed", id="R-18 two spaces"),
        pytest.param({"sub": " \n"}, "subject_malformed", id="R-18 spaces alone"),
        pytest.param({"sub": " person-1"}, "subject_malformed", id="R-18 a space before"),
        pytest.param({"sub": "person-1\n"}, "subject_malformed", id="R-18 a line behind"),
        pytest.param({"sub": "person-1\u00a0"}, "subject_malformed", id="R-18 another space"),
        pytest.param({"sub": "person-1\u200b"}, "subject_malformed", id="R-18 hidden"),
        pytest.param({"sub": "person-1\x1f"}, "subject_malformed", id="R-18 a control character"),
        pytest.param({"auth_time": NOW + 61}, "authentication_time", id="R-20 in the future"),
    ],
)
def test_a_claim_that_is_wrong_is_refused(
    makelaar: Makelaar, claims: dict[str, Any], reason: str
) -> None:
    makelaar.claims = claims
    refused(makelaar, reason)


def test_R_12_a_slash_more_is_another_issuer(makelaar: Makelaar) -> None:
    makelaar.claims = {"iss": f"{makelaar.issuer}/"}
    refused(makelaar, "token_issuer")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        pytest.param({"aud": ["sluis", "project"], "azp": "sluis"}, None, id="R-13 trusted"),
        pytest.param({"aud": ["project", "sluis"], "azp": "sluis"}, None, id="R-13 in any order"),
        pytest.param({"aud": "sluis"}, None, id="R-13 only us"),
        pytest.param({"aud": ["sluis", "project"]}, "token_azp", id="R-14 without azp"),
        pytest.param(
            {"aud": ["sluis", "project"], "azp": "project"}, "token_azp", id="R-14 made for another"
        ),
        pytest.param({"aud": "project", "azp": "sluis"}, "token_audience", id="R-13 without us"),
        pytest.param({"aud": ["project"], "azp": "sluis"}, "token_audience", id="R-13 not us"),
        pytest.param(
            {"aud": ["sluis", "project", "x"], "azp": "sluis"},
            "audience_untrusted",
            id="R-13 one more",
        ),
        pytest.param(
            {"aud": ["sluis", "PROJECT"], "azp": "sluis"}, "audience_untrusted", id="R-13 capitals"
        ),
        pytest.param(
            {"aud": ["sluis", ["project"]], "azp": "sluis"},
            "token_audience",
            id="R-13 a list in it",
        ),
        pytest.param(
            {"aud": ["sluis", *["project"] * 99], "azp": "sluis"}, "token_audience", id="R-13 many"
        ),
    ],
)
def test_a_further_audience_counts_where_the_record_trusts_it(
    makelaar: Makelaar, claims: dict[str, Any], reason: str | None
) -> None:
    makelaar.claims = claims
    if reason is None:
        assert login(makelaar, trusted_audiences=("project",)).subject == "person-1"
    else:
        refused(makelaar, reason, trusted_audiences=("project",))


def test_R_13_a_list_with_only_us_is_fine(makelaar: Makelaar) -> None:
    makelaar.claims = {"aud": ["sluis"], "azp": "sluis"}
    assert login(makelaar).subject == "person-1"


def test_R_15_an_earlier_answer_does_not_fit_a_later_login(makelaar: Makelaar) -> None:
    makelaar.claims = {"nonce": makelaar.query["nonce"]}
    refused(makelaar, "token_nonce")


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"exp": NOW - 59}, id="R-16 exp within skew"),
        pytest.param({"iat": NOW + 60}, id="R-16 iat within skew"),
        pytest.param({"iat": NOW - 600}, id="R-16 iat ten minutes ago"),
        pytest.param({"nbf": NOW + 60}, id="R-16 nbf within skew"),
        pytest.param({"exp": NOW + 300.5}, id="R-16 a fraction"),
    ],
)
def test_times_within_the_skew_are_accepted(makelaar: Makelaar, claims: dict[str, Any]) -> None:
    makelaar.claims = claims
    assert login(makelaar).subject == "person-1"


@pytest.mark.parametrize("number", [pytest.param("1e309", id="R-16 beyond every number")])
def test_a_number_that_is_none_is_refused(makelaar: Makelaar, number: str) -> None:
    def make(claims: dict[str, Any]) -> str:
        raw = json.dumps({**claims, "exp": 0}).replace('"exp": 0', f'"exp": {number}')
        return compact(GOOD_HEADER, raw.encode(), rsa_key("makelaar"))

    makelaar.id_token = make
    refused(makelaar, "token_time")


def test_R_17_a_hash_of_a_token_that_did_not_come_is_refused(makelaar: Makelaar) -> None:
    makelaar.claims = {"at_hash": half_hash(ACCESS_TOKEN)}
    assert login(makelaar).subject == "person-1"
    makelaar.token = {"access_token": None}
    refused(makelaar, "token_hash")


@pytest.mark.parametrize(
    "acr",
    [
        pytest.param("http://eidas.europa.eu/LoA/low", id="R-20 lower"),
        pytest.param("http://eid.logius.nl/LoA/basic", id="R-20 the lowest"),
    ],
)
def test_a_level_that_was_not_reached_is_never_rounded_up(makelaar: Makelaar, acr: Any) -> None:
    makelaar.claims = {"acr": acr}
    with pytest.raises(ProviderLevelTooLow):
        login(makelaar)


HTTPS = "https://eidas.europa.eu/LoA/substantial"


@pytest.mark.parametrize(
    ("acr", "told"),
    [
        pytest.param(HTTPS, {"word": HTTPS}, id="R-20 unknown"),
        pytest.param("urn:etoegang:core:assurance-class:loa1", {}, id="R-20 abolished"),
        pytest.param("urn:sluis:loa:email", {}, id="R-20 an e-mail account"),
        pytest.param("1", {"line": 'levels: {"1": EH2}'}, id="R-20 as Keycloak says"),
        pytest.param("", {"seen": "none", "line": "level_without_word: EH2"}, id="R-20 empty"),
        pytest.param(" ", {"seen": "none"}, id="R-20 white space"),
        pytest.param(None, {"seen": "none", "line": "level_without_word: EH2"}, id="R-20 missing"),
        pytest.param([f"{EIDAS}high"], {"seen": f'["{EIDAS}high"]'}, id="R-20 a list"),
        pytest.param(1, {"seen": "1", "expected": "a text"}, id="R-20 a number"),
        pytest.param(True, {"seen": "true", "expected": "a text"}, id="R-20 a truth"),
        pytest.param({"acr": "x"}, {"expected": "a text"}, id="R-20 an object"),
    ],
)
def test_a_level_that_is_not_understood_is_none(
    makelaar: Makelaar, acr: Any, told: dict[str, str]
) -> None:
    makelaar.claims = {"acr": acr}
    with pytest.raises(ProviderLevelUnknown) as unknown:
        login(makelaar)
    assert told.items() <= unknown.value.measured.items()


@pytest.mark.parametrize("acr", [1, [f"{EIDAS}high"], True, {"acr": "x"}, "gold"])
def test_what_is_said_in_another_way_is_not_taken_for_nothing(makelaar: Makelaar, acr: Any) -> None:
    makelaar.claims = {"acr": acr}
    with pytest.raises(ProviderLevelUnknown):
        login(makelaar, level_without_word="EH3")


def test_R_20_nothing_is_believed_above_the_ceiling(makelaar: Makelaar) -> None:
    makelaar.claims = {"acr": f"{EIDAS}high"}
    with pytest.raises(ProviderLevelTooLow):
        login(makelaar, level_ceiling="EH2+")
    assert login(makelaar).authentication.label == "EH3"
