"""The operator of the demo: Robin, made by the command, set up through the pages as a person does.

There is no default password: each demo makes its own, and keeps it with its other secrets.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

import pyotp

from sandbox.browser import Browser, BrowserError, Page
from sandbox.parties import Parties
from sandbox.prepare import Demo, keep_secret

USER_NAME: Final = "robin"
_LINK: Final = re.compile(r"https?://\S+/operator/instellen/\S+")
_SEED: Final = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")


def make_operator(demo: Demo, parties: Parties) -> None:
    """Make Robin and set up password and app. Raises PartyFailed or BrowserError."""
    said = parties.sluis(
        *("operator", "create", "--name", "Robin Kuiper", "--email", "robin@voorbeeld.example"),
        *("--role", "configurator"),
    )
    found = _LINK.search(said)
    if found is None:
        raise BrowserError("sluis operator create printed no link")
    set_up(demo, found.group())


def set_up(demo: Demo, link: str, browser: Browser | None = None) -> Page:
    """Choose a password, bind an app and keep the codes; the page that follows."""
    browser = browser or Browser()
    browser.open(link)
    chosen = f"sluis-{secrets.token_hex(5)}"
    browser.fill("password", chosen)
    browser.fill("again", chosen)
    page = browser.click("Bewaar het wachtwoord")
    found = _SEED.search(page.text)
    if found is None:
        raise BrowserError(f"no key for an app on {page.url} ({page.status}: {page.heading})")
    seed = found.group().replace(" ", "")
    keep_secret(demo, f"{USER_NAME}.password", chosen)
    keep_secret(demo, f"{USER_NAME}.totp", seed)
    browser.fill("code", pyotp.TOTP(seed).now())
    browser.click("Koppel de app")
    return browser.click("Ik heb de codes bewaard")
