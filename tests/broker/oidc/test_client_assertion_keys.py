"""Which key proves a portal: as it is registered, and as its address has it now."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from broker.oidc.client_authentication import (
    ASSERTION_TYPE,
    AssertionRules,
    authenticate,
)
from broker.oidc.client_keys import ClientKeys
from broker.oidc.errors import TokenError
from broker.oidc.parameters import Parameters
from keys.jwks import as_joserfc
from state.outgoing import OutgoingFailed
from tests.broker.clients import portal_ec_key, portal_key
from tests.broker.examples import ISSUER, a_client
from tests.broker.oidc.test_client_authentication import AT, BY_KEY, by_assertion
from tests.called import Called, said
from tests.clocks import START, FakeClock
from tests.keys_for_tests import rsa_key


def named(jwk: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The key with other fields; None takes one away."""
    return {name: value for name, value in {**jwk, **fields}.items() if value is not None}


RSA_JWK: Any = portal_key().as_dict(private=False)
EC_JWK: Any = portal_ec_key().as_dict(private=False)
ANOTHER: Any = as_joserfc(rsa_key("another of the portal"), "another").as_dict(private=False)


@pytest.mark.parametrize(
    ("keys", "header", "is_known"),
    [
        pytest.param([RSA_JWK, ANOTHER], {"kid": "portal-1"}, True, id="by its name"),
        pytest.param([ANOTHER, RSA_JWK], {}, True, id="as Authlib sends it, without a name"),
        pytest.param(
            [named(RSA_JWK, kid=None)], {"kid": "x"}, True, id="registered without a name"
        ),
        pytest.param([EC_JWK, named(RSA_JWK, kid=None)], {"kid": "x"}, True, id="among others"),
        pytest.param(
            [named(RSA_JWK, kid="portal-2"), EC_JWK], {"kid": "portal-2"}, True, id="twins"
        ),
        pytest.param([named(RSA_JWK, alg="RS256")], {}, True, id="of this algorithm"),
        pytest.param([RSA_JWK], {"kid": "x"}, False, id="another name"),
        pytest.param([ANOTHER], {}, False, id="another key"),
        pytest.param(
            [named(ANOTHER, kid="portal-1"), RSA_JWK], {"kid": "portal-1"}, True, id="both"
        ),
        pytest.param([named(RSA_JWK, alg="PS256")], {}, False, id="of another algorithm"),
        pytest.param([named(RSA_JWK, use="enc")], {}, False, id="for encryption"),
        pytest.param([], {}, False, id="none"),
    ],
)
def test_the_key_that_may_have_signed_is_found_by_what_portals_say_of_it(
    keys: list[dict[str, Any]], header: dict[str, str], is_known: bool
) -> None:
    client = BY_KEY.model_copy(update={"jwks": {"keys": keys}})
    claims = {"iss": "key", "sub": "key", "aud": ISSUER, "exp": AT + 60, "jti": "12345678"}
    token = jwt.encode({"alg": "RS256", **header}, claims, portal_key())
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
    arguments: dict[str, Any] = {
        "clients": {"key": client},
        "keys": ClientKeys(Called(OutgoingFailed("nobody")), FakeClock()),
        "rules": AssertionRules((ISSUER,), 300),
        "now": START,
    }
    if is_known:
        assert authenticate(Parameters(form.items()), None, **arguments).client is client
    else:
        with pytest.raises(TokenError):
            authenticate(Parameters(form.items()), None, **arguments)


class AtAnAddress:
    """A client whose keys are at an address that answers as it is told."""

    def __init__(self, *keys: RSAKey | ECKey) -> None:
        self.clock, self.called = FakeClock(), Called(OutgoingFailed("nobody"))
        self.publish(*keys)
        self.keys = ClientKeys(self.called, self.clock)

    def publish(self, *keys: RSAKey | ECKey) -> None:
        self.called.answer = said({"keys": [key.as_dict(private=False) for key in keys]})

    def is_known(self, later: float = 0, **changes: Any) -> bool:
        """Does an assertion of this moment prove it?"""
        self.clock.advance(later)
        at = int(self.clock().timestamp())
        form = by_assertion(iat=at, exp=at + 60, **changes)
        client = a_client(
            client_id="key",
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri="https://portal.example/jwks",
        )
        try:
            authenticate(
                Parameters(form.items()),
                None,
                clients={"key": client},
                keys=self.keys,
                rules=AssertionRules((ISSUER,), 300),
                now=self.clock(),
            )
        except TokenError:
            return False
        return True


def test_a_key_that_its_client_withdrew_proves_nothing_a_minute_later() -> None:
    client = AtAnAddress(portal_key())
    assert client.is_known()
    client.publish()
    assert client.is_known(later=59)
    assert not client.is_known(later=1)
    client.called.answer = OutgoingFailed("timeout")
    assert not client.is_known(later=60)
    client.publish(portal_key())
    assert client.is_known(later=60)


def test_a_new_key_proves_its_client_at_once() -> None:
    client = AtAnAddress(portal_ec_key())
    assert not client.is_known()
    client.publish(portal_ec_key(), portal_key())
    assert client.is_known(later=1)


def test_while_its_address_is_silent_a_client_is_known_for_an_hour() -> None:
    client = AtAnAddress(portal_key())
    assert client.is_known()
    client.called.answer = OutgoingFailed("timeout")
    assert client.is_known(later=3599)
    assert not client.is_known(later=1)
