from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from joserfc import jws
from joserfc.jwk import JWKRegistry, KeySet
from sqlalchemy.orm import Session

from keys.certificate_request import request_certificate
from keys.jose_algorithms import KEY_ENCRYPTIONS
from keys.jwks import client_jwks, joserfc_key, kid_for, public_jwks, with_typable_id
from keys.keyring import AnyPrivateKey, KeyRing, KeyState, KeyUse
from keys.rotation import make_key
from tests.keys_for_tests import MADE_AT, ec_key, make_keyring, make_private_key, make_sealer

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.mark.parametrize(
    ("algorithm", "use"),
    [
        ("RS256", KeyUse.OIDC_SIGNING),
        ("PS256", KeyUse.OIDC_SIGNING),
        ("ES256", KeyUse.OIDC_SIGNING),
    ],
)
def test_what_we_sign_is_verified_with_what_we_publish(algorithm: str, use: KeyUse) -> None:
    ring = make_keyring()
    key = ring.active(use, algorithm)
    header = {"alg": algorithm, "kid": key.kid}
    token = jws.serialize_compact(header, b"claims", joserfc_key(key), algorithms=[algorithm])
    published = KeySet.import_key_set(json.loads(json.dumps(public_jwks(ring, use))))
    assert jws.deserialize_compact(token, published, algorithms=[algorithm]).payload == b"claims"


@pytest.mark.parametrize(
    "published",
    [public_jwks(make_keyring(), KeyUse.OIDC_SIGNING)["keys"], client_jwks(make_keyring())["keys"]],
)
def test_K_01_a_key_set_holds_nothing_private(published: list[dict[str, str]]) -> None:
    assert published
    for jwk in published:
        assert not PRIVATE & set(jwk)
        assert jwk["use"] == ("enc" if jwk.get("alg") in KEY_ENCRYPTIONS else "sig")


@pytest.mark.parametrize(
    "use",
    [
        *(KeyUse.SAML_SIGNING, KeyUse.SAML_ENCRYPTION),
        *(KeyUse.CLIENT_SIGNING, KeyUse.CLIENT_ENCRYPTION),
    ],
)
def test_K_05_keys_of_another_use_are_in_no_key_set(use: KeyUse) -> None:
    with pytest.raises(ValueError, match="no JWK set"):
        public_jwks(make_keyring(), use)


def test_a_next_and_a_retiring_key_are_published() -> None:
    states = (KeyState.NEXT, KeyState.ACTIVE, KeyState.RETIRING)
    ring = KeyRing(tuple(make_private_key(KeyUse.OIDC_SIGNING, "ES256", s) for s in states))
    kids = {jwk["kid"] for jwk in public_jwks(ring, KeyUse.OIDC_SIGNING)["keys"]}
    assert kids == {key.kid for key in ring.keys}


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_makelaars_find_each_algorithm_under_a_name_of_its_own(algorithm: str) -> None:
    """Keycloak takes a key without ``alg`` for one of RS256; others look for ``kid`` alone."""
    ring = make_keyring()
    key = ring.active(KeyUse.CLIENT_SIGNING, algorithm)
    published = [jwk for jwk in client_jwks(ring)["keys"] if jwk["use"] == "sig"]
    assert len({jwk["kid"] for jwk in published}) == len(published) == 3
    (jwk,) = [one for one in published if one["kid"] == kid_for(key, algorithm)]
    assert jwk["alg"] == algorithm
    token = jws.serialize_compact({"alg": algorithm}, b"x", joserfc_key(key), [algorithm])
    found = JWKRegistry.import_key(jwk)
    assert jws.deserialize_compact(token, found, algorithms=[algorithm]).payload == b"x"


def test_makelaars_find_a_key_to_encrypt_with_for_each_algorithm_and_never_one_that_signs() -> None:
    ring = make_keyring()
    published = client_jwks(ring)["keys"]
    assert len({jwk["kid"] for jwk in published}) == len(published)
    numbers = {use: set[str]() for use in ("sig", "enc")}
    for jwk in published:
        numbers[jwk["use"]].add(jwk.get("n") or jwk["x"])
    assert len(numbers["sig"]) == len(numbers["enc"]) == 2
    assert not numbers["sig"] & numbers["enc"]
    assert [jwk["alg"] for jwk in published if jwk["use"] == "enc"] == list(KEY_ENCRYPTIONS)
    assert [jwk["use"] for jwk in published][:3] == ["sig"] * 3  # first for who looks at no use


@pytest.mark.parametrize("later", [KeyState.NEXT, KeyState.RETIRING])
def test_makelaars_that_take_the_first_key_take_the_one_that_most_proofs_are_signed_with(
    later: KeyState,
) -> None:
    made = [make_private_key(KeyUse.CLIENT_SIGNING, "ES256"), *make_keyring().keys]
    other = make_private_key(KeyUse.CLIENT_SIGNING, "RS256", later)
    ring = KeyRing((other, *made))
    published = client_jwks(ring)["keys"]
    active = ring.active(KeyUse.CLIENT_SIGNING, "RS256")
    assert [jwk["alg"] for jwk in published[:3]] == ["RS256", "RS256", "PS256"]
    assert published[0]["kid"] == active.kid


def test_portals_may_verify_both_algorithms_with_the_rsa_key() -> None:
    by_type = {jwk["kty"]: jwk for jwk in public_jwks(make_keyring(), KeyUse.OIDC_SIGNING)["keys"]}
    assert "alg" not in by_type["RSA"]
    assert by_type["EC"]["alg"] == "ES256"


def test_a_key_for_signing_is_made_once() -> None:
    key = make_keyring().active(KeyUse.OIDC_SIGNING, "RS256")
    assert joserfc_key(key) is joserfc_key(key)
    assert joserfc_key(key).kid == key.kid == joserfc_key(key).thumbprint()


def _named(*ids: str) -> tuple[dict[AnyPrivateKey, str], Callable[[], AnyPrivateKey]]:
    """Keys that come one after the other and have these IDs; the last comes for ever."""
    keys = [ec_key(f"typable {number}") for number, _ in enumerate(ids)]
    left = iter(keys)
    return dict(zip(keys, ids, strict=True)), lambda: next(left, keys[-1])


@pytest.mark.parametrize(
    ("ids", "taken"),
    [
        (("abc", "-bc"), "abc"),
        (("a-c", "b"), "a-c"),
        (("_bc", "b"), "_bc"),
        (("-bc", "--c", "xyz"), "xyz"),
        (("-bc",), "-bc"),  # always the same key: it ends
    ],
)
def test_an_id_can_be_typed_at_a_command_line(
    monkeypatch: pytest.MonkeyPatch, ids: tuple[str, ...], taken: str
) -> None:
    names, generate = _named(*ids)
    monkeypatch.setattr("keys.jwks.thumbprint", names.__getitem__)
    assert names[with_typable_id(generate)] == taken


@pytest.mark.parametrize("how", ["made", "asked"])
def test_no_key_is_kept_under_an_id_that_begins_with_a_dash(
    session: Session, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Wherever one is made: the plan and the request draw another."""
    drawn = 0

    def thumbprint_of(key: AnyPrivateKey) -> str:
        nonlocal drawn
        drawn += 1
        return "-first" if drawn == 1 else "second"

    monkeypatch.setattr("keys.jwks.thumbprint", thumbprint_of)
    sealer, subject = make_sealer(), "CN=login.example.nl"
    if how == "made":
        make_key(session, sealer, KeyUse.OIDC_SIGNING, "ES256", KeyState.ACTIVE, MADE_AT)
    else:
        request_certificate(session, sealer, KeyUse.SAML_SIGNING, subject, MADE_AT)
    assert drawn == 2
