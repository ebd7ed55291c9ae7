"""A recipe, followed to the letter: its files written, its registration applied."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.recipes import rendering
from broker.recipes.catalogue import BY_NAME
from broker.recipes.values import Agreed
from sandbox.browser import Browser, Page
from tests.running_demo import RunningDemo

BODEM: Final = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
SUBSTANTIAL: Final = "http://eidas.europa.eu/LoA/substantial"
BASIC: Final = "http://eid.logius.nl/LoA/basic"
PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Followed:
    """``folder`` holds the files of the page."""

    folder: Path
    agreed: Agreed
    page: str

    @property
    def secret(self) -> str:
        return self.agreed.secret


def agree(name: str, address: str) -> Agreed:
    """With a secret of its own."""
    secret = secrets.token_urlsafe(32)
    return Agreed(address, name, BODEM, secret, hashlib.sha256(secret.encode()).hexdigest())


def page_of(recipe: str, running: RunningDemo, agreed: Agreed) -> str:
    """The recipe for this broker."""
    return rendering.rendered(BY_NAME[recipe], running.addresses.broker, "nl", agreed)


def file_of(page: str, name: str) -> str:
    """A file that stands on the page."""
    return rendering.files(page)[name]


def follow(recipe: str, running: RunningDemo, folder: Path, agreed: Agreed) -> Followed:
    """Write every file of the page and apply its registration, as it stands there."""
    page = page_of(recipe, running, agreed)
    for name, text in rendering.files(page).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    running.apply(agreed.name, (folder / "sluis.yaml").read_text(encoding="utf-8"))
    return Followed(folder, agreed, page)


def opened(url: str) -> Browser:
    """A new browser that opened this."""
    browser = Browser()
    browser.open(url)
    return browser


def _asks_for_a_makelaar(page: Page) -> bool:
    return page.heading == "Wie is uw makelaar?"


def until_known(
    begin: Callable[[], Browser], is_there: Callable[[Page], bool] = _asks_for_a_makelaar
) -> Browser:
    """A browser at the page of the broker; that follows a registration within seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        browser = begin()
        page = browser.page
        assert page is not None
        if is_there(page):
            return browser
        assert time.monotonic() < deadline, (page.url, page.text[:500])
        time.sleep(0.25)


def as_jan(browser: Browser) -> Page:
    """What the portal shows after Jan logged in and agreed."""
    browser.click("Polderpoort")
    browser.press("person", "jan")
    return browser.press("agree", "yes")


def at_makelaar(running: RunningDemo, service: str, makelaar: str) -> Browser:
    """A browser that chose this makelaar at this service of the demo's portal."""

    def begin() -> Browser:
        browser = opened(f"{running.addresses.portal}/")
        browser.click(service)
        return browser

    button = f"//button[@name='provider' and @value='{makelaar}']"
    browser = until_known(begin, lambda page: bool(page.tree.xpath(button)))
    browser.press("provider", makelaar)
    return browser


def go_on(browser: Browser) -> Page:
    """Send the one form of the page, as a script of its makers does."""
    assert browser.page is not None
    (form,) = browser.page.forms
    return browser.post(form.action, form.form_values())
