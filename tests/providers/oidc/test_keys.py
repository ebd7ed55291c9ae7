"""The keys of a makelaar: an entry that is of no use is left out, and costs the others nothing."""

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
        ({"e": "AQ"}, False),  # 1: a signature would be its own message
        ({"e": "Ag"}, False),
        ({"e": None}, False),
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


@pytest.mark.parametrize(
    "changes",
    [
        {"crv": "secp256k1"},
        {"crv": "P-384"},
        {"x": "AA"},
        {"y": None},
        {"y": EC["x"]},
        {"x": EC["y"]},
    ],
)
def test_only_points_on_their_curve_are_keys(changes: dict[str, Any]) -> None:
    assert kids(RSA, {**EC, **changes}) == ["r"]


@pytest.mark.parametrize(
    "document",
    [{}, {"keys": {}}, {"keys": ["text"]}, {"keys": [RSA, *([{}] * MAX_KEYS)]}],
    ids=["none", "no list", "text", "too many"],
)
def test_what_is_no_key_set_is_not_used(document: dict[str, Any]) -> None:
    with pytest.raises(ProviderUnavailable):
        read_jwks(document)


OTHER = public_jwk(rsa_key("any"), "r")


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([], []),
        ([{**RSA, "use": "enc"}], []),
        ([RSA, "text"], ["r"]),
        ([RSA, 7, None, []], ["r"]),
        ([RSA, {**EC, "d": "AA"}], ["r"]),
        ([{**RSA, "kid": "x", "d": "AQAB"}, RSA, EC], ["e"]),
        ([RSA, {**EC, "kid": "r"}], ["r", "r"]),
        ([RSA, OTHER, EC], ["e"]),
        ([RSA, {**OTHER, "alg": "PS256"}, EC], ["e"]),
        ([{**RSA, "alg": "RS256"}, {**OTHER, "alg": "PS256"}], ["r", "r"]),
        ([RSA, RSA, EC], ["r", "e"]),
        ([{**RSA, "alg": "RS256"}, {**RSA, "alg": "PS256"}], ["r", "r"]),
        ([{"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "q"}, RSA], ["r"]),
    ],
    ids=[
        "withdrawn",
        "none to verify with",
        "text",
        "other things",
        "private",
        "private half of another",
        "same kid, another type",
        "two of one kid",
        "two of one kid, one of them for any algorithm",
        "two of one kid for two algorithms",
        "one key twice",
        "one key for two algorithms",
        "post-quantum",
    ],
)
def test_an_entry_that_is_of_no_use_is_lost_and_no_other(
    entries: list[Any], left: list[str]
) -> None:
    assert kids(*entries) == left


def test_of_two_types_under_one_kid_the_algorithm_says_which_is_meant() -> None:
    both = keys(RSA, {**EC, "kid": "r"})
    found = [both.choose("r", alg) for alg in ("RS256", "ES256")]
    assert [key.key_type for key in found if key is not None] == ["RSA", "EC"]


def keys(*entries: dict[str, Any]) -> PublishedKeys:
    return read_jwks({"keys": list(entries)})


@pytest.mark.parametrize(
    ("entries", "kid", "alg", "found"),
    [
        ((RSA, EC), "r", "RS256", True),
        ((RSA, EC), "r", "PS256", True),
        ((RSA, EC), "r", "ES256", False),
        ((RSA, EC), "r", "PS512", True),
        ((RSA, EC), "e", "ES384", False),
        ((RSA, EC), "r", "HS256", False),
        ((RSA, EC), "r", "none", False),
        ((RSA, EC), "e", "EdDSA", False),
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


def nameless(name: str = "any") -> dict[str, Any]:
    return public_jwk(rsa_key(name), None)


def test_a_server_that_names_keys_in_tokens_alone_has_one() -> None:
    """As home-made key sets do: nobody else publishes here, and the signature says whether it is
    this one. Between two nobody guesses.
    """
    assert keys(nameless()).choose("a-name", "RS256") is not None
    assert keys(nameless(), nameless("another")).choose("a-name", "RS256") is None
    assert keys({**nameless(), "kid": "m2"}).choose("a-name", "RS256") is None
    assert keys(nameless(), {**nameless("another"), "kid": "m2"}).choose("a-name", "RS256") is None
    assert keys({**nameless(), "alg": "PS256"}).choose("a-name", "RS256") is None
