"""The page of a login that is over says why, and leads back to where it was asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broker.journey.expiry import end_expired
from broker.journey.login_store import SOON_SECONDS
from broker.texts.errors import ERRORS
from broker.web.cookies import LOGIN_PREFIX
from sandbox.browser import Browser, Page
from tests.broker.portal import ISSUER, Portal, make_portal_world, set_clock
from tests.world import World

MINUTES = 15


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def begun(portal: Portal) -> tuple[Browser, str]:
    browser = portal.world.browser()
    return browser, browser.open(portal.url()).url


def forget_logins(browser: Browser) -> None:
    """As the browser does in time; that somebody logged in here it knows for longer."""
    for jar in browser._cookies.values():
        for name in [name for name in jar if name.startswith(LOGIN_PREFIX)]:
            del jar[name]


def wait(portal: Portal, minutes: float) -> None:
    portal.world.clock.advance(minutes * 60)
    portal.world.process.holder.refresh()


def _succeeded(portal: Portal) -> tuple[Browser, str]:
    browser, url = begun(portal)
    browser.press("method", "makelaar")
    browser.click("Zekerweg")
    portal.heard(browser.press("person", "jan"))
    return browser, url


def _cancelled(portal: Portal) -> tuple[Browser, str]:
    browser, url = begun(portal)
    browser.click("Annuleer en ga terug")
    return browser, url


def _refused(portal: Portal) -> tuple[Browser, str]:
    browser, url = begun(portal)
    browser.press("method", "makelaar")
    browser.click("Polderpoort")
    browser.fill("fault", "wrong_audience")
    browser.press("person", "jan")
    browser.click("Ga terug naar")
    return browser, url


def _too_late(portal: Portal) -> tuple[Browser, str]:
    browser, url = begun(portal)
    wait(portal, MINUTES + 1)
    return browser, url


def _too_late_and_written(portal: Portal) -> tuple[Browser, str]:
    browser, url = _too_late(portal)
    wait(portal, 1)
    end_expired(portal.world.process)
    return browser, url


def _gave_way(portal: Portal) -> tuple[Browser, str]:
    browser, url = begun(portal)
    for _ in range(portal.world.process.settings.limits.browser_logins):
        portal.world.clock.advance(1)
        browser.open(portal.url())
    return browser, url


def _gave_way_and_written(portal: Portal) -> tuple[Browser, str]:
    browser, url = _gave_way(portal)
    portal.world.clock.advance(SOON_SECONDS + 5)
    end_expired(portal.world.process)
    return browser, url


def _bookmarked(portal: Portal) -> tuple[Browser, str]:
    """Opened weeks later: the browser kept no cookie of it, and we nothing at all."""
    browser, url = _succeeded(portal)
    forget_logins(browser)
    wait(portal, 60 * 24 * 21)
    return browser, url


WAYS: dict[str, tuple[Callable[[Portal], tuple[Browser, str]], int, str]] = {
    "succeeded": (_succeeded, 409, "login_finished"),
    "cancelled": (_cancelled, 409, "login_cancelled"),
    "refused": (_refused, 409, "login_refused"),
    "too late": (_too_late, 410, "login_expired"),
    "too late, written": (_too_late_and_written, 410, "login_expired"),
    "gave way": (_gave_way, 410, "login_gave_way"),
    "gave way, written": (_gave_way_and_written, 410, "login_gave_way"),
    "bookmarked": (_bookmarked, 410, "login_unknown"),
}


def way_back(page: Page) -> str | None:
    found = page.tree.xpath("//main//a[contains(@class, 'primary')]/@href")
    return found[0] if found else None


@pytest.mark.parametrize("name", WAYS)
def test_the_page_says_the_reason_and_leads_back_to_the_portal(portal: Portal, name: str) -> None:
    walk, status, key = WAYS[name]
    browser, url = walk(portal)
    for _ in range(2):  # a reload says the same
        page = browser.open(url)
        assert (page.status, page.heading) == (status, str(ERRORS[key].title))
        assert ERRORS[key].code in page.text
        client = portal.world.runtime.configuration.oidc_clients[portal.client_id]
        assert way_back(page) == client.start_url and client.start_url is not None


def test_who_was_too_late_reads_when_it_began_and_how_long_it_may_take(portal: Portal) -> None:
    browser, url = _too_late(portal)
    page = browser.open(url)
    assert "Begonnen: " in page.text and f"mag {MINUTES} minuten duren" in page.text


def test_a_stranger_with_the_address_learns_of_no_portal(portal: Portal) -> None:
    for walk in (_succeeded, _cancelled, _too_late, _bookmarked):
        set_clock(portal.world)
        _, url = walk(portal)
        page = portal.world.browser().open(url)
        assert (page.status, page.heading) == (410, str(ERRORS["login_unknown"].title))
        assert way_back(page) is None and "Portaal" not in page.text


@pytest.mark.parametrize("mark", ["", "ffffff", "' or 1=1", "é" * 50])
def test_an_address_that_names_no_portal_of_ours_leads_nowhere(portal: Portal, mark: str) -> None:
    browser, _ = _succeeded(portal)
    page = browser.open(f"{ISSUER}/login/{'a' * 26}?van={mark}")
    assert (page.status, way_back(page)) == (410, None)


def test_a_console_is_led_back_to_as_well(portal: Portal) -> None:
    browser, _ = _succeeded(portal)
    url = browser.open(f"{ISSUER}/mijn").url
    wait(portal, MINUTES + 1)
    assert way_back(browser.open(url)) == "/mijn"
    forget_logins(browser)
    wait(portal, 60 * 24)
    assert way_back(browser.open(url)) == "/mijn"


def test_the_language_can_be_changed_and_the_way_back_stays(portal: Portal) -> None:
    browser, url = _bookmarked(portal)
    browser.open(url)
    page = browser.click("English")
    assert page.heading == "This page belongs to an old attempt to log in"
    assert way_back(page) is not None


def test_the_answer_of_a_makelaar_that_comes_late_says_so(portal: Portal) -> None:
    """By SAML, a POST without our cookies: the user took too long over there."""
    browser = portal.at_makelaar("polderpoort")
    wait(portal, MINUTES + 1)
    page = browser.press("person", "jan")
    assert (page.status, page.heading) == (410, str(ERRORS["login_expired"].title))
    assert f"mag {MINUTES} minuten duren" in page.text and way_back(page) is not None
