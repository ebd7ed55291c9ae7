"""Who is logged in and must log in again reads why, on the page that asks it."""

from __future__ import annotations

import pytest

from sandbox.browser import Browser, Page
from tests.world import World

WHY = "Waarom logt u opnieuw in?"
CHOOSES = "Wie is uw makelaar?"


def at_console(world: World, path: str, browser: Browser) -> Page:
    return browser.open(f"{world.demo.addresses.broker}{path}")


def logged_in(world: World, path: str = "/mijn/inlogmiddelen") -> Browser:
    browser = world.browser()
    page = at_console(world, path, browser)
    assert page.heading == CHOOSES and WHY not in page.text  # nobody was here before
    browser.click("Polderpoort")
    browser.press("person", "jan")
    return browser


def test_a_login_of_more_than_ten_minutes_ago_is_said_to_be_so(own_world: World) -> None:
    browser = logged_in(own_world)
    own_world.clock.advance(11 * 60)
    at_console(own_world, "/mijn/inlogmiddelen/app", browser)
    page = browser.click("Log opnieuw in")
    assert page.heading == CHOOSES and WHY in page.text
    assert "U logde langer dan 10 minuten geleden in." in page.text
    assert WHY not in browser.click("Polderpoort").text  # at the makelaar


def test_a_session_that_is_over_is_said_to_be_over(own_world: World) -> None:
    browser = logged_in(own_world)
    own_world.clock.advance(30 * 60)
    page = at_console(own_world, "/mijn/inlogmiddelen", browser)
    assert page.heading == CHOOSES
    assert "Uw vorige sessie is voorbij." in page.text


SOIL_MAP = "867e12fc-c1de-4b3d-99dd-0c55a35b3a2e"  # takes the login of Meldportaal Bodem


@pytest.mark.parametrize(
    ("language", "asks", "said"),
    [
        ("nl", "prompt=login", "Bronhouderportaal vraagt u om opnieuw in te loggen."),
        ("en", "prompt=login", "Register holder portal asks you to log in again."),
        ("nl", "max_age=300", "U logde langer dan 5 minuten geleden in."),
        ("en", "max_age=300", "You logged in more than 5 minutes ago."),
    ],
)
def test_what_a_portal_asks_of_an_earlier_login_is_said(
    own_world: World, language: str, asks: str, said: str
) -> None:
    world = own_world
    browser = world.browser(language)
    portal = world.demo.addresses.portal
    world.walk("Meldportaal Bodem", "Polderpoort", "jan", browser=browser).run()
    world.clock.advance(6 * 60)
    page = browser.open(f"{portal}/login/bronhouderportaal/{SOIL_MAP}?{asks}")
    assert said in page.text
    # The good twin: without that wish the earlier login does.
    page = browser.open(f"{portal}/login/bronhouderportaal/{SOIL_MAP}")
    assert said not in page.text and CHOOSES not in page.heading
