"""The demo shows every kind of second factor: who logs in as its people gets through."""

from __future__ import annotations

import re

import pytest

from sandbox.browser import Browser, Page
from sandbox.prepare import recovery_codes
from tests.broker.portal import set_clock
from tests.world import ADDRESSES, World

LOZING = "Lozing melden"
IN = "U bent ingelogd"


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def at_question(world: World, person: str) -> Browser:
    browser = world.browser()
    browser.open(f"{ADDRESSES.portal}/")
    browser.click(LOZING)
    browser.click("Brugwacht")
    assert browser.press("person", person).status == 200
    return browser


def finish(browser: Browser, code: str) -> Page:
    browser.fill("code", code)
    page = browser.click("Ga verder")
    return browser.press("agree", "yes") if page.heading != IN else page


def code_shown(world: World, name: str) -> str:
    """What the page with codes shows for somebody."""
    page = world.browser().open(f"{ADDRESSES.postbus}/codes")
    found = re.search(rf"{name}, \w+ ?(\d{{6}})", page.text)
    assert found is not None, page.text
    return found.group(1)


def test_a_code_by_sms_is_in_the_postbus(world: World) -> None:
    browser = at_question(world, "yara")
    message = [m for m in world.deliver_mail() if m["channel"] == "sms"][-1]
    assert "Sms" in world.browser().open(f"{ADDRESSES.postbus}/").text
    assert finish(browser, message["text"].rpartition("#")[2]).heading == IN


@pytest.mark.parametrize(("person", "name"), [("joost", "Joost Peters"), ("roos", "Roos Willems")])
def test_the_codes_of_devices_and_apps_are_on_a_page(world: World, person: str, name: str) -> None:
    browser = at_question(world, person)
    code = code_shown(world, name)
    set_clock(world)
    assert finish(browser, code).heading == IN


def test_recovery_codes_are_on_that_page_too(world: World) -> None:
    code = recovery_codes(world.demo, "yara")[0]
    assert code in world.browser().open(f"{ADDRESSES.postbus}/codes").text
    browser = at_question(world, "yara")
    browser.click("Gebruik een herstelcode")
    assert finish(browser, code).heading == IN
