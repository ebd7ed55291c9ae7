"""Discovery documents and key sets that must not be believed (R-05, R-10, R-21, R-22, X-10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from providers.interface import Identity, ProviderRefused, ProviderUnavailable
from providers.oidc.provider import OidcProvider
from tests.clocks import START
from tests.keys_for_tests import ec_key, rsa_key
from tests.listener import Said
from tests.providers.oidc.makelaar import (
    Makelaar,
    as_json,
    callback,
    good_answer,
    leave,
    login,
    provider_for,
    public_jwk,
    refused,
)

JSON = {"Content-Type": "application/json"}


def later(**passed: float) -> datetime:
    return START + timedelta(**passed)


def log_in(makelaar: Makelaar, provider: OidcProvider, at: datetime = START) -> Identity:
    """A whole login at this time, tokens and all."""
    seconds = int(at.timestamp())
    makelaar.claims = {"iat": seconds, "exp": seconds + 300, "auth_time": seconds}
    remembered = leave(makelaar, provider, at=at).remembered
    return provider.finish(remembered, callback(*good_answer(makelaar), at=at))


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"issuer": "https://other.example"}, id="R-05 another issuer"),
        pytest.param({"issuer": None}, id="R-05 no issuer"),
        pytest.param({"token_endpoint": "http://elsewhere.example/token"}, id="R-05 http"),
        pytest.param({"token_endpoint": "https://elsewhere.example/token"}, id="R-05 other host"),
        pytest.param({"authorization_endpoint": "https://elsewhere.example/"}, id="R-05 login"),
        pytest.param({"authorization_endpoint": "javascript:alert(1)"}, id="R-05 a script"),
        pytest.param({"jwks_uri": "https://elsewhere.example/jwks"}, id="R-05 keys"),
        pytest.param({"jwks_uri": "https://u@approved.example/jwks"}, id="R-05 a user"),
        pytest.param({"jwks_uri": "https://approved.example:22/jwks"}, id="R-05 a port"),
        pytest.param({"jwks_uri": "https://approved.example\\@x.example/"}, id="R-05 disguised"),
        pytest.param({"jwks_uri": "file:///jwks"}, id="R-05 a file"),
        pytest.param({"jwks_uri": ["https://approved.example/jwks"]}, id="R-05 a list"),
        pytest.param({"userinfo_endpoint": "https://elsewhere.example/"}, id="R-05 userinfo"),
        pytest.param({"token_endpoint": None}, id="R-05 no endpoint"),
    ],
)
def test_a_document_that_does_not_fit_the_registration_is_refused(
    makelaar: Makelaar, metadata: dict[str, Any]
) -> None:
    makelaar.metadata = metadata
    with pytest.raises(ProviderUnavailable, match="discovery"):
        leave(makelaar, provider_for(makelaar, endpoint_hosts=("approved.example",)))


def test_R_05_an_approved_host_is_used(makelaar: Makelaar) -> None:
    makelaar.metadata = {"authorization_endpoint": "https://approved.example/login?tenant=1"}
    departure = leave(makelaar, provider_for(makelaar, endpoint_hosts=("approved.example",)))
    assert departure.url.startswith("https://approved.example/login?tenant=1&response_type=code&")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Said(status=500), id="R-05 X-10 an error"),
        pytest.param(Said(b"<html>", headers=JSON), id="R-05 garbage"),
        pytest.param(Said(b"[]", headers=JSON), id="R-05 a list"),
        pytest.param(Said(b" " * 70_000, headers=JSON), id="R-05 too much"),
        pytest.param(Said(status=302, headers={"Location": "/x"}), id="R-05 a redirect"),
    ],
)
def test_a_document_that_does_not_come_is_trouble(makelaar: Makelaar, said: Said) -> None:
    makelaar.spoiled["openid-configuration"] = said
    with pytest.raises(ProviderUnavailable):
        leave(makelaar, provider_for(makelaar))


def good_key() -> dict[str, Any]:
    return public_jwk(rsa_key("makelaar"), "m1")


BAD_KEY_SETS = [
    pytest.param(Said(status=500), id="R-21 an error"),
    pytest.param(Said(b"garbage", headers=JSON), id="R-21 garbage"),
    pytest.param(Said(b"{}", headers=JSON), id="R-21 no keys member"),
    pytest.param(Said(b'{"keys": [1]}', headers=JSON), id="R-21 no key"),
    pytest.param(Said(b" " * 300_000, headers=JSON), id="R-21 huge"),
]


@pytest.mark.parametrize("said", BAD_KEY_SETS)
def test_a_bad_key_set_leaves_the_last_good_one_for_a_day(makelaar: Makelaar, said: Said) -> None:
    provider = provider_for(makelaar)
    log_in(makelaar, provider)
    makelaar.spoiled["jwks"] = said
    assert log_in(makelaar, provider, later(hours=23, minutes=59)).subject == "person-1"
    with pytest.raises(ProviderUnavailable):
        log_in(makelaar, provider, later(hours=48))
    del makelaar.spoiled["jwks"]
    assert log_in(makelaar, provider, later(hours=49)).subject == "person-1"


def test_R_21_ten_thousand_keys_are_not_read(makelaar: Makelaar) -> None:
    makelaar.keys = [dict(good_key(), kid=str(n)) for n in range(10_000)]
    with pytest.raises(ProviderUnavailable):
        login(makelaar)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: [], id="R-21 empty"),
        pytest.param(
            lambda key: [key, public_jwk(rsa_key("next"), "m1")], id="R-21 two keys of one kid"
        ),
        pytest.param(lambda key: [key, dict(key, kid="x", d="AQAB")], id="R-21 a private key"),
        pytest.param(lambda key: [dict(key, use="enc")], id="R-21 a key for encryption"),
        pytest.param(lambda key: [dict(key, n=7)], id="R-21 no numbers"),
        pytest.param(lambda key: [dict(key, n="AQAB")], id="R-21 a tiny key"),
        pytest.param(
            lambda _: [{"kty": "oct", "k": "c2VjcmV0", "kid": "m1"}], id="R-21 a shared secret"
        ),
    ],
)
def test_a_key_that_cannot_be_trusted_is_not_used_and_another_is(
    makelaar: Makelaar, spoil: Any
) -> None:
    makelaar.keys = spoil(good_key())
    refused(makelaar, "token_key_unknown")
    makelaar.keys = [*spoil(good_key()), public_jwk(rsa_key("any"), "m2")]
    makelaar.signing_key, makelaar.header = rsa_key("any"), {"kid": "m2"}
    assert login(makelaar).subject == "person-1"


def test_R_21_one_key_twice_is_one(makelaar: Makelaar) -> None:
    makelaar.keys = [good_key(), good_key()]
    assert login(makelaar).subject == "person-1"


def test_R_21_a_key_of_another_type_may_have_the_same_kid(makelaar: Makelaar) -> None:
    makelaar.keys = [public_jwk(ec_key("makelaar"), "m1"), good_key()]
    assert login(makelaar).subject == "person-1"


def test_R_21_odd_keys_beside_a_good_one_do_no_harm(makelaar: Makelaar) -> None:
    makelaar.keys = [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}, {"kty": "EC"}, good_key()]
    assert login(makelaar).subject == "person-1"


def test_R_10_an_unknown_kid_costs_one_fetch_a_minute(makelaar: Makelaar) -> None:
    provider = provider_for(makelaar)
    log_in(makelaar, provider)
    makelaar.header = {"kid": "unknown"}
    before = makelaar.paths().count("jwks")
    for second in (61, 70, 80, 90, 120):
        with pytest.raises(ProviderRefused, match="token_key_unknown"):
            log_in(makelaar, provider, later(seconds=second))
    assert makelaar.paths().count("jwks") == before + 1
    with pytest.raises(ProviderRefused, match="token_key_unknown"):
        log_in(makelaar, provider, later(seconds=121))
    assert makelaar.paths().count("jwks") == before + 2
    makelaar.header = {}
    assert log_in(makelaar, provider, later(seconds=122)).subject == "person-1"


def test_R_10_a_makelaar_without_any_good_key_set_is_asked_no_more_often(
    makelaar: Makelaar,
) -> None:
    provider = provider_for(makelaar)
    makelaar.spoiled["jwks"] = as_json({"keys": ["none"]})
    before = makelaar.paths().count("jwks")
    for _ in range(3):
        with pytest.raises(ProviderUnavailable):
            log_in(makelaar, provider)
    assert makelaar.paths().count("jwks") == before + 1


@pytest.mark.parametrize("seconds", [0, 1, 30, 59, 60, 120, 7200])
def test_R_22_a_new_key_is_accepted_after_one_fetch(makelaar: Makelaar, seconds: int) -> None:
    provider = provider_for(makelaar)
    log_in(makelaar, provider)
    before = makelaar.paths().count("jwks")
    makelaar.signing_key = rsa_key("next")
    makelaar.keys = [good_key(), public_jwk(rsa_key("next"), "m2")]
    makelaar.header = {"kid": "m2"}
    assert log_in(makelaar, provider, later(seconds=seconds)).subject == "person-1"
    assert makelaar.paths().count("jwks") == before + 1


@pytest.mark.parametrize(
    "left", [[], [public_jwk(rsa_key("next"), "m2")]], ids=["none is left", "another is left"]
)
def test_R_22_a_withdrawn_key_is_refused_within_a_minute(
    makelaar: Makelaar, left: list[dict[str, Any]]
) -> None:
    provider = provider_for(makelaar)
    log_in(makelaar, provider)
    makelaar.keys = left
    assert log_in(makelaar, provider, later(seconds=59)).subject == "person-1"
    with pytest.raises(ProviderRefused, match="token_key_unknown"):
        log_in(makelaar, provider, later(seconds=60))
    makelaar.spoiled["jwks"] = Said(status=500)  # the old one does not come back
    with pytest.raises(ProviderRefused, match="token_key_unknown"):
        log_in(makelaar, provider, later(minutes=3))
    del makelaar.spoiled["jwks"]
    makelaar.keys = [public_jwk(rsa_key("next"), "m2")]
    makelaar.signing_key, makelaar.header = rsa_key("next"), {"kid": "m2"}
    assert log_in(makelaar, provider, later(minutes=5)).subject == "person-1"


def test_X_10_a_document_that_changed_issuer_leaves_the_last_good_one_for_a_day(
    makelaar: Makelaar,
) -> None:
    provider = provider_for(makelaar)
    log_in(makelaar, provider)
    makelaar.metadata = {"issuer": "https://other.example"}
    assert log_in(makelaar, provider, later(hours=23)).subject == "person-1"
    with pytest.raises(ProviderUnavailable):
        leave(makelaar, provider, at=later(hours=25))
