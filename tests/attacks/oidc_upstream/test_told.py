"""What the refusal of a token tells: the same facts as that of an assertion."""

from __future__ import annotations

import json

import pytest

from providers.interface import ProviderRefused
from tests.clocks import START
from tests.providers.oidc.makelaar import Makelaar, b64, login


@pytest.mark.parametrize(
    ("claims", "reason", "told"),
    [
        ({"iat": 599}, "token_not_yet_valid", {"element": "iat", "clock_seconds": 599}),
        ({"nbf": 90}, "token_not_yet_valid", {"element": "nbf", "clock_seconds": 90}),
        ({"iat": -700}, "token_too_old", {"element": "iat", "clock_seconds": -700}),
        (
            {"iat": -400, "exp": -100},
            "token_expired",
            {"element": "iat", "clock_seconds": -400, "setting": "oidc.skew_seconds"},
        ),
        (
            {"exp": -90},
            "token_expired",
            {"element": "exp", "late_seconds": 90, "setting": "oidc.skew_seconds"},
        ),
        ({"auth_time": 90}, "authentication_time", {"clock_seconds": 90}),
    ],
    ids=["ahead", "not before", "behind", "behind and over", "over", "login ahead"],
)
def test_a_token_says_whose_clock_it_is(
    makelaar: Makelaar, claims: dict[str, int], reason: str, told: dict[str, str | int]
) -> None:
    now = int(START.timestamp())
    makelaar.claims = {name: now + seconds for name, seconds in claims.items()}
    with pytest.raises(ProviderRefused) as caught:
        login(makelaar)
    assert caught.value.reason == reason
    assert {"allowed_seconds": 60, **told}.items() <= caught.value.measured.items()


def test_a_token_that_is_for_another_or_from_another_names_both(makelaar: Makelaar) -> None:
    for claims, reason, told in (
        ({"iss": "https://other.example"}, "token_issuer", {"setting": "oidc.issuer"}),
        ({"aud": "other"}, "token_audience", {"seen": "other", "expected": "sluis"}),
        (
            {"aud": ["sluis", "api"], "azp": "sluis"},
            "audience_untrusted",
            {"seen": "sluis, api", "setting": "oidc.trusted_audiences"},
        ),
        ({"azp": "other"}, "token_azp", {"seen": "other", "expected": "sluis"}),
    ):
        makelaar.claims = claims
        with pytest.raises(ProviderRefused) as caught:
            login(makelaar)
        assert caught.value.reason == reason
        assert told.items() <= caught.value.measured.items()


@pytest.mark.parametrize(("alg", "setting"), [("ES256", True), ("HS256", False), ("none", False)])
def test_another_algorithm_names_the_setting_where_that_has_a_word_for_it(
    makelaar: Makelaar, alg: str, setting: bool
) -> None:
    header = b64(json.dumps({"alg": alg, "kid": "m1"}).encode())
    makelaar.id_token = lambda claims: f"{header}.{b64(json.dumps(claims).encode())}.c2ln"
    with pytest.raises(ProviderRefused) as caught:
        login(makelaar)
    assert (caught.value.reason, caught.value.measured["seen"]) == ("token_alg", alg)
    assert ("setting" in caught.value.measured) is setting
