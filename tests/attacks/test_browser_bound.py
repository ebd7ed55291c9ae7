"""What belongs to one browser: cookies, forms, a login and its answers. Others get nothing."""

from __future__ import annotations

import base64
import json
import re
import zlib

import pytest

from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.broker.recorder import Recorder
from tests.world import ADDRESSES, World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def test_H_02_cookies_are_bound_to_host_and_hold_nobody(portal: Portal) -> None:
    browser = portal.world.browser()
    browser.open(portal.url() + "&ui=en")
    page = browser.open(f"{ISSUER}/hulp/?ui=nl")
    assert page.status == 200
    browser.open(portal.url())
    browser.fill("remember", "yes")
    browser.click("Zekerweg")
    browser.press("person", "jan")
    console = log_in_to_console(portal.world)
    kept = {**console.cookies(ISSUER), **browser.cookies(ISSUER)}
    names = {re.sub(r"[0-9a-f]{12}$", "", name) for name in kept}
    assert names == {
        "__Host-sluis-login-",
        "__Host-sluis-form",
        "__Host-sluis-makelaar",
        "__Host-sluis-language",
        "__Host-sluis-beheer",
    }
    for value in kept.values():
        for text in _readings(value):
            for word in (b"jan", b"sanne", b"Vries", b"voorbeeld.example", b"90001201", b"EH"):
                assert word not in text


def _readings(value: str) -> list[bytes]:
    """A cookie as it is, and as what its parts may encode."""
    found = [value.encode()]
    for part in value.split("."):
        try:
            found.append(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            found.append(zlib.decompress(found[-1]))
        except (ValueError, zlib.error):
            continue
    return found


def log_in_to_console(world: World) -> Browser:
    browser = world.browser()
    browser.open(f"{ISSUER}/beheer")
    browser.click("Polderpoort")
    page = browser.press("person", "sanne")
    assert page.url == f"{ISSUER}/beheer", page.text
    return browser


def test_H_02_every_cookie_has_every_attribute(portal: Portal) -> None:
    world = portal.world
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    browser.press("person", "jan")
    jar = "; ".join(f"{n}={v}" for n, v in browser.cookies(ISSUER).items())
    login = next(url for url in browser.visited if "/login/" in url)
    set_by = [
        world.wire.request("GET", portal.url()),
        world.wire.request("GET", f"{ISSUER}/hulp/?ui=en"),
        world.wire.request("GET", login, None, {"Cookie": jar}),
        world.wire.request("GET", f"{ISSUER}/beheer"),
    ]
    cookies = [line for answer in set_by for line in answer.all("Set-Cookie")]
    assert len(cookies) >= 3
    for line in cookies:
        name, *attributes = [part.strip() for part in line.split(";")]
        assert name.startswith("__Host-sluis-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes), line
        assert not any(a.lower().startswith("domain") for a in attributes)


def test_H_03_a_post_of_a_makelaar_needs_no_cookie_and_gives_nothing(portal: Portal) -> None:
    """The browser keeps Lax cookies from a cross-site POST. What came is stored; who has no cookie
    of the login learns nothing from it.
    """
    recorder = Recorder(portal.world.wire)
    browser = portal.at_makelaar("polderpoort", Browser(wire=recorder))
    assert "code" in portal.heard(browser.press("person", "jan"))  # the one that asked goes on
    (arrival,) = recorder.to("/saml/acs")
    assert (arrival.method, "Cookie" in arrival.headers) == ("POST", False)
    assert arrival.answer.status == 303
    assert arrival.answer.all("Set-Cookie") == []
    assert "code=" not in (arrival.answer.header("Location") or "")

    stranger = portal.world.browser()
    victim = portal.at_makelaar("polderpoort", portal.world.browser(javascript=False))
    page = victim.press("person", "jan")  # stands at the form that posts itself
    form = page.forms[0]
    stranger.open(ADDRESSES.makelaars + "/")
    page = stranger.post(form.action, list(form.form_values()))
    assert (page.status, page.heading) == (403, "U begon met inloggen in een andere browser")
    assert "code" in portal.heard(victim.open(page.url))


def test_the_session_cookie_holds_the_form_token_alone(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    browser.press("person", "jan")
    value = browser.cookies(ISSUER)["__Host-sluis-form"].split(".")[0]
    assert json.loads(_readings(value)[1]).keys() == {"csrf_token"}


def test_A_01_a_form_needs_the_token_of_its_browser(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    page = browser.press("person", "jan")
    form = next(f for f in page.forms if f.action.endswith("/consent"))
    good = [*form.form_values(), ("agree", "yes")]
    without = [pair for pair in good if pair[0] != "csrf_token"]
    foreign = portal.at_makelaar(scope=scope_of(BODEM))
    other = next(f for f in foreign.press("person", "jan").forms if f.action.endswith("/consent"))
    theirs = [("csrf_token", other.fields["csrf_token"]), *without]
    for fields in (
        without,
        theirs,
        [("csrf_token", ""), *without],
        [("csrf_token", "x"), *without],
    ):
        refused = browser.post(ISSUER + form.action, fields)
        assert (refused.status, refused.heading) == (400, "Deze pagina is verlopen")
    assert "code" in portal.heard(browser.post(ISSUER + form.action, good))
