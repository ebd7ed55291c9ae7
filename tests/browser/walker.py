"""The way to a page, without a window: a scene costs no page of Chromium but the one to look at."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement

from sandbox.browser import Browser, BrowserError, Page
from sandbox.portal.clients import CLIENTS
from tests.running_demo import RunningDemo

DESKTOP: Final = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"


class Walker:
    """One person at one browser without cookies. What a selector selects must be on the page."""

    def __init__(self, running: RunningDemo, language: str) -> None:
        self.running = running
        self.language = language
        self.browser = Browser(language)
        self.browser.user_agent = DESKTOP

    @property
    def page(self) -> Page:
        if self.browser.page is None:
            raise BrowserError("no page is open")
        return self.browser.page

    @property
    def url(self) -> str:
        return self.page.url

    # What is on the page.

    def has(self, selector: str) -> bool:
        return bool(self.page.tree.cssselect(selector))

    def expect(self, selector: str) -> HtmlElement:
        """The first that this selects. Raises BrowserError."""
        found = self.page.tree.cssselect(selector)
        if not found:
            page = self.page
            raise BrowserError(f"no {selector} on {page.url} ({page.status}: {page.heading})")
        return found[0]

    def text(self, selector: str) -> str:
        return str(self.expect(selector).text_content())

    # What a person does.

    def open(self, url: str) -> None:
        self.browser.open(url)

    def go(self, path: str) -> None:
        """Type an address of the broker."""
        self.open(self.running.addresses.broker + path)

    def click(self, selector: str) -> None:
        self.browser.follow(self.expect(selector))

    def press(self, name: str, value: str) -> None:
        """Press the button with this name and value."""
        self.browser.press(name, value)

    def fill(self, selector: str, value: str) -> None:
        self.expect(selector).value = value

    def check(self, selector: str) -> None:
        self.expect(selector).checked = True

    def enter(self, selector: str) -> None:
        """Press Enter in this field: the first button of its form."""
        form = next(self.expect(selector).iterancestors("form"))
        self.browser.follow(form.cssselect("button:not([type=button])")[0])

    def send(self, selector: str, name: str, value: str) -> None:
        """The form as another browser would send it: with this beside what it holds."""
        form = self.expect(selector)
        target = urljoin(self.url, form.get("action") or self.url)
        self.browser.post(target, [*form.form_values(), (name, value)])

    def read_in(self, language: str) -> bool:
        """Ask for this very page in another language. False where there is another way to it: a
        form was answered with it, or what comes is not the same, element by element.
        """
        page = self.page
        if page.method != "GET":
            return False
        self.language = language
        self.browser.speak(language)
        self.open(page.url)
        again = self.page
        same = (again.url, again.status, _elements(again)) == (
            page.url,
            page.status,
            _elements(page),
        )
        return same and again.tree.get("lang") == language

    # Steps of a login.

    def ask(self, service: str) -> None:
        """Choose this service at the portal."""
        self.open(self.running.addresses.portal + "/")
        uuid = next(s.uuid for c in CLIENTS for s in c.services if s.name == service)
        self.click(f"a[href$='{uuid}']")

    def choose(self, makelaar: str) -> None:
        """Press the button of this makelaar."""
        self.press("provider", makelaar)

    def log_in_as(self, person: str, fault: str = "none") -> None:
        """At the makelaar: be this person, with the answer that its page offers."""
        self.fill("#fault", fault)
        self.press("person", person)

    def give_code(self, code: str) -> None:
        """Fill in a second factor."""
        self.fill("#code", code)
        self.enter("#code")

    def agree(self) -> None:
        """Agree to what the portal gets, and be there."""
        self.press("agree", "yes")
        if "/callback/" not in self.url:
            raise BrowserError(f"not at the portal but on {self.url}: {self.page.heading}")


def _elements(page: Page) -> list[tuple[str, str, tuple[str, ...]]]:
    """What a page is made of: of each element its name, its classes and which attributes it has."""
    return [
        (str(one.tag), one.get("class", ""), tuple(sorted(one.keys())))
        for one in page.tree.iter(etree.Element)
    ]
