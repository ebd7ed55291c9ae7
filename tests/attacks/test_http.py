"""HTTP: headers and cookies of every route, what a cache may keep, what is not answered at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from broker.web import headers
from broker.web.hosts import names_of
from broker.web.responses import leave
from sandbox.portal.clients import BODEM
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.world import World, make_world

POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PUBLIC = ("/jwks", "/.well-known/", "/oidc/client-jwks", "/saml/metadata", "/saml/idp/metadata")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def ask(app: Flask, path: str, method: str = "GET", **more: object) -> TestResponse:
    more = {"base_url": ISSUER, "buffered": True, **more}
    return Client(app, use_cookies=False).open(path, method=method, **more)  # type: ignore[arg-type]


def every_route(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and path of each route, with values that fit nothing."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "unknown", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield method, path


MISTAKES = (
    ("GET", "/nowhere"),
    ("GET", "/static/nothing.css"),
    ("GET", "/.well-known/nothing"),
    ("DELETE", "/token"),
    ("OPTIONS", "/authorize"),
)


def test_H_01_every_answer_carries_the_strict_headers(world: World) -> None:
    set_clock(world)
    seen = set()
    for method, path in (*every_route(world.app), ("GET", "/static/sluis.css"), *MISTAKES):
        answer = ask(world.app, path, method)
        seen.add(answer.status_code)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith(POLICY), path
        assert "unsafe" not in policy and "*" not in policy
        for name, value in headers.FIXED.items():
            if name != "Cross-Origin-Resource-Policy":
                assert answer.headers[name] == value, (path, name)
        assert "Server" not in answer.headers
        assert "X-Powered-By" not in answer.headers
    assert {200, 303, 400, 401, 404, 405} <= seen


def test_H_01_beyond_loopback_browsers_are_held_to_https(
    tmp_path_factory: pytest.TempPathFactory, world: World
) -> None:
    public = make_world(
        tmp_path_factory.mktemp("public"),
        web={"base_url": "https://login.example.nl"},
        ui={"demo": False},
        development={"loopback": ()},
    )
    for path in ("/hulp/", "/nowhere", "/static/sluis.css", "/jwks"):
        answer = ask(public.app, path, base_url="https://login.example.nl")
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
        assert "Strict-Transport-Security" not in ask(world.app, path).headers


def test_H_01_pages_hold_nothing_that_the_policy_forbids(portal: Portal) -> None:
    """No script, style or handler in the page itself; a policy that breaks a page gets loosened."""
    browser = portal.world.browser(javascript=False)
    pages = [browser.open(portal.url(scope=scope_of(BODEM)))]
    pages.append(browser.click("Brugwacht"))  # a form that posts itself
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    pages.append(browser.press("person", "jan"))
    pages.append(browser.open(f"{ISSUER}/hulp/"))
    pages.append(browser.open(f"{ISSUER}/nowhere"))
    for page in pages:
        assert page.tree.xpath("//style | //script[not(@src)] | //*[@style]") == [], page.url
        handlers = [a for element in page.tree.iter() for a in element.attrib if a.startswith("on")]
        assert handlers == []
        for address in page.tree.xpath("//script/@src | //link/@href | //img/@src"):
            assert address.startswith("/static/"), address


FORWARDED = {
    "X-Forwarded-For": "10.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "elders.example",
    "X-Forwarded-Prefix": "/elders",
    "X-Forwarded-Port": "443",
    "Forwarded": "for=10.0.0.1;host=elders.example;proto=https",
    "X-Original-URL": "/elders",
    "X-Rewrite-URL": "/elders",
}


def test_H_04_forwarded_headers_of_strangers_change_nothing(portal: Portal) -> None:
    wire = portal.world.wire
    for path in ("/hulp/", "/.well-known/openid-configuration", "/beheer/uitgelogd", "/nowhere"):
        plain = wire.request("GET", ISSUER + path)
        answer = wire.request("GET", ISSUER + path, None, FORWARDED)
        assert answer.status == plain.status
        assert b"elders" not in answer.body
        assert answer.header("Location") == plain.header("Location")
    answer = wire.request("GET", portal.url(), None, FORWARDED)
    assert (answer.header("Location") or "").startswith("/login/")


def test_H_04_a_proxy_of_ours_is_believed_about_the_scheme_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    behind = make_world(
        tmp_path_factory.mktemp("proxied"),
        web={"base_url": "http://localhost:8000", "trusted_proxy_hops": 1},
    )
    with behind.app.test_request_context():
        pass
    seen: list[tuple[str | None, str, str]] = []

    @behind.app.before_request
    def look() -> None:
        from flask import request

        seen.append((request.remote_addr, request.scheme, request.host))

    ask(behind.app, "/hulp/", headers=FORWARDED)
    assert seen == [("10.0.0.1", "https", "localhost:8000")]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An installation with https and one proxy in front."""
    return make_world(
        tmp_path_factory.mktemp("https"),
        web={"base_url": "https://login.example.nl", "trusted_proxy_hops": 1},
        ui={"demo": False},
        development={"loopback": ()},
    )


def _came_by(public: World, scheme: str | None, path: str, method: str = "GET") -> TestResponse:
    said = {"X-Forwarded-Proto": scheme} if scheme is not None else {}
    return ask(public.app, path, method, base_url="http://login.example.nl", headers=said)


@pytest.mark.parametrize("path", ["/hulp/", "/beheer", "/authorize?client_id=x&state=a%20b"])
def test_H_07_a_page_asked_in_the_clear_is_asked_again_over_https(public: World, path: str) -> None:
    answer = _came_by(public, "http", path)
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"https://login.example.nl{path}"
    assert _came_by(public, "https", path).status_code != 308
    assert _came_by(public, None, path).status_code != 308  # a proxy that says nothing: no loop


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/token"),
        ("GET", "/userinfo"),
        ("GET", "/jwks"),
        ("GET", "/.well-known/openid-configuration"),
        ("POST", "/saml/acs"),
        ("POST", "/uitloggen"),
    ],
)
def test_H_07_what_a_program_sends_in_the_clear_is_refused(
    public: World, method: str, path: str
) -> None:
    answer = _came_by(public, "http", path, method)
    assert answer.status_code == 400 and "SLS-4010" in answer.text
    assert "Location" not in answer.headers
    assert "SLS-4010" not in _came_by(public, "https", path, method).text


def test_H_07_health_is_asked_by_address(public: World) -> None:
    assert _came_by(public, "http", "/health/live").status_code == 200


OTHER_HOSTS = (
    *("elders.example", "localhost:8000.elders.example", "localhost", "localhost:80", ""),
    *("x@localhost:8000", "127.0.0.1:8000", "localhost:8000,elders.example"),
)


def test_A_13_H_04_another_host_is_refused(portal: Portal) -> None:
    wire = portal.world.wire
    for host in OTHER_HOSTS:
        for path in ("/hulp/", "/.well-known/openid-configuration", "/authorize?client_id=public"):
            answer = wire.request("GET", ISSUER + path, None, {"Host": host})
            assert answer.status == 400, (host, path)
            assert answer.header("Location") is None
            assert b"elders" not in answer.body
    assert wire.request("GET", f"{ISSUER}/hulp/", None, {"Host": "LOCALHOST:8000"}).status == 200
    assert wire.request("GET", f"{ISSUER}/health/live", None, {"Host": "10.1.2.3"}).status == 200


@pytest.mark.parametrize(
    ("base_url", "names"),
    [
        ("https://login.example.nl", {"login.example.nl", "login.example.nl:443"}),
        ("https://login.example.nl:443", {"login.example.nl", "login.example.nl:443"}),
        ("https://login.example.nl:8443", {"login.example.nl:8443"}),
        ("http://[::1]:8000", {"[::1]:8000"}),
        ("http://LOCALHOST", {"localhost", "localhost:80"}),
    ],
)
def test_A_13_the_default_port_may_be_left_out(base_url: str, names: set[str]) -> None:
    assert names_of(base_url) == names


def test_A_13_links_come_from_the_configured_address(portal: Portal) -> None:
    document = portal.world.wire.request("GET", f"{ISSUER}/.well-known/openid-configuration").json()
    for name, value in document.items():
        if name.endswith(("_endpoint", "_uri", "issuer")):
            assert value.startswith(ISSUER), name


def test_H_05_no_cache_keeps_a_page_or_a_token(portal: Portal) -> None:
    world = portal.world
    for method, path in (*every_route(world.app), *MISTAKES):
        answer = ask(world.app, path, method)
        if path.startswith(PUBLIC) and answer.status_code == 200:
            assert "no-store" not in answer.headers.get("Cache-Control", "")
            assert "Set-Cookie" not in answer.headers
            continue
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "Cookie" in answer.headers["Vary"], path
    static = ask(world.app, "/static/sluis.css")
    assert static.status_code == 200
    assert "Set-Cookie" not in static.headers


def test_H_05_a_page_of_a_login_is_not_kept(portal: Portal) -> None:
    page = portal.at_makelaar(scope=scope_of(BODEM)).press("person", "jan")
    assert page.heading == "Deze gegevens geven wij door"
    assert page.answer.header("Cache-Control") == "no-store"


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"]
)
def test_H_06_other_methods_are_refused_everywhere(world: World, method: str) -> None:
    set_clock(world)
    paths = {path for _, path in every_route(world.app)} | {"/static/sluis.css", "/nowhere"}
    for path in paths:
        assert ask(world.app, path, method).status_code == 405, path


def test_H_06_a_body_that_is_too_large_is_refused(portal: Portal) -> None:
    wire = portal.world.wire
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/saml/acs", "/token", "/authorize", "/login/x/consent"):
        answer = wire.request("POST", ISSUER + path, "a=" + "x" * 600_000, form)
        assert answer.status == 413, path
        assert wire.request("POST", ISSUER + path, "a=" + "x" * 1000, form).status != 413


def test_H_06_very_many_parts_are_refused(portal: Portal) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = portal.world.wire.request("POST", f"{ISSUER}/saml/acs", part * 200 + "--x--", kind)
    assert answer.status == 413


def test_H_08_an_error_of_ours_shows_a_reference_and_no_details(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each view in turn fails; the page says nothing about why."""
    broken = make_world(tmp_path_factory.mktemp("broken"))

    def fail(**_: object) -> None:
        raise RuntimeError("a detail that nobody may see: /etc/passwd")

    for endpoint in list(broken.app.view_functions):
        if endpoint != "static":
            broken.app.view_functions[endpoint] = fail  # type: ignore[assignment]
    broken.app.config["WTF_CSRF_ENABLED"] = False
    for method, path in every_route(broken.app):
        if path.startswith("/static/"):
            continue
        answer = ask(broken.app, path, method)
        assert answer.status_code == 500, path
        assert "SLS-5002" in answer.text
        for word in ("detail", "passwd", "RuntimeError", "Traceback", "werkzeug"):
            assert word not in answer.text


def test_I_12_what_the_answering_page_posts_is_escaped(world: World) -> None:
    hostile = "\"><script>alert(1)</script>'&"
    with world.app.test_request_context("/", base_url=ISSUER):
        fields = {"RelayState": hostile, hostile: "x"}
        response = leave("https://portaal.example/acs?a=b&c=<d>", fields, f"Portaal {hostile}")
        body = response.get_data(as_text=True)
    assert "<script>alert" not in body
    assert body.count("&#34;&gt;&lt;script&gt;") >= 3
    assert 'action="https://portaal.example/acs?a=b&amp;c=&lt;d&gt;"' in body


def test_A_01_every_form_but_the_protocols_needs_a_token(world: World) -> None:
    set_clock(world)
    exempt = {"/authorize", "/token", "/userinfo", "/saml/acs", "/saml/idp/sso", "/logout"}
    exempt |= {"/saml/slo", "/saml/slo/soap", "/saml/idp/slo", "/saml/idp/slo/soap"}
    exempt |= {"/saml/idp/artifact", "/oidc/backchannel-logout/unknown", "/par"}
    exempt.add("/oidc/callback/unknown")
    found = set()
    for method, path in every_route(world.app):
        if method == "POST":
            answer = ask(world.app, path, "POST", data={"a": "b"})
            if "SLS-4004" not in answer.text:
                found.add(path)
    assert found == exempt
