"""Client assertions (RFC 7523): signed by the portal, for us alone, fresh, and used once."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from sqlalchemy import update

from broker.oidc.client_authentication import SKEW_SECONDS
from keys.jwks import as_joserfc
from state.stores.single import milliseconds
from state.stores.sql import GENERATION_KEY, Ephemeral
from state.stores.store_generation import generation
from tests.broker.answers import unauthenticated
from tests.broker.clients import SECRET, portal_ec_key, portal_key
from tests.broker.portal import (
    ISSUER,
    Portal,
    assertion,
    by_assertion,
    make_portal_world,
    payload,
)
from tests.keys_for_tests import rsa_key

NOW = time.time


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(lambda: {"exp": NOW() - 61}, id="O-14 over"),
        pytest.param(lambda: {"exp": NOW() + 3700}, id="O-14 too long valid"),
        pytest.param(lambda: {"exp": None}, id="O-14 no end"),
        pytest.param(lambda: {"exp": str(NOW() + 60)}, id="O-14 an end in letters"),
        pytest.param(lambda: {"exp": True}, id="O-14 an end that is true"),
        pytest.param(lambda: {"exp": float("nan")}, id="O-14 an end that is no number"),
        pytest.param(lambda: {"exp": float("inf")}, id="O-14 no end to it"),
        pytest.param(lambda: {"iat": NOW() - 3700}, id="O-14 too old"),
        pytest.param(lambda: {"iat": NOW() + 90}, id="O-14 made in the future"),
        pytest.param(lambda: {"iat": "yesterday"}, id="O-14 made in letters"),
        pytest.param(lambda: {"iat": float("-inf")}, id="O-14 made before time"),
        pytest.param(lambda: {"iat": -1e300}, id="O-14 made before the stars"),
        pytest.param(lambda: {"iat": 10**40}, id="O-14 made after the stars"),
        pytest.param(lambda: {"nbf": NOW() + 90}, id="O-14 not yet"),
        pytest.param(lambda: {"nbf": []}, id="O-14 not yet, a list"),
        pytest.param(lambda: {"iss": "by-basic"}, id="O-14 another issuer"),
        pytest.param(lambda: {"sub": "by-ec-key"}, id="O-14 another subject"),
        pytest.param(lambda: {"sub": None}, id="O-14 no subject"),
        pytest.param(lambda: {"iss": None}, id="O-14 no issuer"),
        pytest.param(lambda: {"sub": ["by-key"]}, id="O-14 a list of subjects"),
        pytest.param(lambda: {"jti": None}, id="O-14 no jti"),
        pytest.param(lambda: {"jti": "short"}, id="O-14 a short jti"),
        pytest.param(lambda: {"jti": "j" * 201}, id="O-14 a long jti"),
        pytest.param(lambda: {"jti": 12345678}, id="O-14 a jti that is a number"),
        pytest.param(lambda: {"header": {"kid": "portal-9"}}, id="O-14 an unknown key id"),
        pytest.param(
            lambda: {"key": as_joserfc(rsa_key("thief"), "portal-1")}, id="O-14 another key"
        ),
        pytest.param(
            lambda: {"key": portal_ec_key(), "header": {"alg": "ES256", "kid": "portal-2"}},
            id="O-14 the key of another client",
        ),
        pytest.param(lambda: {"aud": "https://elders.example"}, id="O-15 another server"),
        pytest.param(lambda: {"aud": ISSUER + "/"}, id="O-15 a slash more"),
        pytest.param(lambda: {"aud": ISSUER.upper()}, id="O-15 in capitals"),
        pytest.param(lambda: {"aud": f"{ISSUER}/authorize"}, id="O-15 another endpoint"),
        pytest.param(lambda: {"aud": f"{ISSUER}/par"}, id="O-15 another endpoint yet"),
        pytest.param(lambda: {"aud": [ISSUER]}, id="O-15 a list"),
        pytest.param(lambda: {"aud": [ISSUER, "https://elders.example"]}, id="O-15 several"),
        pytest.param(lambda: {"aud": None}, id="O-15 none"),
        pytest.param(lambda: {"aud": ""}, id="O-15 empty"),
    ],
)
def test_an_assertion_that_is_not_in_order_is_refused(
    portals: dict[str, Portal], changes: Any
) -> None:
    portal = portals["by-key"]
    code = portal.code()
    form = portal.redemption(code)
    unauthenticated(portal.token({**form, **by_assertion(assertion(**changes()))}))
    assert portal.redeem(code).status == 200


Sign = Callable[[bytes], bytes]


def compact(header: Any, claims: Any, sign: Sign = lambda _: b"x") -> str:
    """A token from parts as they are; a text stands for itself."""
    parts = (part if isinstance(part, str) else json.dumps(part) for part in (header, claims))
    head = ".".join(_b64(part.encode()) for part in parts)
    return f"{head}.{_b64(sign(head.encode()))}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def by_key(data: bytes) -> bytes:
    return rsa_key("portal").sign(data, padding.PKCS1v15(), hashes.SHA256())


def by_public_key(data: bytes) -> bytes:
    return hmac.digest(portal_key().as_pem(private=False), data, "sha256")


def by_secret(data: bytes) -> bytes:
    return hmac.digest(SECRET.encode(), data, "sha256")


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {"iss": "by-key", "sub": "by-key", "aud": ISSUER, "exp": now + 60}
    return {**good, "jti": f"jti-{time.perf_counter_ns()}", **changes}


RS256, HS256 = {"alg": "RS256", "kid": "portal-1"}, {"alg": "HS256", "kid": "portal-1"}


def test_a_token_from_parts_is_accepted(portals: dict[str, Portal]) -> None:
    """The good twin of what follows."""
    portal = portals["by-key"]
    for changes in ({}, {"jti": "\ud800 is half a letter"}):
        form = portal.redemption(portal.code())
        made = compact(RS256, claims(**changes), by_key)
        assert portal.token({**form, **by_assertion(made)}).status == 200


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: compact({"alg": "none"}, claims(), lambda _: b""), id="O-14 unsigned"),
        pytest.param(lambda: compact({"alg": "None"}, claims()), id="O-14 unsigned in capitals"),
        pytest.param(lambda: compact({"alg": "RS1"}, claims(), by_key), id="O-14 SHA-1"),
        pytest.param(lambda: compact(HS256, claims(), by_public_key), id="O-14 key as secret"),
        pytest.param(lambda: compact(HS256, claims(), by_secret), id="O-14 secret of another"),
        pytest.param(lambda: compact(RS256, claims(), lambda _: b""), id="O-14 no signature"),
        pytest.param(
            lambda: compact({**RS256, "crit": ["x"], "x": 1}, claims(), by_key), id="O-14 must do x"
        ),
        pytest.param(
            lambda: compact({**RS256, "b64": False, "crit": ["b64"]}, claims(), by_key),
            id="O-14 not encoded",
        ),
        pytest.param(
            lambda: compact({"alg": "RS256", "jwk": portal_key().as_dict()}, claims()),
            id="O-14 a key in the header",
        ),
        pytest.param(lambda: compact({"alg": ["RS256"]}, claims(), by_key), id="O-14 algorithms"),
        pytest.param(lambda: compact([], claims(), by_key), id="O-14 a header that is a list"),
        pytest.param(lambda: compact(RS256, "[" * 4000, by_key), id="O-14 too deep"),
        pytest.param(lambda: compact("[" * 4000, claims(), by_key), id="O-14 a deep header"),
        pytest.param(lambda: compact(RS256, [], by_key), id="O-14 claims that are a list"),
        pytest.param(lambda: compact(RS256, "x", by_key), id="O-14 no claims"),
        pytest.param(lambda: "", id="O-14 empty"),
        pytest.param(lambda: "a", id="O-14 one part"),
        pytest.param(lambda: "a.b.c.d.e", id="O-14 five parts"),
        pytest.param(lambda: "é.é.é", id="O-14 other letters"),
        pytest.param(lambda: "....", id="O-14 dots"),
    ],
)
def test_an_assertion_that_is_none_is_refused(
    portals: dict[str, Portal], make: Callable[[], str]
) -> None:
    portal = portals["by-key"]
    form = portal.redemption(portal.code())
    unauthenticated(portal.token({**form, **by_assertion(make())}))


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/token"])
@pytest.mark.parametrize(
    "changes",
    [
        dict,
        lambda: {"iat": None},
        lambda: {"iat": NOW() + 30},
        lambda: {"exp": NOW() + 299},
        lambda: {"exp": NOW() + 3599},
        lambda: {"nbf": NOW() - 1},
        lambda: {"header": {"alg": "PS256"}},
        lambda: {"header": {"typ": "JWT"}},
    ],
)
def test_an_assertion_that_is_in_order_is_accepted(
    portals: dict[str, Portal], audience: str, changes: Any
) -> None:
    portal = portals["by-key"]
    form = portal.redemption(portal.code())
    made = assertion(aud=audience, **changes())
    answer = portal.token({**form, **by_assertion(made)})
    assert answer.status == 200, answer.body


def test_O_14_an_assertion_is_used_once(portals: dict[str, Portal]) -> None:
    portal = portals["by-key"]
    made = assertion(exp=int(time.time()) + 200)
    codes = [portal.code() for _ in range(3)]
    assert portal.token({**portal.redemption(codes[0]), **by_assertion(made)}).status == 200
    unauthenticated(portal.token({**portal.redemption(codes[1]), **by_assertion(made)}))
    portal.world.clock.advance(50)
    unauthenticated(portal.token({**portal.redemption(codes[1]), **by_assertion(made)}))
    portal.world.runtime.store.sweep(0)  # type: ignore[attr-defined]
    assert portal.redeem(codes[1]).status == 200
    same_jti = assertion(jti="the same one again")
    assert portal.token({**portal.redemption(codes[2]), **by_assertion(same_jti)}).status == 200
    again = assertion(jti="the same one again", exp=int(time.time()) + 100)
    unauthenticated(portal.token({**portal.redemption("x"), **by_assertion(again)}))


def test_O_14_X_04_an_emptied_store_distrusts_assertions_for_as_long_as_a_clock_may_be_ahead(
    portals: dict[str, Portal],
) -> None:
    """An assertion of before could bear a time of now; a minute later none can."""
    portal = portals["by-key"]
    for age, status in ((SKEW_SECONDS - 5, 401), (SKEW_SECONDS + 5, 200)):
        code = portal.code()
        born = portal.world.clock() - timedelta(seconds=age)
        mark = str(milliseconds(generation(born, is_first=False))).encode()
        with portal.world.process.engine.begin() as sql:
            born_then = update(Ephemeral).where(Ephemeral.key == GENERATION_KEY)
            assert sql.execute(born_then.values(value=mark)).rowcount == 1
        assert portal.redeem(code).status == status


def test_Authlib_proves_a_portal_with_an_assertion_of_an_hour(
    portals: dict[str, Portal],
) -> None:
    """Its client writes the token endpoint as audience, and no setting makes it live shorter."""
    portal = portals["by-key"]
    made = private_key_jwt_sign(
        portal_key(),
        "by-key",
        f"{ISSUER}/token",
        alg="RS256",
        header={"kid": "portal-1"},
    )
    said = payload(made)
    assert (said["aud"], said["exp"] - said["iat"]) == (f"{ISSUER}/token", 3600)
    form = portal.redemption(portal.code())
    assert portal.token({**form, **by_assertion(made)}).status == 200
    unauthenticated(portal.token({**portal.redemption(portal.code()), **by_assertion(made)}))


def test_openid_client_5_proves_a_portal_where_lists_are_accepted(
    tmp_path_factory: pytest.TempPathFactory, portals: dict[str, Portal]
) -> None:
    """It writes a list of issuer and token endpoint."""
    audience = [ISSUER, f"{ISSUER}/token"]
    accepts = ["issuer", "token_endpoint", "both"]
    world = make_portal_world(
        tmp_path_factory.mktemp("lists"), oidc={"assertion_audiences": accepts}
    )
    for portal, status in ((Portal(world, "by-key"), 200), (portals["by-key"], 401)):
        form = portal.redemption(portal.code())
        made = assertion(aud=audience)
        assert portal.token({**form, **by_assertion(made)}).status == status
        also_others = assertion(aud=[*audience, "https://elders.example"])
        unauthenticated(portal.token({**portal.redemption("x"), **by_assertion(also_others)}))
