"""Tokens say what they are for, and are read back as nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from broker.oidc import jwt
from broker.oidc.jwt import Hint
from keys.jwks import public_jwks
from keys.keyring import KeyRing, KeyState, KeyUse
from tests.broker.examples import GRANT, ISSUER, a_client
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_private_key, make_sealer

RING, CLIENT = make_keyring(), a_client()
IDENTITY = {"sub": "pseudonym", "acr": "high"}
AT = int(START.timestamp())
LONG = timedelta(days=400)
STRANGER = KeyRing((make_private_key(KeyUse.OIDC_SIGNING, "RS256", name="stranger"),))


def id_token(**changes: Any) -> str:
    base: dict[str, Any] = {"keyring": RING, "issuer": ISSUER, "client": CLIENT, "now": START}
    more: dict[str, Any] = {"identity": IDENTITY, "nonce": "n", "access": "a-token", "sid": "s"}
    return jwt.id_token(**{**base, **more, **changes})


def access_token(**changes: Any) -> str:
    base: dict[str, Any] = {"keyring": RING, "issuer": ISSUER, "client": CLIENT, "now": START}
    return jwt.access_token(**{**base, "sub": "pseudonym", "grant_id": GRANT, **changes})


def logout_token(**changes: Any) -> str:
    base: dict[str, Any] = {"keyring": RING, "issuer": ISSUER, "client": CLIENT, "now": START}
    return jwt.logout_token(**{**base, "sub": "pseudonym", "sid": "s", "jti": "j", **changes})


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, by the keys that we publish."""
    keys = KeySet.import_key_set(dict(public_jwks(RING, KeyUse.OIDC_SIGNING)))
    read = joserfc_jwt.decode(token, keys, algorithms=["RS256", "PS256", "ES256"])
    return dict(read.header), dict(read.claims)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_a_token_is_signed_as_the_client_registered(algorithm: str) -> None:
    client = a_client(id_token_signed_response_alg=algorithm)
    for token in (id_token(client=client), access_token(client=client)):
        header, _claims = opened(token)
        assert header["alg"] == algorithm
        assert header["kid"] == RING.active(KeyUse.OIDC_SIGNING, algorithm).kid


def test_an_id_token_is_for_one_client_and_lives_as_long_as_that_registered() -> None:
    header, claims = opened(id_token(client=a_client(id_token_seconds=30)))
    assert header["typ"] == "JWT"
    assert (claims["iss"], claims["aud"], claims["azp"]) == (ISSUER, "portal", "portal")
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (AT, AT, AT + 30)
    assert (claims["sub"], claims["acr"], claims["nonce"]) == ("pseudonym", "high", "n")
    assert opened(id_token())[1]["jti"] != claims["jti"]


def test_an_id_token_has_the_nonce_that_was_sent_or_none() -> None:
    assert "nonce" not in opened(id_token(nonce=None))[1]


def test_an_access_token_says_nothing_about_the_person() -> None:
    header, claims = opened(access_token())
    assert header["typ"] == "at+jwt"
    assert set(claims) == {
        *("iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope", "gid"),
    }
    assert (claims["aud"], claims["exp"] - claims["iat"]) == (ISSUER, CLIENT.access_token_seconds)


def test_a_logout_token_has_its_event_and_no_nonce_and_lives_two_minutes() -> None:
    header, claims = opened(logout_token())
    assert header["typ"] == "logout+jwt"
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert (claims["aud"], claims["exp"] - claims["iat"]) == ("portal", 120)
    assert "nonce" not in claims


@pytest.mark.parametrize(
    ("later", "is_read"), [(0, True), (3599, True), (3600, False), (-10, True), (-11, False)]
)
def test_an_access_token_is_read_while_it_lives_and_not_before_it_began(
    later: int, is_read: bool
) -> None:
    now = START + timedelta(seconds=later)
    found = jwt.read_access_token(access_token(), keyring=RING, issuer=ISSUER, now=now)
    assert (found is not None) is is_read


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(id_token, id="an ID token"),
        pytest.param(logout_token, id="a logout token"),
        pytest.param(lambda: access_token(issuer="https://elders.example"), id="another issuer"),
        pytest.param(lambda: access_token(keyring=STRANGER), id="another's key"),
        pytest.param(lambda: access_token()[:-8] + "AAAAAAAA", id="a changed signature"),
        pytest.param(lambda: "a.b.c", id="no token"),
        pytest.param(lambda: "", id="nothing"),
    ],
)
def test_nothing_else_is_read_as_an_access_token(token: Any) -> None:
    assert jwt.read_access_token(token(), keyring=RING, issuer=ISSUER, now=START) is None


def test_a_hint_is_an_id_token_of_this_client_also_when_it_is_over() -> None:
    old = id_token(now=START - LONG)
    assert jwt.read_hint(old, keyring=RING, issuer=ISSUER, client=CLIENT) == "pseudonym"
    other = a_client(client_id="another")
    assert jwt.read_hint(old, keyring=RING, issuer=ISSUER, client=other) is None
    for token in (access_token(), logout_token(), id_token(keyring=STRANGER), "x"):
        assert jwt.read_hint(token, keyring=RING, issuer=ISSUER, client=CLIENT) is None
        assert jwt.read_any_hint(token, keyring=RING, issuer=ISSUER) is None


def test_a_hint_of_any_client_names_client_person_and_session() -> None:
    found = jwt.read_any_hint(id_token(), keyring=RING, issuer=ISSUER)
    assert found == Hint("portal", "pseudonym", "s")


def test_a_token_under_a_key_that_was_replaced_is_read_and_under_a_revoked_one_not() -> None:
    key = make_private_key(KeyUse.OIDC_SIGNING, "RS256")
    token = access_token(keyring=KeyRing((key,)))
    retiring, revoked = KeyRing((replace(key, state=KeyState.RETIRING),)), KeyRing(())
    for ring, is_read in ((retiring, True), (revoked, False)):
        found = jwt.read_access_token(token, keyring=ring, issuer=ISSUER, now=START)
        assert (found is not None) is is_read


def test_a_session_is_called_differently_at_each_client() -> None:
    sealer = make_sealer()
    one = jwt.session_id(sealer, "portal", "a-session")
    assert one == jwt.session_id(sealer, "portal", "a-session")
    assert one != jwt.session_id(sealer, "another", "a-session")
    assert one != jwt.session_id(sealer, "portal", "another-session")
