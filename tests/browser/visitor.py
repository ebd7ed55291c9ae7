"""Somebody at a real browser: what they do, and what the browser complains about meanwhile."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
)

from sandbox.portal.clients import CLIENTS
from tests.browser.answered import answered_with
from tests.browser.checks import axe_violations
from tests.browser.scene import Scene
from tests.browser.walker import Walker
from tests.running_demo import RunningDemo

PATIENCE: Final = 60.0
DESKTOP: Final = (1280, 900)
PHONE: Final = (390, 844)
LOGGED_IN: Final = ("U bent ingelogd", "You are logged in")
LOCALES: Final = {"nl": "nl-NL", "en": "en-GB"}
# A page is there, and it is not one that goes on by itself.
STANDS: Final = """document.readyState === 'complete'
    && !document.querySelector('meta[http-equiv=refresh]')"""
# Chromium says this about a page that is shown with a 4xx or 5xx status, as an error page must be.
_STATUS_OF_A_PAGE: Final = "Failed to load resource: the server responded with a status of "


@dataclass
class Visitor:
    """One person at one browser without cookies. ``complaints``: errors in the console."""

    running: RunningDemo
    context: BrowserContext
    page: Page
    language: str
    javascript: bool = True
    is_checked: bool = False  # axe looks at every page of the broker that is met
    complaints: list[str] = field(default_factory=list)
    checked: int = 0  # pages of the broker that axe looked at

    def ask(self, service: str) -> None:
        """Choose this service at the portal."""
        self.page.goto(self.running.addresses.portal + "/")
        uuid = next(s.uuid for c in CLIENTS for s in c.services if s.name == service)
        self.click(f"a[href$='{uuid}']")

    def choose(self, makelaar: str) -> None:
        """Press the button of this makelaar."""
        self.press("provider", makelaar)

    def wait_until_offered(self, makelaar: str) -> None:
        """The broker follows a registration that was just made within seconds: look again."""
        deadline = time.monotonic() + PATIENCE
        while not self.page.locator(f"button[value='{makelaar}']").count():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{makelaar} is not offered")
            self.page.wait_for_timeout(250)
            self.page.reload()

    def log_in_as(self, person: str, fault: str = "none") -> None:
        """At the makelaar: be this person, with the answer that its page offers."""
        self.leave_by_hand()
        self.page.wait_for_selector("#fault", state="attached")
        if fault != "none":  # what a makelaar can do wrong is folded away
            self.page.click("details:has(#fault) summary")
            self.page.select_option("#fault", fault)
        self.press("person", person)
        self.leave_by_hand()

    def leave_by_hand(self) -> None:
        """Without JavaScript a page that leaves by itself has a button."""
        if not self.javascript and self.page.locator("#leave").count():
            self.click("#leave button")

    def press(self, name: str, value: str) -> None:
        """Press the button with this name and value."""
        self.click(f"button[name='{name}'][value='{value}']")

    def click(self, selector: str) -> None:
        """Press what this selects, and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.click(selector)
        self.look()

    def give_code(self, code: str) -> None:
        """Fill in a second factor."""
        self.page.fill("#code", code)
        with self.page.expect_navigation():
            self.page.press("#code", "Enter")
        self.look()

    def go(self, path: str) -> None:
        """Type an address of the broker."""
        self.page.goto(self.running.addresses.broker + path)
        self.look()

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def meet(self, scene: Scene, language: str, there: Walker | None = None) -> Walker:
        """Be where this scene leads, without the pages before it. ``there``: who walked to it in
        another language; that way is walked again where the page cannot just be read in this one.
        """
        if there is None or not there.read_in(language):
            self.running.forget_codes()
            there = Walker(self.running, language)
            scene.walk(there)
        self.stand_where(there)
        self.wait_for(scene.shows)
        return there

    def stand_where(self, walker: Walker) -> None:
        """Show the very answer that the walker got, with the walker's cookies."""
        self.context.clear_cookies()
        self.take_cookies_of(walker)
        # The page that leaves by itself is looked at, too.
        stays = "*/leave.js*" if walker.has("#leave") else None
        with answered_with(self.page, walker.url, walker.page.answer, empty=stays):
            self.page.goto(walker.url)

    def take_cookies_of(self, walker: Walker) -> None:
        """Those of the broker."""
        broker = self.running.addresses.broker
        https = broker.replace("http:", "https:")  # else a secure cookie is not taken in
        self.context.add_cookies(
            [
                {"name": name, "value": value, "url": https, "secure": True, "httpOnly": True}
                for name, value in walker.browser.cookies(broker).items()
            ]
        )

    def wait_for(self, selector: str) -> None:
        """Until the page that holds this is there."""
        self.page.wait_for_selector(selector, state="attached")
        self.look()

    def look(self) -> None:
        """Let axe judge this page, when it is the broker's and everything is checked."""
        self._wait_until_it_stands()
        if self.is_checked and self.is_at_broker and not self.page.locator("#leave").count():
            self.complaints += axe_violations(self.page)
            self.checked += 1

    def _wait_until_it_stands(self) -> None:
        """Asked from here: nothing asks itself again in a browser without JavaScript."""
        deadline = time.monotonic() + PATIENCE
        while not self._stands():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.page.url} does not stand")
            self.page.wait_for_timeout(10)

    def _stands(self) -> bool:
        try:
            return bool(self.page.evaluate(STANDS))
        except Error:  # it goes on at this very moment
            return False

    @property
    def is_at_broker(self) -> bool:
        return self.page.url.startswith(self.running.addresses.broker)

    @property
    def is_in(self) -> bool:
        """True at the portal with a login that it verified."""
        at_portal = self.page.url.startswith(self.running.addresses.portal)
        return at_portal and self.heading in LOGGED_IN

    @property
    def heading(self) -> str:
        return " ".join((self.page.text_content("h1") or "").split())

    def note(self, message: ConsoleMessage) -> None:
        """Keep what the console says, but not that an error page has the status of an error."""
        is_status = message.text.startswith(_STATUS_OF_A_PAGE)
        asked = str(message.location.get("url", ""))
        if message.type == "error" and not (is_status and not re.search(r"/static/", asked)):
            self.complaints.append(f"{asked}: {message.text}")


@contextmanager
def visiting(
    running: RunningDemo,
    chromium: Browser,
    *,
    language: str = "nl",
    size: tuple[int, int] = DESKTOP,
    javascript: bool = True,
    is_checked: bool = False,
) -> Iterator[Visitor]:
    """A visitor with a fresh browser profile, closed at the end of the block."""
    context = chromium.new_context(
        locale=LOCALES[language],
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE * 1000)
    try:
        page = context.new_page()
        visitor = Visitor(running, context, page, language, javascript, is_checked)
        page.on("console", visitor.note)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        yield visitor
    finally:
        context.close()
