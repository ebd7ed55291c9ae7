"""A passkey in a real Chromium, with an authenticator that the browser plays itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser

LOZING = "Lozing melden"


@contextmanager
def with_authenticator(visitor: Visitor, *, verifies: bool = True) -> Iterator[None]:
    """A device that is part of the machine. ``verifies``: its finger sensor says yes."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.send("WebAuthn.disable")


def enrol(running: RunningDemo, visitor: Visitor) -> None:
    """Roos adds a passkey in a session where her app was asked."""
    visitor.go("/mijn/inlogmiddelen/hoger")
    visitor.choose("brugwacht")
    visitor.log_in_as("roos")
    while visitor.page.locator("button[name=provider]").count():
        visitor.choose("brugwacht")
        visitor.log_in_as("roos")
    if visitor.page.locator("#passkey").count():  # of another test, used last
        visitor.click("button[name=use]:has-text('app')")
    visitor.wait_for("#code")
    visitor.give_code(running.code_of("roos"))
    visitor.go("/mijn/inlogmiddelen/passkey")
    visitor.click("#passkey button")
    visitor.wait_for(".utrecht-alert--ok")


def test_a_passkey_is_made_and_used_to_log_in(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium, is_checked=True) as visitor, with_authenticator(visitor):
        enrol(running, visitor)
        assert "Passkey" in (visitor.page.text_content("table") or "")
        visitor.ask(LOZING)
        visitor.choose("brugwacht")
        visitor.log_in_as("roos")
        if visitor.page.locator("#code").count():  # the app was used last
            visitor.page.get_by_role("button", name="Gebruik een passkey").click()
        visitor.wait_for("#passkey")
        assert visitor.heading == "Gebruik uw passkey"
        visitor.click("#passkey button")
        visitor.wait_for("button[name=agree], table")
        if visitor.is_at_broker:
            visitor.press("agree", "yes")
        assert visitor.is_in
        assert visitor.complaints == []


def test_without_javascript_the_page_says_so_and_offers_the_other_ways(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor, with_authenticator(visitor):
        enrol(running, visitor)
    with visiting(running, chromium, javascript=False) as visitor:
        visitor.ask(LOZING)
        visitor.choose("brugwacht")
        visitor.log_in_as("roos")
        if visitor.page.locator("#code").count():
            visitor.click("button[name=use]:has-text('passkey')")
        note = visitor.page.locator("[data-note=script]")
        assert note.is_visible() and "JavaScript" in note.inner_text()
        assert visitor.page.locator("#passkey button").is_disabled()
        visitor.click("button[name=use]:has-text('app')")
        visitor.wait_for("#code")


def test_a_browser_that_lacks_passkeys_says_so(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        visitor.context.add_init_script("delete window.PublicKeyCredential")
        visitor.go("/mijn/inlogmiddelen")
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        visitor.go("/mijn/inlogmiddelen/passkey")
        assert visitor.page.locator("[data-note=missing]").is_visible()
        assert visitor.page.locator("#passkey button").is_disabled()


def test_who_stops_at_the_window_of_the_device_is_told(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor, with_authenticator(visitor, verifies=False):
        visitor.go("/mijn/inlogmiddelen")
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        visitor.go("/mijn/inlogmiddelen/passkey")
        visitor.page.click("#passkey button")
        visitor.page.wait_for_selector("[data-note=stopped]:visible")
