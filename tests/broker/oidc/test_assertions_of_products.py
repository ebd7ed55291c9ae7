"""Client assertions as portals sign them: openid-client and Keycloak with each of these algorithms,
panva's and Duende's with EdDSA or ES512 where the key is of that kind.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from broker.oidc.client_authentication import ASSERTION_TYPE, AssertionRules, authenticate
from broker.oidc.client_keys import ClientKeys
from broker.oidc.errors import TokenError
from broker.oidc.parameters import Parameters
from keys.jose_algorithms import VERIFIED
from keys.jws_registry import verifying
from state.outgoing import OutgoingFailed
from tests.broker.examples import ISSUER
from tests.broker.oidc.test_client_authentication import AT, BY_KEY
from tests.called import Called
from tests.clocks import START, FakeClock
from tests.keys.kinds_of_keys import key_for

KINDS: Final = ("RS256", "ES256", "ES384", "ES512", "EdDSA")


def is_known(algorithm: str, key: Any, *registered: dict[str, Any]) -> bool:
    """Does an assertion that this key signed prove a client with those keys?"""
    claims = {"iss": "key", "sub": "key", "aud": ISSUER, "exp": AT + 60, "jti": "12345678"}
    token = jwt.encode({"alg": algorithm}, claims, key, registry=verifying([algorithm], 1000))
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
    client = BY_KEY.model_copy(update={"jwks": {"keys": list(registered)}})
    try:
        found = authenticate(
            Parameters(form.items()),
            None,
            clients={"key": client},
            keys=ClientKeys(Called(OutgoingFailed("nobody")), FakeClock()),
            rules=AssertionRules((ISSUER,), 300),
            now=START,
        )
    except TokenError:
        return False
    return found.client is client


def public(kind: str) -> dict[str, Any]:
    return dict(key_for(kind, None).as_dict(private=False))


@pytest.mark.parametrize("algorithm", VERIFIED)
def test_openid_client_signs_with_the_algorithm_of_its_key(algorithm: str) -> None:
    key = key_for(algorithm, None)
    mine = public(algorithm)
    others = [public(kind) for kind in KINDS if public(kind) != mine]
    assert is_known(algorithm, key, mine)
    assert is_known(algorithm, key, *others, mine)
    assert is_known(algorithm, key, {**mine, "alg": algorithm})
    assert not is_known(algorithm, key, *others)


def test_a_key_that_is_limited_to_another_algorithm_proves_nothing() -> None:
    rsa = public("RS256")
    assert is_known("PS384", key_for("PS384", None), {**rsa, "alg": "PS384"})
    assert not is_known("PS384", key_for("PS384", None), {**rsa, "alg": "RS256"})


@pytest.mark.parametrize("kind", KINDS)
def test_a_public_key_is_no_secret_to_sign_with(kind: str) -> None:
    """The confusion of algorithms: what everybody knows, used as the key of an HMAC."""
    assert is_known(kind, key_for(kind, None), public(kind))
    for text in (public(kind).get("n") or public(kind)["x"], str(public(kind))):
        assert not is_known("HS256", OctKey.import_key(text), public(kind))
