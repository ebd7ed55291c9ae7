"""JWK sets of others: what can verify is taken, what real products add is left out, what is broken,
weak or secret is said; whatever it is, nothing is raised.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from keys.jwks import as_joserfc
from keys.public_jwks import MAX_KEYS, algorithms_of, read_public_jwks
from tests.keys.kinds_of_keys import key_for
from tests.keys_for_tests import ec_key, rsa_key

RSA: dict[str, Any] = as_joserfc(rsa_key("portal"), "r").as_dict(private=False)
EC: dict[str, Any] = as_joserfc(ec_key("portal"), "e").as_dict(private=False)
OTHER_EC: dict[str, Any] = as_joserfc(ec_key("another"), "o").as_dict(private=False)
SECRET_EC: dict[str, Any] = as_joserfc(ec_key("portal"), "e").as_dict(private=True)
OKP = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(-(-value.bit_length() // 8))).decode().strip("=")


def rsa_of(bits: int) -> dict[str, Any]:
    return {**RSA, "n": number((1 << bits) - 1)}


def kids(document: object) -> list[str | None]:
    return [key.kid for key in read_public_jwks(document).keys]


@pytest.mark.parametrize(
    "more",
    [
        {"use": "sig"},
        {"use": "sig", "key_ops": ["verify"], "ext": True},  # Web Crypto
        {
            "x5c": ["MIIB"],
            "x5t": "a",
            "x5t#S256": "b",
            "x5u": "https://x.example",
        },  # Entra, Keycloak
        {"x5c": "not even a list"},
        {"alg": "ES256", "iat": 1700000000, "exp": None},
        {"issuer": "https://portal.example/v2.0"},
    ],
    ids=["plain", "web_crypto", "keycloak", "odd_x5c", "with_times", "entra"],
)
def test_a_key_is_taken_as_products_export_it(more: dict[str, Any]) -> None:
    read = read_public_jwks({"keys": [{**EC, **more}], "tenant": "x"})
    assert [key.kid for key in read.keys] == ["e"] and read.faults == ()


def test_a_key_keeps_the_algorithm_that_it_is_limited_to() -> None:
    (key,) = read_public_jwks({"keys": [{**RSA, "alg": "PS256"}]}).keys
    assert key.alg == "PS256"


def test_a_key_of_zitadel_on_edwards_curve_is_taken() -> None:
    (key,) = read_public_jwks({"keys": [{**OKP, "alg": "EdDSA", "use": "sig"}]}).keys
    assert algorithms_of(key) == ("EdDSA",)


def test_a_key_without_a_name_is_taken() -> None:
    (key,) = read_public_jwks({"keys": [{k: v for k, v in EC.items() if k != "kid"}]}).key_set
    assert key.kid == key.thumbprint()


@pytest.mark.parametrize(
    "other",
    [
        {**RSA, "use": "enc"},
        {**RSA, "alg": "RSA-OAEP-256"},
        {**RSA, "alg": "HS256"},
        {**RSA, "alg": "ES256"},
        {**RSA, "key_ops": ["encrypt"]},
        {**EC, "crv": "secp256k1"},
        {**EC, "alg": "ES384"},
        {**OKP, "crv": "X25519"},
        {**OKP, "alg": "ES256"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x"},
    ],
    ids=[
        "enc",
        "oaep",
        "hs256",
        "es256",
        "encrypt",
        "secp256k1",
        "es384",
        "x25519",
        "of_ec",
        "post_quantum",
    ],
)
def test_what_is_no_key_of_ours_is_left_out_beside_one_that_is(other: dict[str, Any]) -> None:
    both = read_public_jwks({"keys": [{**other, "kid": "z"}, EC]})
    assert [key.kid for key in both.keys] == ["e"]
    (fault,) = both.faults
    assert fault.place == "keys.0" and not fault.is_grave
    assert [one.place for one in read_public_jwks({"keys": [other]}).faults if one.is_grave] == [""]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (SECRET_EC, "private key"),
        ({**RSA, "d": "AQAB"}, "private key"),
        ({**RSA, "use": "enc", "d": "AQAB"}, "private key"),
        ({"kty": "oct", "k": "c2VjcmV0"}, "symmetric"),
        ({"kty": "RSA"}, "n is missing"),
        ({"kty": "EC", "crv": "P-256", "x": EC["x"]}, "y is missing"),
        ({**EC, "y": OTHER_EC["y"]}, "no key"),  # not on the curve
        ({"kty": "EC", "x": EC["x"], "y": EC["y"]}, "no key"),
        ({**EC, "x": 7}, "x is missing"),
        ({**EC, "x": "%%%"}, "no base64url"),
        (rsa_of(512), "512 bits"),
        (rsa_of(2047), "2047 bits"),
        ({**RSA, "n": "wJ2bBvY7uFvQ1lA"}, "bits"),
        (rsa_of(16384), "unusual size"),
        ({**RSA, "e": number(1)}, "unusual size"),
        ({**RSA, "e": number(4)}, "no key"),
        ({**EC, "kid": 2026}, "kid is no text"),
        ({"crv": "P-256"}, "kty is missing"),
        ({"kty": ["RSA"]}, "kty is missing"),
        ("a key", "a key is an object"),
        (None, "a key is an object"),
    ],
)
def test_a_bad_key_is_said_and_costs_no_other(bad: object, what: str) -> None:
    read = read_public_jwks({"keys": [bad, OTHER_EC]})
    assert [key.kid for key in read.keys] == ["o"]
    assert any(
        one.is_grave and one.place == "keys.0" and what in one.what and one.instead
        for one in read.faults
    )
    alone = read_public_jwks({"keys": [bad]})
    assert not alone.keys and not alone.key_set


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "x",
        7,
        {},
        {"keys": None},
        {"keys": {}},
        {"keys": []},
        {"keys": [EC] * (MAX_KEYS + 1)},
    ],
)
def test_what_is_no_set_has_no_keys(document: object) -> None:
    read = read_public_jwks(document)
    assert read.keys == () and [one.is_grave for one in read.faults] == [True]


def test_one_name_for_two_keys_is_said_but_of_two_types_it_may_be() -> None:
    twice = read_public_jwks({"keys": [EC, {**OTHER_EC, "kid": "e"}]})
    assert [(one.place, one.is_grave) for one in twice.faults] == [("keys.1", True)]
    assert kids({"keys": [EC, {**RSA, "kid": "e"}]}) == ["e", "e"]
    assert read_public_jwks({"keys": [EC, {**RSA, "kid": "e"}]}).faults == ()


def test_2048_bits_and_the_most_keys_do() -> None:
    assert rsa.RSAPublicNumbers(65537, (1 << 2048) - 1).public_key().key_size == 2048
    assert kids({"keys": [rsa_of(2048)]}) == ["r"]
    many = [{**EC, "kid": f"k{number}"} for number in range(MAX_KEYS)]
    assert len(kids({"keys": many})) == MAX_KEYS


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_java_and_dot_net_fill_up_their_numbers(algorithm: str) -> None:
    """It is the same number, so the same key; what is no base64url stays broken."""
    good = key_for(algorithm).as_dict(private=False)
    numbers = [name for name in ("n", "e", "x", "y") if name in good]
    filled = {**good, **{name: good[name] + "=" * (-len(good[name]) % 4) for name in numbers}}
    (key,) = read_public_jwks({"keys": [filled]}).keys
    assert key.thumbprint() == key_for(algorithm).thumbprint()
    for wrong in ("*", "="):
        spoiled = {**good, numbers[0]: wrong + good[numbers[0]]}
        assert not read_public_jwks({"keys": [spoiled]}).keys
