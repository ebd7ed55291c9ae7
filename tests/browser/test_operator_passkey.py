"""An operator sets up a passkey and logs in with it, in a real Chromium that plays the device."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Browser

from sandbox.operator import new_link
from tests.browser.operator_scenes import GOOD
from tests.browser.test_passkeys import with_authenticator
from tests.browser.visitor import Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser


def _at_passkey(running: RunningDemo, visitor: Visitor, user_name: str) -> None:
    link = new_link(running.parties, user_name, "Kim Nieuwenhuis", "helpdesk")
    visitor.page.goto(link)
    visitor.page.fill("#nieuw", GOOD)
    visitor.page.fill("#nogmaals", GOOD)
    visitor.click("form:has(#nieuw) .utrecht-action-group button")
    visitor.click("a[href$='/passkey']")


def test_an_operator_sets_up_a_passkey_and_logs_in_with_it(
    running: RunningDemo, chromium: Browser
) -> None:
    user_name = f"kim-{secrets.token_hex(4)}"
    with visiting(running, chromium, is_checked=True) as visitor, with_authenticator(visitor):
        _at_passkey(running, visitor, user_name)
        visitor.click("#passkey button")
        visitor.wait_for(".sluis-codes")
        visitor.click("form[action$=klaar] button")
        visitor.click("main a[href='/operator']")
        visitor.page.fill("#naam", user_name)
        visitor.page.fill("#wachtwoord", GOOD)
        visitor.click("form:has(#wachtwoord) button[type=submit]")
        assert visitor.heading == "Gebruik uw passkey"
        visitor.click("#passkey button")
        visitor.wait_for(".sluis-nav")
        assert visitor.heading == "Overzicht"
        assert visitor.complaints == []


def test_a_device_that_verifies_nobody_sets_up_nothing(
    running: RunningDemo, chromium: Browser
) -> None:
    user_name = f"kim-{secrets.token_hex(4)}"
    with (
        visiting(running, chromium) as visitor,
        with_authenticator(visitor, verifies=False),
    ):
        _at_passkey(running, visitor, user_name)
        visitor.page.click("#passkey button")
        visitor.page.wait_for_selector("[data-note=stopped]:visible")
        visitor.click("a[href$='/instellen']")
        visitor.click("a[href*='met=app']")
        visitor.wait_for(".sluis-qr")


def test_without_javascript_an_operator_is_told_and_takes_an_app(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium, javascript=False) as visitor:
        _at_passkey(running, visitor, f"kim-{secrets.token_hex(4)}")
        assert visitor.page.locator("[data-note=script]").is_visible()
        assert visitor.page.locator("#passkey button").is_disabled()
        visitor.click("a[href$='/instellen']")
        visitor.click("a[href*='met=app']")
        visitor.wait_for(".sluis-qr")
