"""The secret or key of a portal is replaced, or more is asked of its proof: what was brought with
the old one counts no more, the old one redeems nothing, and what people did goes on.

One table: what is changed at the portal, and what of it stops.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import yaml
from joserfc.jwk import RSAKey

from keys.jwks import as_joserfc
from state import trace_search
from state.trace_search import Wanted
from tests.broker.clients import SECRET, clients, portal_key
from tests.broker.portal import (
    FORM,
    ISSUER,
    Portal,
    assertion,
    basic,
    by_assertion,
    make_portal_world,
    set_clock,
)
from tests.keys_for_tests import rsa_key
from tests.world import World

AWAY: Final = "portal.example"
NEW: Final = "another secret of the portal"
Proof = tuple[dict[str, str], dict[str, str]]  # fields of the form, headers
Prove = Callable[[str], Proof]
GoOn = Callable[[Prove], bool]


def _new_key() -> RSAKey:
    key = as_joserfc(rsa_key("makelaar"), "portal-next")
    assert isinstance(key, RSAKey)
    return key


def by_secret(secret: str) -> Prove:
    return lambda client_id: ({}, {"Authorization": basic(client_id, secret)})


def by_key(key: Callable[[], RSAKey]) -> Prove:
    def prove(client_id: str) -> Proof:
        made = key()
        return by_assertion(assertion(client_id, key=made, header={"kid": made.kid})), {}

    return prove


def by_nothing(client_id: str) -> Proof:
    return {"client_id": client_id}, {}


def sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def public(*keys: RSAKey) -> dict[str, Any]:
    return {"keys": [one.as_dict(private=False) for one in keys]}


def document(client_id: str) -> dict[str, Any]:
    return next(one for one in clients() if one["client_id"] == client_id)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("proofs"))


# What was begun before; each gives whether it goes on with the proof of now.


def a_request(portal: Portal, old: Prove, asked: Mapping[str, str | None]) -> GoOn:
    fields, headers = old(portal.client_id)
    form = urlencode({**portal.request(**asked), **fields})
    answer = portal.world.wire.request("POST", f"{ISSUER}/par", form, {**FORM, **headers})
    assert answer.status == 201, answer.body
    query = urlencode({"client_id": portal.client_id, "request_uri": answer.json()["request_uri"]})

    def go_on(_new: Prove) -> bool:
        page = portal.world.browser().open(f"{ISSUER}/authorize?{query}")
        return page.status == 200 and page.url.startswith(ISSUER)

    return go_on


def a_login(portal: Portal, _old: Prove, asked: Mapping[str, str | None]) -> GoOn:
    browser = portal.at_makelaar(**asked)  # type: ignore[arg-type]

    def go_on(new: Prove) -> bool:
        page = browser.press("person", "jan")
        if "code=" not in page.url:
            page = browser.press("agree", "yes")
        return redeems(portal, portal.heard(page)["code"], new, asked)

    return go_on


def a_code(portal: Portal, _old: Prove, asked: Mapping[str, str | None]) -> GoOn:
    code = portal.code(**asked)  # type: ignore[arg-type]
    return lambda new: redeems(portal, code, new, asked)


def a_token(portal: Portal, old: Prove, asked: Mapping[str, str | None]) -> GoOn:
    fields, headers = old(portal.client_id)
    form = {**_redemption(portal, portal.code(**asked), asked), **fields}  # type: ignore[arg-type]
    token = portal.token(form, headers).json()["access_token"]
    return lambda _new: portal.userinfo(token).status == 200


def redeems(portal: Portal, code: str, prove: Prove, asked: Mapping[str, str | None]) -> bool:
    fields, headers = prove(portal.client_id)
    return portal.token({**_redemption(portal, code, asked), **fields}, headers).status == 200


def _redemption(portal: Portal, code: str, asked: Mapping[str, str | None]) -> dict[str, str]:
    return portal.redemption(code, **({"code_verifier": None} if asked else {}))


@dataclass(frozen=True)
class Row:
    """``old`` and ``new`` prove the portal before and after ``changes``; ``asked``: in its
    requests. ``old_stays``: the old one is still registered beside the new one.
    """

    client_id: str
    old: Prove
    new: Prove
    changes: dict[str, Any]
    stops: tuple[Any, ...]
    asked: Mapping[str, str | None] = field(default_factory=dict)
    old_stays: bool = False


OLD_KEY: Final = by_key(portal_key)
NEXT_KEY: Final = by_key(_new_key)
WITHOUT_PKCE: Final = {"code_challenge": None, "code_challenge_method": None}
BEGUN: Final = (a_request, a_login, a_code, a_token)
ROWS: Final = {
    "nothing": Row("by-basic", by_secret(SECRET), by_secret(SECRET), {}, (), old_stays=True),
    "a secret beside it": Row(
        "by-basic",
        by_secret(SECRET),
        by_secret(NEW),
        {"secret_sha256": [sha256(SECRET), sha256(NEW)]},
        (),
        old_stays=True,
    ),
    "another secret": Row(
        "by-basic",
        by_secret(SECRET),
        by_secret(NEW),
        {"secret_sha256": [sha256(NEW)]},
        (a_request,),
    ),
    "a key beside it": Row(
        "by-key",
        OLD_KEY,
        NEXT_KEY,
        {"jwks": public(portal_key(), _new_key())},
        (),
        old_stays=True,
    ),
    "another key": Row("by-key", OLD_KEY, NEXT_KEY, {"jwks": public(_new_key())}, (a_request,)),
    "a key in place of the secret": Row(
        "by-basic",
        by_secret(SECRET),
        NEXT_KEY,
        {
            "token_endpoint_auth_method": "private_key_jwt",
            "secret_sha256": [],
            "jwks": public(_new_key()),
        },
        (a_request,),
    ),
    "an app without a secret": Row(
        "by-basic",
        by_secret(SECRET),
        by_nothing,
        {"token_endpoint_auth_method": "none", "secret_sha256": []},
        (a_request,),
    ),
    "an app without a secret, and logins without PKCE": Row(
        "without-pkce",
        by_secret(SECRET),
        by_nothing,
        {"token_endpoint_auth_method": "none", "secret_sha256": [], "require_pkce": True},
        (a_request, a_login, a_code),
        WITHOUT_PKCE,
    ),
    "PKCE is asked from now on": Row(
        "without-pkce",
        by_secret(SECRET),
        by_secret(SECRET),
        {"require_pkce": True},
        (a_request, a_login, a_code),
        WITHOUT_PKCE,
        old_stays=True,
    ),
}


@pytest.fixture
def row(request: pytest.FixtureRequest, world: World) -> Iterator[Row]:
    set_clock(world)
    found = ROWS[request.param]
    yield found
    world.apply(yaml.safe_dump(document(found.client_id)))


@pytest.mark.parametrize("begun", BEGUN, ids=lambda one: one.__name__)
@pytest.mark.parametrize("row", ROWS, indirect=True)
def test_what_was_begun_before_is_worth_what_the_proof_of_now_makes_it(
    world: World, row: Row, begun: Any
) -> None:
    go_on = begun(Portal(world, row.client_id), row.old, row.asked)
    world.apply(yaml.safe_dump({**document(row.client_id), **row.changes}))
    assert go_on(row.new) is (begun not in row.stops)


@pytest.mark.parametrize(
    "row", [name for name, one in ROWS.items() if not one.asked], indirect=True
)
def test_a_code_is_redeemed_by_the_old_proof_only_where_it_stayed(world: World, row: Row) -> None:
    portal = Portal(world, row.client_id)
    code = portal.code()
    world.apply(yaml.safe_dump({**document(row.client_id), **row.changes}))
    assert redeems(portal, code, row.old, {}) is row.old_stays


@pytest.mark.parametrize("row", ["another secret", "another key"], indirect=True)
def test_the_trace_of_a_request_says_that_its_proof_was_replaced(world: World, row: Row) -> None:
    go_on = a_request(Portal(world, row.client_id), row.old, {})
    world.apply(yaml.safe_dump({**document(row.client_id), **row.changes}))
    world.clock.advance(1)
    since = world.clock()
    assert not go_on(row.new)
    with world.session() as session:
        (found,) = trace_search.newest(session, Wanted(outcome="not_begun", since=since), limit=5)
    assert found.record.cause == "page_request_gone"
    assert found.record.measured["detail"] == "brought with a secret or key that counts no more"


def test_keys_that_cannot_be_fetched_are_told_as_that_and_not_as_a_wrong_key(
    world: World,
) -> None:
    set_clock(world)
    registered = {name: value for name, value in document("by-key").items() if name != "jwks"}
    world.apply(yaml.safe_dump({**registered, "jwks_uri": f"https://{AWAY}/jwks"}))
    world.wire.down.add(AWAY)
    world.clock.advance(10)  # after what other tests left
    since = world.clock()
    portal = Portal(world, "by-key")
    try:
        fields, headers = OLD_KEY("by-key")
        answer = portal.token({**portal.redemption("x"), **fields}, headers)
    finally:
        world.wire.down.discard(AWAY)
        world.apply(yaml.safe_dump(document("by-key")))
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")
    with world.session() as session:
        found = trace_search.newest(session, Wanted(outcome="not_begun", since=since), limit=5)[0]
    assert found.record.cause == "client_keys"
    assert found.record.measured["setting"] == "jwks_uri"
    assert str(found.record.measured["seen"]).startswith("unreachable: ")
