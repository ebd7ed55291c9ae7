"""ID tokens and userinfo as makelaars sign them that are set otherwise than RS256: Keycloak offers
each of these, Zitadel EdDSA, Authlete PS512.
"""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jws

from keys.jose_algorithms import VERIFIED
from keys.jws_registry import verifying
from providers.interface import ProviderRefused
from providers.oidc.keys import PublishedKeys, VerifyingKey, read_jwks
from providers.oidc.tokens import verify
from tests.keys.kinds_of_keys import key_for

PAYLOAD = b'{"sub": "person-1"}'


def published(*algorithms: str) -> PublishedKeys:
    return read_jwks({"keys": [key_for(one).as_dict(private=False) for one in algorithms]})


def token(algorithm: str, signs: Any = None, **header: str) -> str:
    key = signs or key_for(algorithm)
    registry = verifying([algorithm], 1000)
    return jws.serialize_compact(
        {"alg": algorithm, "kid": "m1", **header}, PAYLOAD, key, registry=registry
    )


@pytest.mark.parametrize("algorithm", VERIFIED)
def test_keycloak_signs_as_it_is_set(algorithm: str) -> None:
    def find(kid: str | None) -> VerifyingKey:
        found = published(algorithm).choose(kid, algorithm)
        assert found is not None
        return found

    assert verify(token(algorithm), algorithm, find) == {"sub": "person-1"}
    head, _, signature = token(algorithm).split(".")
    with pytest.raises(ProviderRefused) as refused:
        verify(f"{head}.e30.{signature}", algorithm, find)
    assert refused.value.reason == "token_signature"


@pytest.mark.parametrize("algorithm", VERIFIED)
@pytest.mark.parametrize("other", [*VERIFIED, "HS256", "HS512", "none"])
def test_another_algorithm_than_is_registered_is_refused(algorithm: str, other: str) -> None:
    """Also where the key could have signed so."""
    if other == algorithm:
        return
    head = "eyJhbGciOiJub25lIn0"
    sent = token(other) if other in VERIFIED else f"{head}.e30."
    with pytest.raises(ProviderRefused) as refused:
        verify(sent, algorithm, lambda _: pytest.fail("no key is looked for"))
    assert refused.value.reason == "token_alg"


@pytest.mark.parametrize("algorithm", VERIFIED)
def test_a_key_of_another_kind_is_none(algorithm: str) -> None:
    kinds = ("RS256", "ES256", "ES384", "ES512", "EdDSA")
    for other in kinds:
        is_one = other == algorithm or (other == "RS256" and algorithm[:2] in ("RS", "PS"))
        assert (published(other).choose("m1", algorithm) is not None) is is_one
        if not is_one:
            (key,) = published(other).keys
            with pytest.raises(ProviderRefused) as refused:
                verify(token(algorithm), algorithm, lambda _, key=key: key.key)  # type: ignore[misc]
            assert refused.value.reason == "token_signature"
