"""What belongs to one browser: cookies, forms, a login and its answers. Others get nothing."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest

from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, LOZING
from tests.broker.clients import HOST, OTHER_HOST
from tests.broker.portal import ISSUER, Portal, make_portal_world, query_of, scope_of, set_clock
from tests.broker.recorder import Gate, Recorder
from tests.world import ADDRESSES, InProcessOutgoing, World

CONSENT = "Deze gegevens geven wij door"
HELP_DESK = ("tel:0880000000", "mailto:helpdesk@voorbeeld.example")
ELSEWHERE = "Wij herkennen uw browser niet"


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
    browser.press("method", "makelaar")
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
        "__Host-sluis-session",
        "__Host-sluis-known",
    }
    for value in kept.values():
        for text in _readings(value):
            for word in (b"Vries", b"voorbeeld.example", b"90001201", b"zw-jan", b"zekerweg."):
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


def test_who_keeps_no_cookies_is_told_so(portal: Portal) -> None:
    """As with curl: no other browser is to blame."""
    wire = portal.world.wire
    login = wire.request("GET", portal.url()).header("Location")
    page = wire.request("GET", urljoin(ISSUER, login or "")).body.decode()
    assert ELSEWHERE in page
    assert "bewaart geen cookies" in page and "zet cookies aan" in page


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
    assert (page.status, page.heading) == (403, ELSEWHERE)
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


# An attacker starts a login and lets somebody else finish it: at the makelaar all is in order.


def login_url(browser: Browser) -> str:
    """The address of the login that this browser left us with, for a makelaar."""
    query = query_of(browser.visited[-1])
    handle = query.get("state") or query["RelayState"]
    return f"{ISSUER}/login/{handle.partition('.')[0]}"


def carried_by_the_victim(portal: Portal, makelaar: str) -> tuple[Browser, Page]:
    """The attacker's browser, and what the victim's browser shows after bringing the answer."""
    attacker, victim = portal.at_makelaar(makelaar), portal.world.browser()
    asked = attacker.visited[-1]
    assert asked.startswith(ADDRESSES.makelaars)
    victim.open(asked)
    return attacker, victim.press("person", "jan")


@pytest.mark.parametrize(
    "makelaar",
    [
        pytest.param("zekerweg", id="R-02 R-01 OpenID Connect"),
        pytest.param("polderpoort", id="S-44 SAML"),
    ],
)
def test_a_login_that_the_browser_of_another_finished_is_nobodys(
    portal: Portal, makelaar: str
) -> None:
    outgoing = portal.world.process.outgoing
    assert isinstance(outgoing, InProcessOutgoing)
    outgoing.calls.clear()
    attacker, page = carried_by_the_victim(portal, makelaar)
    assert (page.status, page.heading) == (403, ELSEWHERE)
    assert not any(url.endswith("/token") for url in outgoing.calls)
    login = login_url(attacker)
    for url in (login, f"{login}?ticket=", f"{login}?ticket=guessed-by-the-attacker", login):
        page = attacker.open(url)
        if makelaar == "zekerweg":  # nothing was kept, so the attacker may log in at last
            assert page.heading == "Log in bij Zekerweg"
        else:
            assert page.heading == ELSEWHERE
    assert "code" in portal.log_in("jan", makelaar)  # the good twin: one browser does it all


def test_S_44_a_form_of_the_attacker_does_not_pass_either(portal: Portal) -> None:
    attacker, _ = carried_by_the_victim(portal, "polderpoort")
    login = login_url(attacker)
    page = attacker.open(portal.url())  # another login of this browser, with a form token
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    for step in ("account", "mandate", "consent", "respond", "change-provider", "cancel"):
        page = attacker.post(f"{login}/{step}", [("csrf_token", token), ("agree", "yes")])
        assert (page.status, page.heading) == (403, ELSEWHERE), step


@pytest.mark.parametrize("makelaar", ["polderpoort", "zekerweg"])
def test_the_page_after_a_makelaar_stands_reloading(portal: Portal, makelaar: str) -> None:
    """The ticket is needed once; then the cookie is enough, in this browser."""
    browser = portal.at_makelaar(makelaar, scope=scope_of(BODEM))
    page = browser.press("person", "jan")
    assert page.heading == CONSENT
    bare = page.url.partition("?")[0]
    for url in (page.url, bare, f"{bare}?ui=nl", f"{bare}?ticket=another", page.url):
        assert browser.open(url).heading == CONSENT
    assert "code" in portal.heard(browser.press("agree", "yes"))


def test_the_page_of_a_level_that_is_too_low_stands_reloading(portal: Portal) -> None:
    browser = portal.at_makelaar("veerhuis", scope=scope_of(LOZING))
    page = browser.press("person", "piet")
    for url in (page.url.partition("?")[0] + "?ui=nl", page.url):
        assert browser.open(url).heading == "Uw niveau is te laag voor deze dienst"


# Answers that were not asked for, by this browser and now.


def undelivered(portal: Portal) -> tuple[Browser, Gate, str]:
    """A browser with the good answer of the makelaar in hand, and its address."""
    gate = Gate(portal.world.wire, f"{ISSUER}/oidc/callback")
    browser = portal.at_makelaar("zekerweg", Browser(wire=gate))
    page = browser.press("person", "jan")
    assert page.heading == "Not delivered"
    gate.is_open = True
    return browser, gate, page.url


def with_state(url: str, *states: str) -> str:
    """The answer with these states in place of its own."""
    pairs = [(name, value) for name, value in query_of(url).items() if name != "state"]
    return f"{url.partition('?')[0]}?{urlencode([*pairs, *(('state', s) for s in states)])}"


STRANGE_STATES = {
    "none": lambda state: (),
    "empty": lambda state: ("",),
    "twice": lambda state: (state, state),
    "of no login": lambda state: (f"{'0' * 26}.1",),
    "another departure": lambda state: (state.replace(".1", ".2"),),
    "no number": lambda state: (state.partition(".")[0],),
    "a huge number": lambda state: (state + "9999",),
    "in capitals": lambda state: (state.upper(),),
    "more behind it": lambda state: (state + "x",),
    "a line end": lambda state: (state + "\n",),
    "hostile": lambda state: ("<script>'\x00",),
}


@pytest.mark.parametrize("states", STRANGE_STATES.values(), ids=STRANGE_STATES)
def test_R_01_an_answer_needs_the_state_of_its_login(
    portal: Portal, states: Callable[[str], tuple[str, ...]]
) -> None:
    browser, _, url = undelivered(portal)
    outgoing = portal.world.process.outgoing
    assert isinstance(outgoing, InProcessOutgoing)
    outgoing.calls.clear()
    page = browser.open(with_state(url, *states(query_of(url)["state"])))
    assert page.status in (400, 410)
    assert "Uw code" in page.text
    assert outgoing.calls == []
    assert "code" in portal.heard(browser.open(url))  # the good twin
    assert [call.rpartition("/")[2] for call in outgoing.calls] == ["token"]


def test_R_01_an_answer_comes_once_and_in_time(portal: Portal) -> None:
    browser, _, url = undelivered(portal)
    assert "code" in portal.heard(browser.open(url))
    outgoing = portal.world.process.outgoing
    assert isinstance(outgoing, InProcessOutgoing)
    outgoing.calls.clear()
    assert browser.open(url).status == 410
    browser, _, url = undelivered(portal)
    portal.world.clock.advance(16 * 60)
    page = browser.open(url)
    assert (page.status, page.heading) == (410, "Inloggen duurde te lang")
    assert not any(call.endswith("/token") for call in outgoing.calls)


def test_R_03_an_answer_comes_at_the_address_of_its_makelaar(portal: Portal) -> None:
    browser, _, url = undelivered(portal)
    page = browser.open(url.replace("/callback/zekerweg", "/callback/sleutelhof"))
    assert (page.status, page.heading) == (400, "Inloggen is niet gelukt")
    assert "code" in portal.heard(browser.open(url))


# Back, again, and beside each other.


def test_O_45_a_finished_login_says_so(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    consent = browser.press("person", "jan")
    form = next(f for f in consent.forms if f.action.endswith("/consent"))
    fields = [*form.form_values(), ("agree", "yes")]
    assert "code" in portal.heard(browser.press("agree", "yes"))
    again = browser.open(consent.url)
    reposted = browser.post(ISSUER + form.action, fields)
    cancelled = browser.post(ISSUER + form.action.replace("consent", "cancel"), fields)
    for page in (again, reposted, cancelled):
        assert (page.status, page.heading) == (409, "U bent al klaar met inloggen")
        assert "Jan" not in page.text and "Korenmolen" not in page.text
        assert page.tree.xpath("//main//a/@href") == [f"http://{HOST}/", *HELP_DESK]
    stranger = portal.world.browser().open(consent.url)
    assert stranger.status == 410
    assert HOST not in stranger.answer.body.decode()
    portal.world.clock.advance(3700)
    assert browser.open(consent.url).status == 410


def told(portal: Portal, code: str) -> dict[str, Any]:
    """What UserInfo says about who logged in."""
    found: dict[str, Any] = portal.userinfo(portal.tokens(code)["access_token"]).json()
    return found


def test_O_45_two_logins_of_one_browser_do_not_meet(portal: Portal) -> None:
    """Two portals in two tabs: each hears its own answer, with its own state."""
    other = Portal(portal.world, "elsewhere", f"http://{OTHER_HOST}/callback")
    browser = portal.world.browser()
    portal.at_makelaar(browser=browser, state="first", scope=scope_of(BODEM))
    first = browser.press("person", "jan")
    other.at_makelaar(browser=browser, state="second", scope=scope_of(BODEM))
    second = browser.press("person", "mo")
    assert "elsewhere" in second.text
    browser.open(first.url)
    heard = portal.heard(browser.press("agree", "yes"))
    assert heard["state"] == "first"
    assert told(portal, heard["code"])["name"] == "Jan de Vries"
    browser.open(second.url)
    browser.click("Korenmolen")
    heard = other.heard(browser.press("agree", "yes"))
    assert heard["state"] == "second"
    assert told(other, heard["code"])["name"] == "Mo Yilmaz"


def test_another_browser_cannot_see_or_answer_a_page(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    consent = browser.press("person", "jan")
    form = next(f for f in consent.forms if f.action.endswith("/consent"))
    stranger = portal.world.browser()
    page = stranger.open(consent.url)
    assert (page.status, page.heading) == (403, ELSEWHERE)
    assert "Jan" not in page.text
    stranger.open(portal.url())
    assert stranger.page is not None
    token = next(f.fields["csrf_token"] for f in stranger.page.forms if "csrf_token" in f.fields)
    fields = [(n, v) for n, v in form.form_values() if n != "csrf_token"]
    page = stranger.post(ISSUER + form.action, [*fields, ("csrf_token", token), ("agree", "yes")])
    assert (page.status, page.heading) == (403, ELSEWHERE)
    assert "code" in portal.heard(browser.press("agree", "yes"))
