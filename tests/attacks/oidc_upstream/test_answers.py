"""Answers of an OpenID Connect makelaar that must not be believed (R-03 … R-20, R-24 … R-26).

Each starts from a good login, which is shown to be accepted, and spoils one thing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import RSAKey

from providers.interface import (
    ProviderRefused,
    ProviderUnavailable,
)
from tests.clocks import START
from tests.keys_for_tests import rsa_key
from tests.listener import Said
from tests.providers.oidc.makelaar import (
    ACCESS_TOKEN,
    CODE,
    Makelaar,
    as_json,
    b64,
    callback,
    compact,
    good_answer,
    leave,
    login,
    provider_for,
    refused,
)

NOW = int(START.timestamp())
GOOD_HEADER = {"alg": "RS256", "kid": "m1"}


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
    """Not on a page and not in the log; what a trace keeps is cut, on one line and not linked."""
    provider = provider_for(makelaar)
    remembered = leave(makelaar, provider).remembered
    for error, reason in (("invalid_request", "request_refused"), (text, "makelaar_error")):
        sent = (("error", error), ("error_description", text), ("error_uri", text), STATE)
        with pytest.raises((ProviderRefused, ProviderUnavailable)) as caught:
            provider.finish(remembered, callback(*sent, ("iss", makelaar.issuer)))
        assert text not in str(caught.value)
        assert (caught.value.reason, caught.value.measured["makelaar_error"]) == (reason, error)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("x" * 10_000, "…", id="R-25 longer than anything"),
        pytest.param(
            "a word " * 1000, f'"{("a word " * 50)[:300].strip()}…"', id="R-25 many words"
        ),
        pytest.param("not\r\nSet-Cookie: a=1\x1b[31m", "not Set-Cookie: a=1?[31m", id="R-25 lines"),
        pytest.param("\u202ednim\u200b", "?dnim?", id="R-25 another direction"),
        pytest.param("BSN 123456782, code 1234", "BSN …, code 1234", id="L-05 a number"),
        pytest.param("BSN 1234\u200b56782", "BSN …", id="L-05 a number with a sign nobody sees"),
        pytest.param("user jan@voorbeeld.example", "user …", id="L-05 an address"),
        pytest.param("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "got …", id="L-05 a token"),
        pytest.param(f"secret {'aB3_' * 11}", "secret …", id="L-05 a secret"),
        pytest.param(
            "see https://idp.example/cb?code=abc&state=1", "see https://idp.example/cb", id="a code"
        ),
        pytest.param(
            "AADSTS7000215: Invalid client secret for '8b0f3c1e-5d2b-4b7e-9f53-0d8c6a1b2e34'.",
            "AADSTS7000215: Invalid client secret for '8b0f3c1e-5d2b-4b7e-9f53-0d8c6a1b2e34'.",
            id="Entra ID says which",
        ),
    ],
)
def test_what_a_makelaar_writes_beside_an_error_is_kept_within_bounds(
    makelaar: Makelaar, text: str, kept: str
) -> None:
    makelaar.spoiled["token"] = as_json(
        {"error": "invalid_client", "error_description": text}, status=401
    )
    with pytest.raises(ProviderUnavailable) as caught:
        login(makelaar)
    assert caught.value.measured["makelaar_says"] == kept
    assert caught.value.measured["makelaar_error"] == "invalid_client"
    assert text not in str(caught.value)


def unsigned(claims: dict[str, Any]) -> str:
    return f"{b64(json.dumps({'alg': 'none'}).encode())}.{b64(json.dumps(claims).encode())}."


def encrypted(claims: dict[str, Any]) -> str:
    key = rsa_key("makelaar")
    header = {"alg": "RSA-OAEP", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, json.dumps(claims), RSAKey(key, key))


@pytest.mark.parametrize(
    ("asked", "claims", "reason"),
    [
        pytest.param(
            {"max_age": 60}, {"auth_time": None}, "auth_time_missing", id="R-20 no auth_time"
        ),
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
            {"force_authn": True},
            {"auth_time": None},
            "auth_time_missing",
            id="R-20 fresh, no auth_time",
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
        pytest.param({"error": "invalid_grant"}, "error_and_tokens", id="R-19 an error beside it"),
        pytest.param({"error": ""}, "error_and_tokens", id="R-19 an empty error beside it"),
        pytest.param({"error": {"a": 1}}, "error_and_tokens", id="R-19 an error that is no text"),
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


def test_R_16_the_time_of_the_answer_counts_not_that_of_the_request(makelaar: Makelaar) -> None:
    assert login(makelaar, at=START + timedelta(seconds=359)).subject == "person-1"
    with pytest.raises(ProviderRefused, match="token_expired"):
        login(makelaar, at=START + timedelta(seconds=360))
