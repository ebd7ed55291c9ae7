"""Answers of an OpenID Connect makelaar that must not be believed (R-03 … R-20, R-24 … R-26).

Each starts from a good login, which is shown to be accepted, and spoils one thing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwe, jws
from joserfc.jwk import OctKey, RSAKey

from providers.interface import (
    ProviderLevelTooLow,
    ProviderRefused,
    ProviderUnavailable,
)
from tests.clocks import START
from tests.keys_for_tests import rsa_key
from tests.listener import Said
from tests.providers.oidc.makelaar import (
    ACCESS_TOKEN,
    CODE,
    EIDAS,
    Makelaar,
    as_json,
    b64,
    callback,
    compact,
    es256,
    good_answer,
    half_hash,
    leave,
    login,
    provider_for,
    public_jwk,
    running,
)

NOW = int(START.timestamp())
GOOD_HEADER = {"alg": "RS256", "kid": "m1"}


@pytest.fixture
def makelaar() -> Iterator[Makelaar]:
    with running() as started:
        assert login(started).subject == "person-1"  # the good twin
        yield started


def refused(makelaar: Makelaar, reason: str, **changes: Any) -> None:
    with pytest.raises(ProviderRefused) as caught:
        login(makelaar, **changes)
    assert caught.value.reason == reason


def public_jwk_pem(makelaar: Makelaar) -> bytes:
    key = makelaar.signing_key
    assert isinstance(key, rsa.RSAPrivateKey)
    return RSAKey(key, key).as_pem(private=False)


# The way back through the browser.


STATE = ("state", "a-login.1")
GOOD_CODE = ("code", CODE)
OTHER = ("iss", "https://other.example")


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        pytest.param((GOOD_CODE, STATE, OTHER), "issuer_mismatch", id="R-03 iss of another"),
        pytest.param((GOOD_CODE, STATE, ("iss", "")), "issuer_mismatch", id="R-03 iss empty"),
        pytest.param((GOOD_CODE, STATE), "issuer_missing", id="R-03 iss was promised"),
        pytest.param(
            (("error", "access_denied"), STATE, OTHER), "issuer_mismatch", id="R-03 in an error"
        ),
        pytest.param((GOOD_CODE, ("state", "x.1"), ()), "state_mismatch", id="R-01 other state"),
        pytest.param((GOOD_CODE, ()), "state_mismatch", id="R-01 no state"),
        pytest.param(
            (GOOD_CODE, ("error", "access_denied"), STATE, ()), "code_and_error", id="R-04 both"
        ),
        pytest.param(
            (GOOD_CODE, GOOD_CODE, STATE, ()), "repeated_parameter", id="R-04 a code twice"
        ),
        pytest.param((("code", "x" * 2049), STATE, ()), "code_malformed", id="R-04 a huge code"),
        pytest.param((("code", ""), STATE, ()), "code_malformed", id="R-04 an empty code"),
        pytest.param((("code", "a\r\nb"), STATE, ()), "code_malformed", id="R-04 lines in a code"),
        pytest.param((STATE, ()), "code_malformed", id="R-04 neither code nor error"),
    ],
)
def test_an_answer_that_was_not_asked_for_is_refused(
    makelaar: Makelaar, parameters: tuple[Any, ...], reason: str
) -> None:
    provider = provider_for(makelaar)
    remembered = leave(makelaar, provider).remembered
    before = makelaar.paths().count("token")
    sent = [p or ("iss", makelaar.issuer) for p in parameters]  # () stands for the right issuer
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered, callback(*sent))
    assert caught.value.reason == reason
    assert makelaar.paths().count("token") == before
    assert provider.finish(remembered, callback(*good_answer(makelaar))).subject == "person-1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"method": "POST"}, "response_mode", id="R-04 form_post"),
        pytest.param(
            {"url": "https://login.example/oidc/callback/other"},
            "redirect_uri_mismatch",
            id="R-03 at the address of another makelaar",
        ),
    ],
)
def test_an_answer_comes_as_and_where_it_was_asked(
    makelaar: Makelaar, changes: dict[str, str], reason: str
) -> None:
    provider = provider_for(makelaar)
    remembered = leave(makelaar, provider).remembered
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered, callback(*good_answer(makelaar), **changes))
    assert caught.value.reason == reason
    assert provider.finish(remembered, callback(*good_answer(makelaar))).subject == "person-1"


def test_R_03_an_answer_of_one_makelaar_does_not_finish_a_login_at_another(
    makelaar: Makelaar,
) -> None:
    remembered = leave(makelaar, provider_for(makelaar)).remembered
    other = provider_for(makelaar, id="sleutelhof")
    with pytest.raises(ProviderRefused, match="other_makelaar"):
        other.finish(remembered, callback(*good_answer(makelaar)))


def test_R_03_iss_may_be_missing_where_it_was_not_promised(makelaar: Makelaar) -> None:
    makelaar.metadata["authorization_response_iss_parameter_supported"] = None
    provider = provider_for(makelaar)
    remembered = leave(makelaar, provider).remembered
    assert provider.finish(remembered, callback(GOOD_CODE, STATE)).subject == "person-1"
    with pytest.raises(ProviderRefused, match="issuer_mismatch"):
        provider.finish(remembered, callback(GOOD_CODE, STATE, OTHER))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="R-25 HTML"),
        pytest.param("visit https://evil.example", id="R-25 an address"),
    ],
)
def test_what_an_error_says_is_never_repeated(makelaar: Makelaar, text: str) -> None:
    provider = provider_for(makelaar)
    remembered = leave(makelaar, provider).remembered
    for error in ("invalid_request", text):
        sent = (("error", error), ("error_description", text), ("error_uri", text), STATE)
        with pytest.raises(ProviderRefused) as caught:
            provider.finish(remembered, callback(*sent, ("iss", makelaar.issuer)))
        assert text not in str(caught.value)
        assert caught.value.reason == "makelaar_error"


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
        pytest.param({"jwk": {"kty": "RSA"}}, "token_header", id="R-09 jwk"),
        pytest.param({"jku": "http://127.0.0.1/jwks"}, "token_header", id="R-09 jku"),
        pytest.param({"x5u": "http://127.0.0.1/x"}, "token_header", id="R-09 x5u"),
        pytest.param({"x5c": ["MIIB"]}, "token_header", id="R-09 x5c"),
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
        pytest.param({"aud": ["sluis", "other"]}, "token_audience", id="R-13 one more"),
        pytest.param(
            {"aud": ["sluis", "other"], "azp": "sluis"}, "token_audience", id="R-13 with azp"
        ),
        pytest.param({"aud": None}, "token_audience", id="R-13 missing"),
        pytest.param({"aud": []}, "token_audience", id="R-13 an empty list"),
        pytest.param({"azp": "other"}, "token_azp", id="R-14 another azp"),
        pytest.param({"aud": ["sluis", "x"]}, "token_audience", id="R-14 several without azp"),
        pytest.param({"nonce": "wrong"}, "token_nonce", id="R-15 wrong"),
        pytest.param({"nonce": None}, "token_nonce", id="R-15 missing"),
        pytest.param({"nonce": 1}, "token_nonce", id="R-15 a number"),
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
        pytest.param({"c_hash": half_hash("other")}, "token_hash", id="R-17 c_hash"),
        pytest.param({"sub": None}, "subject_malformed", id="R-18 missing"),
        pytest.param({"sub": ""}, "subject_malformed", id="R-18 empty"),
        pytest.param({"sub": "x" * 300}, "subject_malformed", id="R-18 too long"),
        pytest.param({"sub": 12}, "subject_malformed", id="R-18 a number"),
        pytest.param({"sub": "a\nb"}, "subject_malformed", id="R-18 lines"),
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
        pytest.param("https://eidas.europa.eu/LoA/substantial", id="R-20 unknown"),
        pytest.param("urn:etoegang:core:assurance-class:loa1", id="R-20 abolished"),
        pytest.param("urn:sluis:loa:email", id="R-20 an e-mail account"),
        pytest.param("", id="R-20 empty"),
        pytest.param(None, id="R-20 missing"),
        pytest.param([f"{EIDAS}high"], id="R-20 a list"),
    ],
)
def test_a_level_that_was_not_reached_is_never_rounded_up(makelaar: Makelaar, acr: Any) -> None:
    makelaar.claims = {"acr": acr}
    with pytest.raises(ProviderLevelTooLow):
        login(makelaar)


def test_R_20_nothing_is_believed_above_the_ceiling(makelaar: Makelaar) -> None:
    makelaar.claims = {"acr": f"{EIDAS}high"}
    with pytest.raises(ProviderLevelTooLow):
        login(makelaar, level_ceiling="EH2+")
    assert login(makelaar).authentication.label == "EH3"


@pytest.mark.parametrize(
    ("asked", "claims", "reason"),
    [
        pytest.param({"max_age": 60}, {"auth_time": None}, "token_time", id="R-20 no auth_time"),
        pytest.param(
            {"max_age": 60}, {"auth_time": NOW - 121}, "authentication_too_old", id="R-20 max_age"
        ),
        pytest.param(
            {"force_authn": True},
            {"auth_time": NOW - 61},
            "authentication_too_old",
            id="R-20 not fresh",
        ),
        pytest.param(
            {"force_authn": True}, {"auth_time": None}, "token_time", id="R-20 fresh, no auth_time"
        ),
    ],
)
def test_a_login_that_is_too_old_is_refused(
    makelaar: Makelaar, asked: dict[str, Any], claims: dict[str, Any], reason: str
) -> None:
    assert login(makelaar, **asked).subject == "person-1"
    makelaar.claims = claims
    refused(makelaar, reason, **asked)
    assert login(makelaar).subject == "person-1"  # where nobody asked for a fresh one


# The token and userinfo endpoints.


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        pytest.param({"id_token": None}, "no_id_token", id="R-19 no ID token"),
        pytest.param({"id_token": {"a": 1}}, "no_id_token", id="R-19 an ID token that is no text"),
        pytest.param({"token_type": "mac"}, "token_type", id="R-19 another token type"),
        pytest.param({"token_type": None}, "token_type", id="R-19 no token type"),
        pytest.param(
            {"access_token": "a\r\nb"}, "access_token_malformed", id="R-19 lines in a token"
        ),
    ],
)
def test_a_token_answer_that_misses_something_is_refused(
    makelaar: Makelaar, token: dict[str, Any], reason: str
) -> None:
    makelaar.token = token
    refused(makelaar, reason)


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Said(b"<html>", headers={"Content-Type": "text/html"}), id="R-19 HTML"),
        pytest.param(Said(b"<html>", headers=JSON), id="R-19 HTML that says JSON"),
        pytest.param(Said(b"[]", headers=JSON), id="R-19 a list"),
        pytest.param(Said(b"[" * 50_000, headers=JSON), id="R-19 deep"),
        pytest.param(Said(status=302, headers={"Location": "/token"}), id="R-19 a redirect"),
        pytest.param(Said(b" " * 10_000_000, headers=JSON), id="R-19 ten megabytes"),
        pytest.param(as_json({"id_token": "x" * 5_000_000}), id="R-11 five megabytes of token"),
        pytest.param(Said(b"{}", headers=JSON, length=99), id="R-19 cut short"),
        pytest.param(Said(status=500), id="R-19 an error of its own"),
        pytest.param(as_json({"error": "invalid_client"}, 401), id="R-19 does not know us"),
    ],
)
def test_a_token_endpoint_that_answers_nonsense_is_unavailable(
    makelaar: Makelaar, said: Said
) -> None:
    makelaar.spoiled["token"] = said
    with pytest.raises(ProviderUnavailable):
        login(makelaar)


def test_R_04_a_code_that_the_makelaar_does_not_take_is_refused(makelaar: Makelaar) -> None:
    makelaar.spoiled["token"] = as_json(
        {"error": "invalid_grant", "error_description": "<b>no</b>"}, status=400
    )
    refused(makelaar, "code_refused")


def userinfo_token(makelaar: Makelaar, **changes: Any) -> str:
    claims = {"iss": makelaar.issuer, "aud": "sluis", "sub": "person-1", **changes}
    return compact(GOOD_HEADER, json.dumps(claims).encode(), makelaar.signing_key)


def as_token(token: str) -> Said:
    return Said(token.encode(), headers={"Content-Type": "application/jwt"})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(
            lambda _: as_json({"sub": "person-2"}), "userinfo_subject", id="R-18 about another"
        ),
        pytest.param(lambda _: as_json({"name": "x"}), "subject_malformed", id="R-18 no sub"),
        pytest.param(
            lambda m: as_token(unsigned({"iss": m.issuer, "aud": "sluis", "sub": "person-1"})),
            "token_alg",
            id="R-24 no signature",
        ),
        pytest.param(
            lambda m: as_token(userinfo_token(m, aud="other")), "token_audience", id="R-24 aud"
        ),
        pytest.param(
            lambda m: as_token(userinfo_token(m, iss="https://other.example")),
            "token_issuer",
            id="R-24 iss",
        ),
        pytest.param(
            lambda m: as_token(userinfo_token(m, sub="person-2")),
            "userinfo_subject",
            id="R-18 a token about another",
        ),
        pytest.param(
            lambda _: as_token(encrypted({"sub": "person-1"})), "token_encrypted", id="R-24 JWE"
        ),
    ],
)
def test_userinfo_that_cannot_be_believed_is_refused(
    makelaar: Makelaar, make: Callable[[Makelaar], Said], reason: str
) -> None:
    makelaar.userinfo = lambda: as_token(userinfo_token(makelaar))
    assert login(makelaar, userinfo=True).subject == "person-1"
    makelaar.userinfo = lambda: make(makelaar)
    refused(makelaar, reason, userinfo=True)


def test_R_26_no_token_of_the_makelaar_is_in_what_we_keep_show_or_log(makelaar: Makelaar) -> None:
    identity = login(makelaar)
    makelaar.claims = {"nonce": "wrong"}
    with pytest.raises(ProviderRefused) as caught:
        login(makelaar)
    for text in (repr(identity), str(caught.value), repr(caught.value)):
        assert ACCESS_TOKEN not in text
        assert CODE not in text
    assert makelaar.listener is not None
    assert not [s.path for s in makelaar.listener.seen if CODE in s.path or ACCESS_TOKEN in s.path]


# On whose behalf.

KVK = "urn:nl-eid-gdi:1.0:id:KvKnr"
PARTY = {"sub": "12345678", "sub_id_type": KVK, "iss": "urn:etoegang:MR:1"}


@pytest.mark.parametrize(
    ("represents", "reason"),
    [
        pytest.param({**PARTY, "sub": "87654321"}, "not_trusted", id="M-14 another organisation"),
        pytest.param(
            {**PARTY, "represents": {**PARTY, "sub": "87654321"}}, "not_trusted", id="M-14 deepest"
        ),
        pytest.param(
            {**PARTY, "sub": "87654321", "represents": PARTY}, "not_trusted", id="M-14 outermost"
        ),
        pytest.param(
            {**PARTY, "alt_sub": {**PARTY, "sub": "87654321"}}, "not_trusted", id="M-14 alt_sub"
        ),
        pytest.param("12345678", "represents_malformed", id="a text"),
        pytest.param({}, "represents_malformed", id="empty"),
        pytest.param({**PARTY, "sub": "1234"}, "represents_malformed", id="a short number"),
        pytest.param(
            {**PARTY, "sub": "１２３４５６７８"}, "represents_malformed", id="wide digits"
        ),
        pytest.param({**PARTY, "iss": ""}, "represents_malformed", id="nobody vouches"),
        pytest.param(
            {**PARTY, "sub_id_type": "urn:nl-eid-gdi:1.0:id:BSN"},
            "represents_malformed",
            id="a citizen's number",
        ),
        pytest.param(
            {**PARTY, "represents": {**PARTY, "represents": PARTY}},
            "represents_malformed",
            id="M-07 a longer chain",
        ),
        pytest.param(
            {**PARTY, "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": []},
            "represents_malformed",
            id="an empty restriction",
        ),
        pytest.param(
            {
                **PARTY,
                "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": ["000012345678"],
                "represents": PARTY,
            },
            "represents_malformed",
            id="M-07 a restricted intermediary",
        ),
    ],
)
def test_authority_that_cannot_be_believed_is_refused(
    makelaar: Makelaar, represents: Any, reason: str
) -> None:
    makelaar.claims = {"represents": PARTY}
    assert len(login(makelaar, speaks_for=("12345678",)).authority) == 1
    makelaar.claims = {"represents": represents}
    refused(makelaar, reason, speaks_for=("12345678",))


def test_M_14_a_makelaar_that_speaks_for_nobody_asserts_no_authority(makelaar: Makelaar) -> None:
    makelaar.claims = {"represents": PARTY}
    refused(makelaar, "not_trusted")


def test_R_16_the_time_of_the_answer_counts_not_that_of_the_request(makelaar: Makelaar) -> None:
    assert login(makelaar, at=START + timedelta(seconds=359)).subject == "person-1"
    with pytest.raises(ProviderRefused, match="token_expired"):
        login(makelaar, at=START + timedelta(seconds=360))
