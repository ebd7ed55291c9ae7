"""The operators of the demo, made by the command, set up through the pages as people do.

There is no default password: each demo makes its own, and keeps it with its other secrets.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

import pyotp

from sandbox.browser import Browser, BrowserError
from sandbox.parties import Parties
from sandbox.prepare import Demo, keep_secret


@dataclass(frozen=True)
class DemoOperator:
    """``role``: as the command has it; ``called``: as people say it."""

    user_name: str
    name: str
    role: str
    called: str
    shows: str


ROBIN: Final = DemoOperator(
    "robin",
    "Robin Kuiper",
    "configurator",
    "rol inrichter",
    "Ziet in de operatorconsole wat er misging, en met sluis trace",
)
# What one identifies, another approves.
INES: Final = DemoOperator(
    "ines",
    "Ines Aerts",
    "helpdesk",
    "rol helpdesk",
    "Keurt een aanvraag goed waarvoor Robin vastlegde wie iemand is",
)
OPERATORS: Final = (ROBIN, INES)
USER_NAME: Final = ROBIN.user_name
_LINK: Final = re.compile(r"https?://\S+/operator/instellen/\S+")
_SEED: Final = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")


def make_operator(
    demo: Demo,
    parties: Parties,
    user_name: str = ROBIN.user_name,
    name: str = ROBIN.name,
    role: str = ROBIN.role,
) -> None:
    """Make Robin, or another one, and set up password and app. Raises PartyFailed or
    BrowserError.
    """
    set_up(demo, user_name, new_link(parties, user_name, name, role))


def new_link(parties: Parties, user_name: str, name: str, role: str) -> str:
    """The set-up link of a new operator. Raises PartyFailed or BrowserError."""
    said = parties.sluis(
        *("operator", "create", "--name", name, "--user-name", user_name, "--role", role),
        *("--email", f"{user_name}@voorbeeld.example"),
    )
    found = _LINK.search(said)
    if found is None:
        raise BrowserError("sluis operator create printed no link")
    return found.group()


def set_up(demo: Demo, user_name: str, link: str) -> None:
    """Choose a password, bind an app and keep the codes."""
    browser = Browser()
    browser.open(link)
    chosen = "-".join(secrets.token_hex(2) for _ in range(3))
    browser.fill("password", chosen)
    browser.fill("again", chosen)
    browser.click("Bewaar het wachtwoord")
    page = browser.click("Een app met codes")
    found = _SEED.search(page.text)
    if found is None:
        raise BrowserError(f"no key for an app on {page.url} ({page.status}: {page.heading})")
    seed = found.group().replace(" ", "")
    keep_secret(demo, f"{user_name}.password", chosen)
    keep_secret(demo, f"{user_name}.totp", seed)
    browser.fill("code", pyotp.TOTP(seed).now())
    browser.click("Koppel de app")
    browser.click("Ik heb de codes bewaard")
