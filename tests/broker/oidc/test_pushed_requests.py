"""Requests that a portal brings before the browser comes (RFC 9126)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml
from joserfc.jwk import RSAKey

from broker.oidc.pushed_requests import LONGEST_REQUEST, PREFIX, SECONDS
from sandbox.wire import Answer
from tests.broker.clients import REDIRECT_URI, SECRET, clients
from tests.broker.portal import (
    FORM,
    ISSUER,
    STATE,
    Pairs,
    Portal,
    assertion,
    basic,
    by_assertion,
    make_portal_world,
    query_of,
    set_clock,
)
from tests.world import World

GONE = "SLS-1013"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("world"), limits={"failures_per_minute": 900})
    (strict,) = [one for one in clients() if one["client_id"] == "by-basic"]
    strict |= {"client_id": "brings", "require_pushed_authorization_requests": True}
    world.apply(yaml.safe_dump(strict))
    return world


@pytest.fixture
def world(made: World) -> World:
    set_clock(made)
    return made


def bring(portal: Portal, extra: Mapping[str, str] | None = None, **changes: str | None) -> Answer:
    """The request with the proof of this client."""
    fields, headers = portal.proof()
    return post(portal, {**portal.request(**changes), **fields, **(extra or {})}, headers)


def post(portal: Portal, form: Mapping[str, str] | Pairs, headers: Mapping[str, str]) -> Answer:
    body = urlencode(list(form.items()) if isinstance(form, Mapping) else form)
    return portal.world.wire.request("POST", f"{ISSUER}/par", body, {**FORM, **headers})


def brought(portal: Portal, **changes: str | None) -> str:
    """The ``request_uri`` of a request that is in order."""
    answer = bring(portal, **changes)
    assert answer.status == 201, answer.body
    said = answer.json()
    assert said.keys() == {"request_uri", "expires_in"} and said["expires_in"] == SECONDS
    assert answer.header("Cache-Control") == "no-store"
    return str(said["request_uri"])


def goes(portal: Portal, request_uri: str, **more: str) -> Answer:
    return portal.ask({"client_id": portal.client_id, "request_uri": request_uri, **more})


def begins(answer: Answer) -> bool:
    return answer.status == 303 and "/login/" in (answer.header("Location") or "")


@pytest.mark.parametrize("client_id", ["by-key", "by-basic", "by-post", "public", "brings"])
def test_who_brings_it_by_its_own_proof_logs_somebody_in(world: World, client_id: str) -> None:
    portal = Portal(world, client_id)
    request_uri = brought(portal, idp_hint="zekerweg")
    assert request_uri.startswith(PREFIX) and len(request_uri) == len(PREFIX) + 43
    browser = world.browser()
    query = urlencode({"client_id": client_id, "request_uri": request_uri})
    browser.open(f"{ISSUER}/authorize?{query}")
    page = browser.press("person", "jan")
    if "/login/" in page.url:
        page = browser.press("agree", "yes")
    said = portal.heard(page)
    assert (said["state"], said["iss"]) == (STATE, ISSUER)
    assert "sub" in portal.claims(portal.tokens(said["code"])["id_token"])


def test_asp_net_core_9_brings_every_request_because_discovery_offers_it(world: World) -> None:
    """By itself (``UseIfAvailable``), with the secret in the form and by form_post."""
    said = world.wire.request("GET", f"{ISSUER}/.well-known/openid-configuration").json()
    assert said["pushed_authorization_request_endpoint"] == f"{ISSUER}/par"
    assert said["require_pushed_authorization_requests"] is False
    assert said["request_uri_parameter_supported"] is False
    portal = Portal(world, "by-post")
    request_uri = brought(portal, response_mode="form_post", **{"x-client-SKU": "ID_NET9_0"})
    assert begins(goes(portal, request_uri))


def test_O_18_it_is_good_once(world: World) -> None:
    portal = Portal(world)
    request_uri = brought(portal)
    assert begins(goes(portal, request_uri))
    again = goes(portal, request_uri)
    assert again.status == 400 and GONE in again.body.decode()
    assert begins(goes(portal, brought(portal)))


def test_O_18_it_is_good_for_who_brought_it_and_another_uses_nothing_up(world: World) -> None:
    portal, other = Portal(world), Portal(world, "by-post")
    request_uri = brought(portal)
    answer = goes(other, request_uri)
    assert answer.status == 400 and GONE in answer.body.decode()
    assert begins(goes(portal, request_uri))


def test_O_18_it_does_not_wait_long(world: World) -> None:
    portal = Portal(world)
    soon, late = brought(portal), brought(portal)
    world.clock.now += timedelta(seconds=SECONDS - 1)
    assert begins(goes(portal, soon))
    world.clock.now += timedelta(seconds=2)
    answer = goes(portal, late)
    assert answer.status == 400 and GONE in answer.body.decode()


def test_what_stands_beside_it_in_the_address_counts_for_nothing(world: World) -> None:
    """The browser holds the address: who changes it there changes nothing of the request."""
    portal = Portal(world)
    other = {"redirect_uri": "https://elders.example/", "state": "of-another", "prompt": "create"}
    assert begins(goes(portal, brought(portal), **other))
    passive = goes(portal, brought(portal, prompt="none"), prompt="login")
    said = query_of(passive.header("Location") or "")
    assert (said["error"], said["state"]) == ("login_required", STATE)


@pytest.mark.parametrize(
    "made_up",
    ["", "x" * 43, "../token", "\u0000", "x" * 8000],
    ids=["none", "43", "path", "0", "long"],
)
def test_O_18_a_name_that_nobody_was_given_finds_nothing(world: World, made_up: str) -> None:
    portal = Portal(world)
    answer = goes(portal, PREFIX + made_up)
    assert answer.status == 400 and GONE in answer.body.decode()
    assert begins(goes(portal, brought(portal)))


def test_an_address_of_others_is_not_fetched(world: World) -> None:
    portal = Portal(world)
    answer = portal.ask(portal.request(request_uri="https://elders.example/r.jwt"))
    assert query_of(answer.header("Location") or "")["error"] == "request_uri_not_supported"


def test_an_unknown_client_is_told_as_ever(world: World) -> None:
    request_uri = brought(Portal(world))
    for client_id in ("nobody", None):
        query = {"request_uri": request_uri, **({"client_id": client_id} if client_id else {})}
        answer = Portal(world).ask(query)
        assert answer.status == 400 and "SLS-4001" in answer.body.decode()
    twice: Pairs = [("client_id", "by-basic"), ("request_uri", request_uri)] * 2
    assert Portal(world).ask(twice).status == 400
    assert begins(goes(Portal(world), request_uri))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"redirect_uri": "https://elders.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": f"{PREFIX}x"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"client_id": "by-post"}, "invalid_client"),
        ({"id_token_hint": "x"}, "login_required"),
        ({"state": "x" * 8193}, "invalid_request"),
    ],
)
def test_what_is_wrong_with_it_is_told_at_once(
    world: World, changes: dict[str, str | None], error: str
) -> None:
    portal = Portal(world)
    answer = bring(portal, **changes)
    assert answer.status == (401 if error == "invalid_client" else 400), answer.body
    said = answer.json()
    assert said["error"] == error and "Reference: " in said["error_description"]
    assert "request_uri" not in said


def test_a_request_without_a_name_in_its_form_is_of_who_proved_itself(world: World) -> None:
    portal = Portal(world)
    assert begins(goes(portal, brought(portal, client_id=None)))


def test_it_is_no_larger_than_a_request(world: World) -> None:
    portal = Portal(world)
    parts = {f"x{number}": "y" * 8000 for number in range(LONGEST_REQUEST // 8000)}
    assert bring(portal, {**parts, "z": "y" * 1000}).status == 413
    assert bring(portal, dict(list(parts.items())[:-1])).status == 201
    # What is written with several bytes counts as such: so much may lie in the store.
    assert bring(portal, {f"x{number}": "\U0001f600" * 3000 for number in range(3)}).status == 413
    assert bring(portal, {f"x{number}": "\x01" * 3000 for number in range(3)}).status == 413
    assert bring(portal, {"x": "\U0001f600" * 3000, "y": "\x01" * 3000}).status == 201
    many = {f"x{number}": "y" for number in range(100)}
    assert bring(portal, many).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("client_id", "headers", "fields"),
    [
        ("by-basic", {"Authorization": basic("by-basic", "wrong")}, {}),
        ("by-basic", {}, {}),
        ("by-basic", {}, {"client_secret": SECRET}),  # another method than was registered
        ("by-key", {}, by_assertion(assertion("by-key", key=RSAKey.generate_key(2048)))),
        ("nobody", {}, {}),
    ],
)
def test_O_18_who_proves_nothing_brings_nothing(
    world: World, client_id: str, headers: dict[str, str], fields: dict[str, str]
) -> None:
    portal = Portal(world, client_id)
    answer = post(portal, {**portal.request(), **fields}, headers)
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")
    assert "redirect" not in answer.json()["error_description"]


def test_an_assertion_brings_one_request_and_redeems_nothing_after(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    portal = Portal(world, "by-key")
    fields = by_assertion(assertion("by-key"))
    assert post(portal, {**portal.request(), **fields}, {}).status == 201
    again = post(portal, {**portal.request(), **fields}, {})
    assert (again.status, again.json()["error"]) == (401, "invalid_client")
    assert "used before, or made before our store restarted" in again.json()["error_description"]
    spent = portal.token({**portal.redemption("x"), **fields})
    assert spent.json()["error"] == "invalid_client"
    logged = capsys.readouterr().out.splitlines()
    refused = [line for line in logged if "par.refused" in line or "token.refused" in line]
    assert len(refused) == 2 and all("reason=client_proof" in line for line in refused)


@pytest.mark.parametrize(
    ("audience", "is_taken"),
    [
        (ISSUER, True),
        (f"{ISSUER}/token", True),
        (f"{ISSUER}/par", True),
        (f"{ISSUER}/userinfo", False),
        ("https://elders.example", False),
    ],
)
def test_an_assertion_is_for_us(world: World, audience: str, is_taken: bool) -> None:
    portal = Portal(world, "by-key")
    fields = by_assertion(assertion("by-key", aud=audience))
    assert (post(portal, {**portal.request(), **fields}, {}).status == 201) is is_taken
    if audience.endswith("/par"):
        at_token = portal.token({**portal.redemption("x"), **fields})
        assert at_token.json()["error"] == "invalid_client"


def test_O_19_who_must_bring_it_is_refused_without(world: World) -> None:
    portal = Portal(world, "brings")
    said = query_of(portal.ask(portal.request()).header("Location") or "")
    assert (said["error"], said["state"]) == ("invalid_request", STATE)
    assert "pushed_authorization_request_endpoint" in said["error_description"]
    assert begins(goes(portal, brought(portal)))


def test_what_is_registered_when_the_browser_comes_counts(world: World) -> None:
    portal = Portal(world, "by-post")
    request_uri = brought(portal)
    (changed,) = [one for one in clients() if one["client_id"] == "by-post"]
    world.apply(yaml.safe_dump({**changed, "redirect_uris": [f"{REDIRECT_URI}/new"]}))
    try:
        answer = goes(portal, request_uri)
        assert answer.status == 400 and "SLS-4002" in answer.body.decode()
    finally:
        world.apply(yaml.safe_dump(changed))
    assert begins(goes(portal, brought(portal)))


def test_nothing_of_it_lies_open(world: World) -> None:
    portal = Portal(world)
    asked: list[bytes] = []
    put = world.runtime.store.batch
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            world.runtime.store,
            "batch",
            lambda operations: (asked.extend(repr(operations).encode().split()), put(operations))[
                1
            ],
        )
        brought(portal, login_hint="jan@voorbeeld.example")
    assert asked and not any(b"voorbeeld" in one or STATE.encode() in one for one in asked)


def test_it_is_asked_by_post_alone_with_nothing_in_the_address(world: World) -> None:
    portal = Portal(world)
    assert world.wire.request("GET", f"{ISSUER}/par").status == 405
    fields, headers = portal.proof()
    body = urlencode({**portal.request(), **fields})
    answer = world.wire.request("POST", f"{ISSUER}/par?x=1", body, {**FORM, **headers})
    assert answer.json()["error"] == "invalid_request"
    as_json = {**FORM, **headers, "Content-Type": "application/json"}
    answer = world.wire.request("POST", f"{ISSUER}/par", "{}", as_json)
    assert answer.json()["error"] == "invalid_request"


def test_who_proves_nothing_brings_and_redeems_no_more_than_one_address_may(
    tmp_path: Path,
) -> None:
    """Anybody can ask in the name of an app. All users of a portal with a secret may come from one
    address.
    """
    limits = {"address_per_minute": 3, "client_per_minute": 9}
    world = make_portal_world(tmp_path, limits=limits)
    set_clock(world)
    app, portal = Portal(world, "public"), Portal(world)
    assert [bring(app).status for _ in range(5)] == [201] * 3 + [429] * 2
    redeemed = [app.token({**app.redemption("x"), "client_id": "public"}) for _ in range(5)]
    assert [one.status for one in redeemed] == [400] * 3 + [429] * 2
    assert [bring(portal).status for _ in range(4)] == [201] * 4
    world.clock.now += timedelta(minutes=1)
    assert bring(app).status == 201
