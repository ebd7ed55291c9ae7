"""Who asks at the token endpoint: one proof, by the registered method. Assertions that are not in
order are among the attacks (``tests/attacks/oidc_downstream/test_assertions.py``).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from broker.oidc.client_authentication import (
    ASSERTION_TYPE,
    Authenticated,
    authenticate,
    named_client,
)
from broker.oidc.client_keys import ClientKeys
from broker.oidc.errors import TokenError
from broker.oidc.parameters import Parameters
from directory.services import OidcClient
from state.ephemeral import AddOnce
from state.outgoing import OutgoingFailed
from tests.broker.clients import portal_ec_key, portal_key
from tests.broker.examples import ISSUER, a_client
from tests.called import Called, said
from tests.clocks import START, FakeClock

SECRET, OLD = "a secret: 100% + more", "the secret before"
DIGESTS = tuple(hashlib.sha256(one.encode()).hexdigest() for one in (SECRET, OLD))
PUBLIC = a_client(client_id="public")
BASIC = a_client(
    client_id="basic",
    token_endpoint_auth_method="client_secret_basic",
    secret_sha256=DIGESTS,
)
POST = a_client(
    client_id="post",
    token_endpoint_auth_method="client_secret_post",
    secret_sha256=DIGESTS,
)
BY_KEY = a_client(
    client_id="key",
    token_endpoint_auth_method="private_key_jwt",
    jwks={"keys": [portal_key().as_dict(private=False)]},
)
CLIENTS = {one.client_id: one for one in (PUBLIC, BASIC, POST, BY_KEY)}
AT = int(START.timestamp())


def who(form: dict[str, str], authorization: str | None = None) -> Authenticated:
    return authenticate(
        Parameters(form.items()),
        authorization,
        clients=CLIENTS,
        keys=ClientKeys(Called(OutgoingFailed("nobody")), FakeClock()),
        audiences=frozenset({ISSUER, f"{ISSUER}/token"}),
        now=START,
    )


def basic(client: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def by_assertion(**changes: Any) -> dict[str, str]:
    good = {"iss": "key", "sub": "key", "aud": ISSUER, "iat": AT, "exp": AT + 60, "jti": "12345678"}
    claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
    token = jwt.encode({"alg": "RS256", "kid": "portal-1"}, claims, portal_key())
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


ENCODED = "a+secret%3A+100%25+%2B+more"


@pytest.mark.parametrize(
    ("form", "authorization", "client"),
    [
        ({"client_id": "public"}, None, PUBLIC),
        ({}, basic("basic", ENCODED), BASIC),
        ({}, basic("basic", "the+secret+before"), BASIC),
        ({"client_id": "basic"}, basic("basic", ENCODED).replace("Basic", "bAsIc"), BASIC),
        ({"client_id": "post", "client_secret": SECRET}, None, POST),
        (by_assertion(), None, BY_KEY),
        ({"client_id": "key", **by_assertion(aud=f"{ISSUER}/token")}, None, BY_KEY),
    ],
)
def test_a_client_that_proves_itself_as_registered_is_known(
    form: dict[str, str], authorization: str | None, client: OidcClient
) -> None:
    assert who(form, authorization).client is client


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        pytest.param({}, None, id="nobody"),
        pytest.param({"client_id": "unknown"}, None, id="unknown"),
        pytest.param({"client_id": "basic"}, None, id="no secret"),
        pytest.param({"client_id": "post", "client_secret": "wrong"}, None, id="wrong secret"),
        pytest.param({"client_id": "basic", "client_secret": SECRET}, None, id="in the body"),
        pytest.param({}, basic("post", ENCODED), id="in the header"),
        pytest.param({"client_id": "public", "client_secret": SECRET}, None, id="public, secret"),
        pytest.param({"client_id": "post"}, basic("basic", ENCODED), id="another is named"),
        pytest.param({"client_secret": SECRET}, basic("basic", ENCODED), id="two proofs"),
        pytest.param({**by_assertion(), "client_secret": SECRET}, None, id="assertion and secret"),
        pytest.param({}, basic("basic", ""), id="an empty secret"),
        pytest.param({}, basic("basic", "100%"), id="not encoded"),
        pytest.param({}, "Basic ???", id="no base64"),
        pytest.param({}, "Bearer abc", id="another scheme"),
        pytest.param({**by_assertion(), "client_assertion_type": "x"}, None, id="another type"),
        pytest.param({"client_assertion_type": ASSERTION_TYPE}, None, id="no assertion"),
        pytest.param(by_assertion(sub="public", iss="public"), None, id="of a public client"),
        pytest.param(by_assertion(exp=AT + 361), None, id="too long valid"),
        pytest.param(by_assertion(exp=AT - 60), None, id="over"),
        pytest.param(by_assertion(aud=[ISSUER]), None, id="a list of audiences"),
    ],
)
def test_any_other_is_refused_with_401(form: dict[str, str], authorization: str | None) -> None:
    with pytest.raises(TokenError) as refused:
        who(form, authorization)
    assert (refused.value.error, refused.value.status) == ("invalid_client", 401)


def once(**changes: Any) -> AddOnce:
    found = who(by_assertion(**changes)).once
    assert found is not None
    return found


def test_an_assertion_is_marked_as_seen_for_longer_than_it_can_be_used() -> None:
    assert once().ttl == 60 + 2 * 60
    assert once().key == once(exp=AT + 90).key != once(jti="87654321").key
    assert who({"client_id": "public"}).once is None


@pytest.mark.parametrize(
    ("times", "made"),
    [
        ({}, START),
        ({"iat": AT - 30}, START - timedelta(seconds=30)),
        ({"iat": None, "exp": AT + 100}, START - timedelta(seconds=200)),  # may live 5 minutes
    ],
)
def test_an_emptied_store_distrusts_what_may_have_been_made_before(
    times: dict[str, int | None], made: Any
) -> None:
    """A clock a minute ahead may have written the moment; the store adds three minutes."""
    assert once(**times).issued_at == made + timedelta(seconds=180 - 60)


@pytest.mark.parametrize(
    ("form", "authorization", "name"),
    [
        ({"client_id": "anybody"}, None, "anybody"),
        ({}, basic("basic", "wrong"), "basic"),
        (by_assertion(sub="whoever"), None, "whoever"),
        ({}, None, None),
        ({}, "Basic ???", None),
        ({"client_secret": "x"}, basic("basic", "x"), None),
        ({"client_assertion_type": ASSERTION_TYPE, "client_assertion": "a.b.c"}, None, None),
    ],
)
def test_whom_a_request_names_is_read_without_being_believed(
    form: dict[str, str], authorization: str | None, name: str | None
) -> None:
    assert named_client(Parameters(form.items()), authorization) == name


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
                audiences=frozenset({ISSUER}),
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
