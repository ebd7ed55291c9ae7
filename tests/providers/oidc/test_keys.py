"""The keys of a makelaar: one bad entry spoils the set, one for something else is left out."""

from __future__ import annotations

from typing import Any

import pytest

from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc.keys import MAX_KEYS, PublishedKeys, read_jwks
from tests.keys_for_tests import ec_key, rsa_key
from tests.providers.oidc.makelaar import b64, public_jwk

RSA, EC = public_jwk(rsa_key("makelaar"), "r"), public_jwk(ec_key("makelaar"), "e")


def kids(*entries: Any) -> list[str | None]:
    return [key.kid for key in read_jwks({"keys": list(entries)}).keys]


def number(bits: int) -> str:
    return b64(((1 << (bits - 1)) + 1).to_bytes((bits + 7) // 8))


@pytest.mark.parametrize(
    ("changes", "is_used"),
    [
        ({}, True),
        ({"use": None}, True),
        ({"use": "enc"}, False),
        ({"key_ops": ["verify"]}, True),
        ({"key_ops": ["encrypt"]}, False),
        ({"kid": 7}, False),
        ({"alg": 7}, False),
        ({"kty": "oct"}, False),
        ({"kty": None}, False),
        ({"n": None}, False),
        ({"n": "é"}, False),
        ({"n": number(2047)}, False),
        ({"n": number(8193)}, False),
        ({"n": number(2048)}, True),
    ],
)
def test_a_key_that_cannot_verify_or_is_weak_is_left_out(
    changes: dict[str, Any], is_used: bool
) -> None:
    entry = {name: value for name, value in {**RSA, **changes}.items() if value is not None}
    assert ("r" in kids(EC, entry)) is is_used


@pytest.mark.parametrize("changes", [{"crv": "P-384"}, {"x": "AA"}, {"y": None}])
def test_only_points_on_p_256_are_keys(changes: dict[str, Any]) -> None:
    assert kids(RSA, {**EC, **changes}) == ["r"]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"keys": {}},
        {"keys": []},
        {"keys": [RSA, "text"]},
        {"keys": [RSA, {**EC, "d": "AA"}]},
        {"keys": [RSA, {**EC, "kid": "r"}]},
        {"keys": [{**RSA, "use": "enc"}]},
        {"keys": [RSA, *([{}] * MAX_KEYS)]},
    ],
    ids=["none", "no list", "empty", "text", "private", "twice", "none to use", "too many"],
)
def test_a_set_that_cannot_be_trusted_whole_is_not_used(document: dict[str, Any]) -> None:
    with pytest.raises(ProviderUnavailable):
        read_jwks(document)


def keys(*entries: dict[str, Any]) -> PublishedKeys:
    return read_jwks({"keys": list(entries)})


@pytest.mark.parametrize(
    ("entries", "kid", "alg", "found"),
    [
        ((RSA, EC), "r", "RS256", True),
        ((RSA, EC), "r", "PS256", True),
        ((RSA, EC), "r", "ES256", False),
        ((RSA, EC), "x", "RS256", False),
        ((RSA, EC), None, "RS256", True),  # one key that it can be
        ((EC,), None, "RS256", False),
        (({**RSA, "alg": "PS256"},), "r", "RS256", False),
        (({**RSA, "alg": "PS256"},), "r", "PS256", True),
    ],
)
def test_a_key_is_chosen_by_its_id_its_type_and_what_it_is_limited_to(
    entries: tuple[dict[str, Any], ...], kid: str | None, alg: str, found: bool
) -> None:
    assert (keys(*entries).choose(kid, alg) is not None) is found


def test_without_an_id_nobody_guesses_between_two() -> None:
    two = keys(RSA, {**public_jwk(rsa_key("any"), "other")})
    with pytest.raises(ProviderRefused) as refused:
        two.choose(None, "RS256")
    assert refused.value.reason == "kid_missing"
