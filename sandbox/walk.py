"""One login from the portal to the portal, through the pages that a user meets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import pyotp

from sandbox import prepare
from sandbox.browser import Browser, BrowserError, Page
from sandbox.language import DUTCH
from sandbox.people import PEOPLE
from sandbox.prepare import Demo
from sandbox.texts import said

MOST_PAGES = 15
ACCOUNT: Final = "account"  # instead of the name of a makelaar: the account at the broker itself


@dataclass
class Walk:
    """How one person answers the questions of a login.

    ``service`` and ``makelaar`` (or ACCOUNT) are the names that the pages show; ``on_behalf_of`` a
    part of the organisation's name. ``pages``: the headings that were met, in order.
    """

    demo: Demo
    service: str
    makelaar: str
    person: str
    on_behalf_of: str | None = None
    fault: str | None = None  # what the makelaar does wrong, as its page names it
    cancel_at_makelaar: bool = False
    front: str = "/"  # the page of the portal where the service stands
    remembers: bool = False  # ticks the boxes that spare a question the next time
    browser: Browser = field(default_factory=Browser)
    pages: list[str] = field(default_factory=list)

    def run(self) -> Page:
        """The page on which the login ends: of the portal, or one that asks what is not foreseen
        here.
        """
        front = self.browser.open(self.demo.addresses.portal + self.front)
        page = self.browser.click(_name_on(front, self.service))
        for _ in range(MOST_PAGES):
            self.pages.append(page.heading)
            if page.status != 200:
                return page
            answer = self._answer_to(page)
            if answer is None:
                return page
            page = answer()
        raise BrowserError(f"the login does not end: {self.pages}")

    def _answer_to(self, page: Page) -> Callable[[], Page] | None:
        fields = {name for form in page.forms for name in form.fields}
        buttons = {b.get("name") for form in page.forms for b in form.iter("button")}
        host = urlsplit(page.url).netloc
        if host == urlsplit(self.demo.addresses.makelaars).netloc:
            return self._at_makelaar if "person" in buttons else None
        if host != urlsplit(self.demo.addresses.broker).netloc:
            return None
        if "method" in buttons and (self.makelaar == ACCOUNT or "provider" not in buttons):
            way = ACCOUNT if self.makelaar == ACCOUNT else "makelaar"
            return lambda: self.browser.press("method", way)
        if {"name", "password"} <= fields:
            return self._give_password
        if "provider" in buttons:
            return self._choose_makelaar
        if "code" in fields:
            return self._give_code if self._seed() else None
        if "choice" in buttons and self.on_behalf_of is not None:
            organisation = self.on_behalf_of
            return lambda: self.browser.click(organisation)
        if "agree" in buttons:
            return self._agree
        return None

    def _give_password(self) -> Page:
        person = next(p for p in PEOPLE if p.key == self.person)
        assert person.account is not None
        self.browser.fill("name", person.account.user_name)
        self.browser.fill("password", prepare.password(self.demo, self.person))
        return self.browser.click("Log in")

    def _choose_makelaar(self) -> Page:
        if self.remembers:
            self.browser.fill("remember", "yes")
        return self.browser.click(self.makelaar)

    def _agree(self) -> Page:
        if self.remembers:
            self.browser.fill("keep", "yes")
        return self.browser.press("agree", "yes")

    def _at_makelaar(self) -> Page:
        if self.fault is not None:
            self.browser.fill("fault", self.fault)
        if self.cancel_at_makelaar:
            return self.browser.press("action", "cancel")
        return self.browser.press("person", self.person)

    def _seed(self) -> str | None:
        """Of the app or the device of this person; None for who gets codes in another way."""
        for read in (prepare.totp_secret, prepare.device_seed):
            try:
                return read(self.demo, self.person)
            except FileNotFoundError:
                continue
        return None

    def _give_code(self) -> Page:
        self.browser.fill("code", pyotp.TOTP(self._seed() or "").now())
        return self.browser.click("Ga verder")


def _name_on(front: Page, service: str) -> str:
    """The name of this service in the language of the portal's page."""
    return said(service, front.tree.getroottree().getroot().get("lang") or DUTCH)
