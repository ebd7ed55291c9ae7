"""Leaving our origin: no form of ours ends in a redirect, whoever it is that comes next (decision
22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Response
from flask import request as asked

from broker.web.responses import leave
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from sandbox.wire import Answer, Wire
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.broker.recorder import Recorder
from tests.world import ADDRESSES, World

AWAY = "https://portaal.example/callback?code=a&state=b"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


def left(world: World, request: dict[str, Any], url: str = AWAY, **fields: str) -> Any:
    """The answer of a view that lets the browser leave, with all that is set on an answer."""
    with world.app.test_request_context(base_url=ISSUER, **request):
        answer = world.app.process_response(leave(url, fields, "Portaal <b>"))
        return Response(*answer.get_wsgi_response(asked.environ))


FORM = {"path": "/login/unknown/consent", "method": "POST"}
AFTER_FORM = {"path": "/login/unknown", "headers": {"Sec-Fetch-Site": "same-origin"}}
PLAIN = {"path": "/login/unknown"}


@pytest.mark.parametrize("request_", [FORM, AFTER_FORM])
def test_a_form_ends_in_a_page_that_goes_on_by_itself(
    world: World, request_: dict[str, Any]
) -> None:
    answer = left(world, request_)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Location" not in answer.headers
    shown = AWAY.replace("&", "&amp;")
    assert f'<meta http-equiv="refresh" content="0;url={shown}">' in body
    assert f'href="{shown}"' in body and "Portaal &lt;b&gt;" in body
    assert answer.headers["Content-Security-Policy"].endswith("form-action 'self'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_what_is_no_answer_to_a_form_stays_a_redirect(world: World) -> None:
    answer = left(world, PLAIN)
    assert (answer.status_code, answer.headers["Location"]) == (303, AWAY)


def test_within_our_origin_a_form_ends_in_a_redirect(world: World) -> None:
    assert left(world, FORM, f"{ISSUER}/beheer").status_code == 303


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8001/",
        f"{ISSUER}@evil.example/",
        "https://localhost:8000/",
        "//evil.example/",
    ],
)
def test_what_only_looks_like_our_origin_is_another(world: World, url: str) -> None:
    assert left(world, FORM, url).status_code == 200


def test_a_form_that_leaves_is_on_a_page_of_its_own_policy(world: World) -> None:
    for request_ in (FORM, AFTER_FORM, PLAIN):
        answer = left(world, request_, SAMLRequest="x")
        policy = answer.headers["Content-Security-Policy"]
        assert "form-action" not in policy and policy.endswith("frame-ancestors 'none'")
        assert answer.get_data(as_text=True).count("<form") == 1


@pytest.mark.parametrize(
    "url", ['https://portaal.example/"><script>alert(1)</script>', "app.example:/cb?code='\"<>"]
)
def test_I_12_an_address_stays_one_value(world: World, url: str) -> None:
    body = left(world, FORM, url).get_data(as_text=True)
    assert "<script>alert" not in body and body.count("http-equiv") == 1


def test_a_form_of_a_console_whose_session_is_over_leads_to_a_remembered_makelaar(
    world: World,
) -> None:
    """What was sent is not read; the login that follows leaves at once."""
    set_clock(world)
    browser = world.browser()
    browser.open(f"{ISSUER}/mijn")
    browser.fill("remember", "yes")
    browser.click("Polderpoort")
    page = browser.press("person", "jan")
    assert page.url.startswith(f"{ISSUER}/mijn")
    form = next(f for f in page.forms if (f.method or "").upper() == "POST")
    form.action = "/mijn/inlogmiddelen/app"
    for jar in browser._cookies.values():
        for name in ("__Host-sluis-mijn", "__Host-sluis-session"):
            jar.pop(name, None)
    assert browser._submit(form, None).url.startswith(ADDRESSES.makelaars)


@pytest.mark.parametrize("remembered", [True, False])
def test_no_answer_to_a_form_on_the_way_is_a_redirect_elsewhere(
    world: World, remembered: bool
) -> None:
    """Every answer of ours on a whole way, in a browser that says nothing of where it was."""
    set_clock(world)
    recorder = Recorder(Silent(world.wire))
    browser = Browser(wire=recorder)
    portal = Portal(world)
    browser.open(portal.url(scope=scope_of(BODEM)))
    if remembered:
        browser.fill("remember", "yes")
    browser.click("Zekerweg")
    page = browser.press("person", "jan")
    assert page.heading == "Deze gegevens geven wij door"
    assert "code" in portal.heard(browser.press("agree", "yes"))
    ours = [e for e in recorder.exchanges if e.url.startswith(ISSUER)]
    posted = [n for n, e in enumerate(ours) if e.method == "POST"]
    assert len(posted) == 2
    for start in posted:
        for exchange in ours[start:]:
            place = exchange.answer.header("Location") or "/"
            assert place.startswith(("/", ISSUER)), place
            if exchange.answer.status == 200:
                break


class Silent:
    """A wire over which a browser does not say where it was, as an old one."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        said = {name: value for name, value in headers.items() if name != "Sec-Fetch-Site"}
        return self._wire.request(method, url, body, said)
