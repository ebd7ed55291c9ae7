"""An ID token is believed when everything in it fits; what thieves try, the attacks tell
(``tests/attacks/oidc_upstream/test_tokens.py``).
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from keys.jwks import as_joserfc
from providers.interface import ProviderRefused
from providers.oidc.tokens import (
    MAX_IAT_SECONDS,
    MAX_SUBJECT,
    ExpectedToken,
    read_id_token,
    seconds_in,
    subject_of,
    verify,
)
from providers.registry import OidcSettings
from tests.clocks import START
from tests.keys_for_tests import rsa_key
from tests.providers.oidc.makelaar import ACCESS_TOKEN, CODE, changed, compact, half_hash

ISSUER = "https://makelaar.example"
SETTINGS = OidcSettings(issuer=ISSUER, client_id="sluis", skew_seconds=60)
KEY = rsa_key("makelaar")
AT = int(START.timestamp())
GOOD = {
    "iss": ISSUER,
    "aud": "sluis",
    "sub": "person-1",
    "nonce": "n",
    "iat": AT,
    "exp": AT + 300,
    "auth_time": AT,
}
EXPECTED: dict[str, Any] = {
    "nonce": "n",
    "code": CODE,
    "access_token": ACCESS_TOKEN,
    "now": START,
}


def read(claims: dict[str, Any] | None = None, **expected: Any) -> None:
    """Raises ProviderRefused. ``claims``: what differs; None takes one away."""
    read_raw(json.dumps(changed(GOOD, claims or {})).encode(), **expected)


def read_raw(payload: bytes, settings: OidcSettings = SETTINGS, **expected: Any) -> None:
    """The same of a payload as it stands."""
    read_id_token(
        compact({"alg": "RS256", "kid": "m1"}, payload, KEY),
        settings=settings,
        find_key=lambda _: as_joserfc(KEY, None),
        expected=ExpectedToken(**{**EXPECTED, **expected}),
    )


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": ["sluis"]},
        {"azp": "sluis"},
        {"auth_time": None},
        {"exp": AT - 59},
        {"iat": AT + 60},
        {"nbf": AT + 60},
        {"iat": AT - MAX_IAT_SECONDS},
        {"exp": AT + 0.5},
        {"at_hash": half_hash(ACCESS_TOKEN), "c_hash": half_hash(CODE)},
    ],
    ids=str,
)
def test_what_fits_is_believed_with_a_minute_between_the_clocks(claims: dict[str, Any]) -> None:
    read(claims)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": f"{ISSUER}/"}, "token_issuer"),
        ({"aud": "another"}, "token_audience"),
        ({"aud": ["sluis", "another"]}, "audience_untrusted"),
        ({"aud": None}, "token_audience"),
        ({"azp": "another"}, "token_azp"),
        ({"exp": AT - 60}, "token_expired"),
        ({"exp": None}, "token_time"),
        ({"exp": True}, "token_time"),
        ({"exp": str(AT + 300)}, "token_time"),
        ({"exp": 2**40}, "token_time"),
        ({"iat": AT + 61}, "token_not_yet_valid"),
        ({"nbf": AT + 61}, "token_not_yet_valid"),
        ({"iat": AT - MAX_IAT_SECONDS - 1}, "token_too_old"),
        ({"nonce": "m"}, "token_nonce"),
        ({"nonce": None}, "token_nonce"),
        ({"sub": ""}, "subject_malformed"),
        ({"at_hash": half_hash(CODE)}, "token_hash"),
        ({"c_hash": half_hash(ACCESS_TOKEN)}, "token_hash"),
        ({"at_hash": 7}, "token_hash"),
        ({"auth_time": AT + 61}, "authentication_time"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_with_its_reason(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(ProviderRefused) as refused:
        read(claims)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("auth_time", "expected", "is_fresh"),
    [
        (AT - 660, {"max_age": 600}, True),
        (AT - 661, {"max_age": 600}, False),
        (AT - 60, {"max_age": 0}, True),
        (AT - 60, {"fresh_since": START}, True),
        (AT - 61, {"fresh_since": START}, False),
        (AT - 61, {"fresh_since": START - timedelta(seconds=1)}, True),
        (AT - 100_000, {}, True),
    ],
)
def test_a_login_is_as_fresh_as_was_asked(
    auth_time: int, expected: dict[str, Any], is_fresh: bool
) -> None:
    if is_fresh:
        read({"auth_time": auth_time}, **expected)
        return
    with pytest.raises(ProviderRefused, match="authentication_too_old"):
        read({"auth_time": auth_time}, **expected)


@pytest.mark.parametrize("expected", [{"max_age": 600}, {"fresh_since": START}])
def test_where_a_fresh_login_was_asked_the_makelaar_says_when_it_was(
    expected: dict[str, Any],
) -> None:
    """Entra ID says it only where it is added to its tokens as an optional claim."""
    read({"auth_time": AT}, **expected)
    with pytest.raises(ProviderRefused, match="auth_time_missing"):
        read({"auth_time": None}, **expected)
    with pytest.raises(ProviderRefused, match="token_time"):
        read({"auth_time": str(AT)}, **expected)


@pytest.mark.parametrize("name", ["azp", "nbf", "auth_time", "at_hash", "c_hash"])
def test_a_claim_of_null_is_one_that_is_not_there(name: str) -> None:
    """As ``acr`` is: products that write every member of theirs. What must be there may not be."""
    payload = json.dumps({**GOOD, name: None}).encode()
    read_raw(payload)
    for needed in ("iss", "aud", "sub", "nonce", "iat", "exp"):
        with pytest.raises(ProviderRefused):
            read_raw(json.dumps({**GOOD, needed: None}).encode())
    with pytest.raises(ProviderRefused, match="auth_time_missing"):
        read_raw(json.dumps({**GOOD, "auth_time": None}).encode(), max_age=60)
    with pytest.raises(ProviderRefused, match="token_azp"):
        both = OidcSettings(**{**SETTINGS.model_dump(), "trusted_audiences": ("project",)})
        shared = {**GOOD, "aud": ["sluis", "project"], "azp": None}
        read_raw(json.dumps(shared).encode(), settings=both)


def test_an_access_token_that_did_not_come_has_no_hash() -> None:
    with pytest.raises(ProviderRefused, match="token_hash"):
        read({"at_hash": half_hash(ACCESS_TOKEN)}, access_token=None)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "PS256"}, "token_alg"),
        ({"alg": "RS256", "typ": "at+jwt"}, "token_typ"),
        ({"alg": "RS256", "zip": "DEF"}, "token_header"),
        ({"alg": "RS256", "kid": "k" * 201}, "token_header"),
        ({"alg": "RS256", "kid": ""}, "token_header"),
    ],
)
def test_algorithm_kind_and_key_are_ours_to_say(header: dict[str, str], reason: str) -> None:
    token = compact(header, b"{}", KEY)
    with pytest.raises(ProviderRefused) as refused:
        verify(token, "RS256", lambda _: as_joserfc(KEY, None))
    assert refused.value.reason == reason


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt"])
def test_spring_authorization_server_may_write_the_media_type_whole(typ: str) -> None:
    """What stands before the slash may be left out, and need not (RFC 7515 §4.1.9)."""
    token = compact({"alg": "RS256", "typ": typ}, b'{"sub": "a"}', KEY)
    assert verify(token, "RS256", lambda _: as_joserfc(KEY, None)) == {"sub": "a"}
    other = compact({"alg": "RS256", "typ": "application/at+jwt"}, b"{}", KEY)
    with pytest.raises(ProviderRefused, match="token_typ"):
        verify(other, "RS256", lambda _: as_joserfc(KEY, None))


@pytest.mark.parametrize("payload", [b"[]", b"x", b'{"a": NaN}', b'{"sub": "a", "sub": "b"}'])
def test_what_readers_could_read_in_two_ways_is_no_token(payload: bytes) -> None:
    with pytest.raises(ProviderRefused, match="token_malformed"):
        verify(compact({"alg": "RS256"}, payload, KEY), "RS256", lambda _: as_joserfc(KEY, None))


def test_a_signature_of_another_key_is_none() -> None:
    token = compact({"alg": "RS256"}, b"{}", rsa_key("thief"))
    with pytest.raises(ProviderRefused, match="token_signature"):
        verify(token, "RS256", lambda _: as_joserfc(KEY, None))


@pytest.mark.parametrize(
    ("sub", "is_one"),
    [
        ("a", True),
        ("s" * MAX_SUBJECT, True),
        ("s" * (MAX_SUBJECT + 1), False),
        ("", False),
        ("é", False),
        ("a b", True),
        ("a\n", False),
        (" a", False),
        ("a  b", False),
        (7, False),
        (None, False),
    ],
)
def test_a_subject_is_a_line_of_ascii(sub: object, is_one: bool) -> None:
    if is_one:
        assert subject_of({"sub": sub}) == sub
        return
    with pytest.raises(ProviderRefused, match="subject_malformed"):
        subject_of({"sub": sub})


def test_a_moment_is_a_number_of_seconds() -> None:
    assert (seconds_in({"t": 0}, "t"), seconds_in({"t": 1.5}, "t")) == (0.0, 1.5)
    for wrong in (-1, False, "1", [], float("inf")):
        with pytest.raises(ProviderRefused, match="token_time"):
            seconds_in({"t": wrong}, "t")
