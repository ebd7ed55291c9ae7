"""Where the answers of makelaars arrive: by the right method, at the place of their protocol. What
arrives otherwise changes nothing, and the login goes on.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import pytest

from broker.journey import login_store
from broker.journey.login import Login
from broker.web.endpoints import endpoints_of
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from state import registrations
from state.registrations import Kind
from tests.attacks.test_http import ask, every_route
from tests.broker.portal import ISSUER, Portal, make_portal_world, query_of, scope_of, set_clock
from tests.broker.recorder import Gate
from tests.world import World

CONSENT = "Deze gegevens geven wij door"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def stored(portal: Portal, login_id: str) -> Login | None:
    process = portal.world.process
    kept = login_store.parse(process.store.get(login_store.key(login_id)), process.sealer)
    return kept.login if kept is not None else None


def answer_of(portal: Portal) -> tuple[Browser, str, str]:
    """A browser, the address with the answer of Zekerweg that it holds back, and its login."""
    gate = Gate(portal.world.wire, f"{ISSUER}/oidc/callback")
    browser = portal.at_makelaar(browser=Browser(wire=gate))
    url = browser.press("person", "jan").url
    gate.is_open = True
    return browser, url, query_of(url)["state"].partition(".")[0]


@pytest.mark.parametrize("cookies", [True, False], ids=["own browser", "no cookies"])
def test_a_link_scanner_at_the_callback_ends_nobodys_login(portal: Portal, cookies: bool) -> None:
    browser, url, login_id = answer_of(portal)
    before = stored(portal, login_id)
    assert before is not None
    jar = "; ".join(f"{n}={v}" for n, v in browser.cookies(ISSUER).items()) if cookies else ""
    for _ in range(2):
        answer = portal.world.wire.request("HEAD", url, None, {"Cookie": jar} if jar else {})
        assert (answer.status, answer.header("Allow")) == (405, "GET, POST")
        assert stored(portal, login_id) == before
    assert "code" in portal.heard(browser.open(url))


def test_every_address_answers_head_by_reading_or_not_at_all(world: World) -> None:
    set_clock(world)
    declared, read = endpoints_of(world.app), set()
    for rule in world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        path = re.sub(r"<[^>]*>", "unknown", rule.rule)
        answer = ask(world.app, path, "HEAD")
        assert (answer.status_code == 405) is not declared.named[rule.endpoint].answers_head, path
        assert answer.data == b"" and "Set-Cookie" not in answer.headers
        if answer.status_code != 405:
            read.add(rule.rule)
    assert read == {
        "/",
        "/theme.css",
        "/saml/idp/metadata",
        "/health/live",
        "/health/ready",
        "/hulp/",
        "/hulp/<name>",
        "/ontwikkelaars/",
        "/ontwikkelaars/foutcodes",
        "/ontwikkelaars/recepten/<name>",
        "/inloggegevens-vergeten/<token>",
        "/operator/instellen/<secret>",
        "/toegang/uitnodiging/<secret>",
        "/toegang/ketenmachtiging/<secret>",
        "/toegang/ketenmachtiging/intrekken/<secret>",
        "/saml/idp/metadata/<client_id>",
        "/saml/metadata",
        "/saml/metadata/<provider_id>",
        "/oidc/client-jwks",
        "/jwks",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    }
    assert ("GET", "/oidc/callback/unknown") in set(every_route(world.app))


def test_a_handle_of_openid_connect_is_not_taken_at_the_saml_endpoint(portal: Portal) -> None:
    browser, url, login_id = answer_of(portal)
    before, query = stored(portal, login_id), query_of(url)
    for fields in (
        {"RelayState": query["state"], "SAMLResponse": "PHg+"},
        {"RelayState": query["state"], **query},
    ):
        page = portal.world.browser().post(f"{ISSUER}/saml/acs", list(fields.items()))
        assert page.status == 400 and "SLS-2101" in page.text
        assert stored(portal, login_id) == before
    assert "code" in portal.heard(browser.open(url))


@pytest.mark.parametrize("at", ["polderpoort", "zekerweg"])
def test_a_handle_of_saml_is_not_taken_at_an_openid_callback(portal: Portal, at: str) -> None:
    browser = portal.at_makelaar("polderpoort")
    handle = query_of(browser.visited[-1])["RelayState"]
    before = stored(portal, handle.partition(".")[0])
    shown, query = browser.page, urlencode({"state": handle, "code": "x", "iss": "y"})
    page = browser.open(f"{ISSUER}/oidc/callback/{at}?{query}")
    assert page.status == 400 and "SLS-2101" in page.text
    assert stored(portal, handle.partition(".")[0]) == before
    browser.page = shown
    assert "code" in portal.heard(browser.press("person", "jan"))


@pytest.mark.parametrize("what", ["login", "logout", "ticket"])
def test_a_handle_of_another_kind_names_no_departure(portal: Portal, what: str) -> None:
    browser, _, login_id = answer_of(portal)
    asked = portal.world.wire.request("GET", f"{ISSUER}/logout")
    handles = {
        "login": login_id,
        "logout": query_of(asked.header("Location") or "").get("asked", ""),
        "ticket": "a" * 22,
    }
    page = browser.open(f"{ISSUER}/oidc/callback/zekerweg?{urlencode({'state': handles[what]})}")
    assert page.status == 400 and "SLS-2101" in page.text
    assert stored(portal, login_id) is not None


def test_a_makelaar_that_changed_its_protocol_meanwhile_is_asked_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The answer to what the other protocol asked is not judged by the new one."""
    portal = Portal(make_portal_world(tmp_path_factory.mktemp("own")))
    browser, url, _ = answer_of(portal)
    there = portal.world.runtime.configuration.providers["polderpoort"]
    moved = {**there.model_dump(mode="json"), "id": "zekerweg"}
    with portal.world.session() as session, session.begin():
        now = portal.world.clock()
        registrations.save(session, Kind.IDENTITY_PROVIDER, "zekerweg", moved, now)
    portal.world.process.holder.refresh()
    page = browser.open(url)
    assert page.status == 400 and "SLS-2105" in page.text


def test_a_login_that_an_earlier_release_began_is_answered(portal: Portal) -> None:
    """It does not say by which protocol it left."""
    browser, url, login_id = answer_of(portal)
    process, login = portal.world.process, stored(portal, login_id)
    assert login is not None
    old = replace(login, sent=tuple(replace(one, protocol="") for one in login.sent))
    process.store.put(login_store.key(login_id), login_store.dump(old, process.sealer), 900)
    assert "code" in portal.heard(browser.open(url))


def test_the_answer_of_a_login_that_is_over_is_not_called_late(portal: Portal) -> None:
    """Somebody who goes back to, or reloads, the address with the answer."""
    browser, url, _ = answer_of(portal)
    assert "code" in portal.heard(browser.open(url))
    page = browser.open(url)
    assert (page.status, page.heading) == (410, "U bent al klaar met inloggen")
    assert urlsplit(url).path.startswith("/oidc/callback/")


def test_who_reloads_the_answer_of_a_login_in_progress_is_led_on(portal: Portal) -> None:
    gate = Gate(portal.world.wire, f"{ISSUER}/oidc/callback")
    browser = portal.at_makelaar(browser=Browser(wire=gate), scope=scope_of(BODEM))
    url = browser.press("person", "jan").url
    gate.is_open = True
    assert browser.open(url).heading == CONSENT
    page = browser.open(url)
    assert (page.status, page.heading) == (409, "U bent al verder met inloggen")
    assert browser.click("Ga verder").heading == CONSENT
    assert portal.world.browser().open(url).status == 400  # nobody else is
    assert "code" in portal.heard(browser.press("agree", "yes"))
