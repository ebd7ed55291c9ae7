"""Onthouden makelaars: what this browser remembers per service, and forgetting it."""

from __future__ import annotations

from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, GRONDWATER
from tests.journeys.at_mijn import arrive
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn/onthouden"
MAKELAAR = "Wie is uw makelaar?"


def remembering(world: World) -> Browser:
    """Jan, whose browser remembers Polderpoort for one service."""
    browser = world.browser()
    walk = world.walk(BODEM.name, "Polderpoort", "jan", browser=browser)
    walk.remembers = True
    assert walk.run().heading == "U bent ingelogd"
    return arrive(world, "jan", "Polderpoort", browser)


def rows(page: Page) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]


def asks_again(world: World, browser: Browser) -> bool:
    """At the next login without a session."""
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    if browser.page is not None and browser.page.heading == "Wilt u overal uitloggen?":
        browser.click("Log overal uit")
    address = f"{world.demo.addresses.portal}/login/bronhouderportaal/{BODEM.uuid}"
    return browser.open(address).heading == MAKELAAR


def test_what_this_browser_remembers_is_shown_and_one_is_forgotten(own_world: World) -> None:
    browser = remembering(own_world)
    page = browser.click("Onthouden makelaars")
    (row,) = rows(page)
    assert BODEM.name in row and "Polderpoort" in row
    page = browser.click("Vergeet")
    assert "De keuze is vergeten" in page.text and rows(page) == []
    assert asks_again(own_world, browser)


def test_all_are_forgotten_at_once(own_world: World) -> None:
    browser = remembering(own_world)
    browser.open(HERE)
    page = browser.click("Vergeet alle keuzes")
    assert "Alle keuzes zijn vergeten" in page.text and rows(page) == []


def test_another_browser_remembers_nothing_of_it(own_world: World) -> None:
    remembering(own_world)
    page = arrive(own_world, "jan", "Polderpoort").open(HERE)
    assert "Deze browser onthoudt geen makelaar." in page.text


def test_what_is_not_remembered_cannot_be_forgotten(own_world: World) -> None:
    browser = remembering(own_world)
    browser.open(HERE)
    assert browser.page is not None
    fields = [(n, v) for n, v in browser.page.forms[0].form_values() if n == "csrf_token"]
    assert browser.post(f"{HERE}/{GRONDWATER.uuid}/vergeet", fields).status == 404
    assert len(rows(browser.open(HERE))) == 1
