"""ID tokens that portals show again: believed under keys that are ours, passed over under keys that
were, and refused under all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.downstream import LogoutRequest
from broker.errors import PageError
from broker.oidc import jwt
from broker.oidc.authorization_request import HintRetired
from broker.oidc.end_session import parse_logout
from broker.oidc.hints import session_in, user_in
from broker.oidc.jwt import Hint
from broker.oidc.parameters import Parameters
from broker.runtime import Runtime
from keys.keyring import KeyRing, KeyUse
from keys.signing_key import KeyState, SigningKey
from state.db import writing
from tests.broker.examples import a_client
from tests.broker.runtimes import close, make_configuration, make_runtime
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_private_key

DONE = "https://portal.example/done"
CLIENT = a_client(post_logout_redirect_uris=(DONE,))
GONE = make_private_key(KeyUse.OIDC_SIGNING, "RS256", name="gone")
STRANGER = make_private_key(KeyUse.OIDC_SIGNING, "RS256", name="stranger")


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    """One key is retired."""
    made = make_runtime(make_configuration(clients=(CLIENT,)), directory=tmp_path)
    with writing(made.session) as session:
        session.add(
            SigningKey(
                kid=GONE.kid,
                use=GONE.use,
                algorithm=GONE.algorithm,
                state=KeyState.RETIRED,
                sealed=None,
                created_at=START,
                state_since=START,
            )
        )
    yield made
    close(made)


def hint(rt: Runtime, ring: KeyRing, **changes: Any) -> str:
    base: dict[str, Any] = {"issuer": rt.base_url, "client": CLIENT, "identity": {"sub": "jan"}}
    more: dict[str, Any] = {"nonce": None, "access": "a", "sid": "a-sid", "now": START}
    return jwt.id_token(keyring=ring, **{**base, **more, **changes})


def test_a_key_of_ours_proves_user_and_session(rt: Runtime) -> None:
    token = hint(rt, make_keyring())
    assert user_in(rt, token, CLIENT) == "jan"
    assert session_in(rt, token) == Hint("portal", "jan", "a-sid")


def test_a_key_that_was_ours_proves_neither(rt: Runtime) -> None:
    token = hint(rt, KeyRing((GONE,)))
    with pytest.raises(HintRetired):
        user_in(rt, token, CLIENT)
    assert session_in(rt, token) == Hint("portal", "", None)


@pytest.mark.parametrize(
    "make",
    [
        lambda rt: hint(rt, KeyRing((STRANGER,))),
        lambda rt: hint(rt, KeyRing((GONE,)), issuer="https://elders.example"),
        lambda rt: jwt.access_token(
            keyring=KeyRing((GONE,)),
            issuer=rt.base_url,
            client=CLIENT,
            sub="jan",
            grant_id="g",
            now=START,
        ),
        lambda _: f"{'a' * 9}.{'b' * 9}.c",
        lambda _: "e30.e30.x",
        lambda _: "W10.W10.x",
        lambda _: "x",
        lambda _: "",
    ],
)
def test_anything_else_is_no_hint(rt: Runtime, make: Any) -> None:
    token = make(rt)
    assert user_in(rt, token, CLIENT) is None
    assert session_in(rt, token) is None


def test_a_retired_key_of_another_use_signed_no_id_token(rt: Runtime) -> None:
    token = hint(rt, KeyRing((GONE,)))
    with writing(rt.session) as session:
        session.get_one(SigningKey, GONE.kid).use = KeyUse.CLIENT_SIGNING
    assert user_in(rt, token, CLIENT) is None
    assert session_in(rt, token) is None


def test_logging_out_asks_and_leads_where_the_client_registered(rt: Runtime) -> None:
    token = hint(rt, KeyRing((GONE,)))
    asked = {"id_token_hint": token, "post_logout_redirect_uri": DONE}
    assert parse_logout(Parameters(asked.items()), rt) == LogoutRequest("portal", None, DONE, DONE)
    for wrong in ({"client_id": "other"}, {"post_logout_redirect_uri": f"{DONE}/"}):
        with pytest.raises(PageError):
            parse_logout(Parameters({**asked, **wrong}.items()), rt)
