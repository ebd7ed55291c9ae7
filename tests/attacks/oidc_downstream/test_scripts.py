"""Scripts of web pages (CORS): what an origin may read, and of which client."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import yaml

from sandbox.wire import Answer
from tests.broker.clients import HOST, ORIGINS, SECRET
from tests.broker.portal import FORM, ISSUER, Portal, basic, make_portal_world

APP = ORIGINS[0]
STRANGERS = (
    *("https://evil.example", "null", ISSUER + ".evil.example", "https://app.example.evil.example"),
    *(
        "http://app.example",
        "https://app.example:444",
        "https://APP.example",
        "https://app.example/",
    ),
    *("https://evil.example https://app.example", "", f"http://{HOST}.evil.example"),
)
ENDPOINTS = (("/token", "POST"), ("/userinfo", "GET"), ("/userinfo", "POST"), ("/par", "POST"))


def allowed(answer: Answer) -> dict[str, str]:
    return {k: v for k, v in answer.headers if k.lower().startswith("access-control")}


def reads(answer: Answer, origin: str = APP) -> None:
    assert allowed(answer)["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in allowed(answer)
    assert "Origin" in (answer.header("Vary") or "")


def preflight(portal: Portal, path: str, method: str, origin: str | None = APP) -> Answer:
    sent = {"Access-Control-Request-Method": method}
    if origin is not None:
        sent["Origin"] = origin
    return portal.world.wire.request("OPTIONS", ISSUER + path, None, sent)


@pytest.mark.parametrize("origin", STRANGERS)
def test_O_31_scripts_of_others_read_discovery_and_keys_alone(portal: Portal, origin: str) -> None:
    world = portal.world
    sent = {"Origin": origin, **FORM}
    tokens = portal.tokens(portal.code())
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    closed = [
        world.wire.request("GET", portal.url(), None, sent),
        world.wire.request("POST", f"{ISSUER}/token", "", sent),
        world.wire.request("POST", f"{ISSUER}/par", "", sent),
        world.wire.request("GET", f"{ISSUER}/userinfo", None, {**sent, **bearer}),
        world.wire.request("GET", f"{ISSUER}/userinfo", None, sent),
        world.wire.request("OPTIONS", f"{ISSUER}/token", None, sent),
        world.wire.request("OPTIONS", f"{ISSUER}/userinfo", None, sent),
        *(preflight(portal, path, method, origin) for path, method in ENDPOINTS),
    ]
    assert closed[3].status == 200
    assert [answer.status for answer in closed[5:]] == [405] * 6
    for answer in closed:
        assert allowed(answer) == {}
    for path in ("/jwks", "/.well-known/openid-configuration"):
        answer = world.wire.request("GET", ISSUER + path, None, sent)
        assert answer.header("Access-Control-Allow-Origin") == "*"
        assert answer.header("Access-Control-Allow-Credentials") is None


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_script_of_a_registered_page_logs_somebody_in(
    portals: dict[str, Portal], origin: str
) -> None:
    """As oidc-client-ts and oauth4webapi do: discovery, token endpoint, UserInfo."""
    portal = portals["scripted"]
    wire, code = portal.world.wire, portal.code()
    for path, method in ENDPOINTS:
        answer = preflight(portal, path, method, origin)
        assert answer.status == 204
        reads(answer, origin)
        assert method in (answer.header("Access-Control-Allow-Methods") or "")
        assert "Authorization" in (answer.header("Access-Control-Allow-Headers") or "")
    pushed = urlencode({**portal.request(), "client_id": "scripted"})
    answer = wire.request("POST", f"{ISSUER}/par", pushed, {**FORM, "Origin": origin})
    assert answer.status == 201
    reads(answer, origin)
    form = {**portal.redemption(code), "client_id": "scripted"}
    answer = portal.token(form, {"Origin": origin})
    assert answer.status == 200
    reads(answer, origin)
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}", "Origin": origin}
    for method in ("GET", "POST"):
        said = wire.request(method, f"{ISSUER}/userinfo", None, bearer)
        assert said.status == 200
        reads(said, origin)


def test_a_script_reads_what_went_wrong(portals: dict[str, Portal]) -> None:
    portal = portals["scripted"]
    form = {**portal.redemption("unknown"), "client_id": "scripted"}
    answer = portal.token(form, {"Origin": APP})
    assert answer.status == 400
    reads(answer)
    for header in ({}, {"Authorization": "Bearer a.b.c"}):
        answer = portal.world.wire.request(
            "GET", f"{ISSUER}/userinfo", None, {"Origin": APP, **header}
        )
        assert answer.status == 401
        reads(answer)
        assert "WWW-Authenticate" in allowed(answer)["Access-Control-Expose-Headers"]


def test_a_script_reads_that_it_asks_too_much_and_when_to_come_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_portal_world(tmp_path_factory.mktemp("few"), limits={"client_per_minute": 2})
    sent = {"Origin": APP, "Authorization": "Bearer a.b.c"}
    answers = [world.wire.request("GET", f"{ISSUER}/userinfo", None, sent) for _ in range(3)]
    assert [answer.status for answer in answers] == [401, 401, 429]
    reads(answers[-1])
    assert "Retry-After" in allowed(answers[-1])["Access-Control-Expose-Headers"]


def test_a_page_that_was_registered_a_moment_ago_may_ask_and_one_that_left_not(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_portal_world(tmp_path_factory.mktemp("moved"))
    document = world.runtime.configuration.oidc_clients["scripted"].model_dump(mode="json")
    world.apply(
        yaml.safe_dump({"kind": "Client", **document, "cors_origins": ["https://new.example"]})
    )
    portal = Portal(world, "scripted")
    assert preflight(portal, "/token", "POST", APP).status == 405
    assert preflight(portal, "/token", "POST", "https://new.example").status == 204


def test_O_31_a_registered_page_reads_nothing_of_another_client(
    portals: dict[str, Portal],
) -> None:
    origin = {"Origin": APP}
    for name in ("by-basic", "public"):
        portal = portals[name]
        fields, headers = portal.proof()
        answer = portal.token({**portal.redemption(portal.code()), **fields}, {**headers, **origin})
        assert answer.status == 200
        assert allowed(answer) == {}
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}", **origin}
        said = portal.world.wire.request("GET", f"{ISSUER}/userinfo", None, bearer)
        assert said.status == 200
        assert allowed(said) == {}
    wrong = {"Authorization": basic("by-basic", SECRET + "x"), **origin}
    assert allowed(portals["by-basic"].token({"grant_type": "x"}, wrong)) == {}


@pytest.mark.parametrize("path", ["/authorize", "/logout", "/uitloggen", "/login/x", "/hulp/"])
def test_O_31_a_registered_page_reads_none_of_our_pages(portal: Portal, path: str) -> None:
    wire = portal.world.wire
    for method in ("GET", "OPTIONS"):
        sent = {"Origin": APP, "Access-Control-Request-Method": "GET"}
        assert allowed(wire.request(method, ISSUER + path, None, sent)) == {}


@pytest.mark.parametrize(("path", "method"), [("/token", "GET"), ("/userinfo", "DELETE")])
def test_a_preflight_promises_no_method_that_is_not_served(
    portal: Portal, path: str, method: str
) -> None:
    assert preflight(portal, path, method).status == 405
    assert preflight(portal, path, method, None).status == 405


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/token", "POST"),
        ("/userinfo", "GET, HEAD, POST"),
        ("/jwks", "GET, HEAD"),
        ("/authorize", "GET, HEAD, POST"),
        ("/saml/acs", "GET, HEAD, POST"),
        ("/nowhere", ""),
    ],
)
def test_O_34_who_uses_another_method_hears_which_there_are(
    portal: Portal, path: str, methods: str
) -> None:
    for method in ("DELETE", "OPTIONS"):
        answer = portal.world.wire.request(method, ISSUER + path)
        assert (answer.status, answer.header("Allow")) == (405, methods)
