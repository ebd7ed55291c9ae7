"""Pages of running sessions at ``/mijn``, and what leads to them."""

from __future__ import annotations

from typing import Final

from tests.browser.scene import Scene
from tests.browser.visitor import Visitor

BODEM: Final = "Meldportaal Bodem"


def _at_mijn(visitor: Visitor, path: str) -> None:
    visitor.go("/mijn/inlogmiddelen")
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    visitor.go(path)


def _own_sessions(visitor: Visitor, path: str = "") -> None:
    """Jan at a portal in two browsers, with his own means of login in one of them."""
    visitor.running.log_in_elsewhere("jan")
    visitor.ask(BODEM)
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    visitor.press("agree", "yes")
    visitor.page.wait_for_url("**/callback/**")
    _at_mijn(visitor, f"/mijn/sessies{path}")


def _ended_elsewhere(visitor: Visitor) -> None:
    _own_sessions(visitor, "/overal")
    visitor.press("here", "stay")


def _out_everywhere(visitor: Visitor) -> None:
    _own_sessions(visitor, "/overal")
    visitor.click("form[action$='/overal'] button:not([name])")


def _removed(visitor: Visitor) -> None:
    """The app of Jan, added a moment ago."""
    _at_mijn(visitor, "/mijn/inlogmiddelen/app")
    seed = "".join((visitor.page.text_content("#sleutel") or "").split())
    visitor.page.fill("#code", visitor.running.code_with(seed))
    visitor.click("form:has(#code) button[type=submit]")
    visitor.click("tr:last-child td a[href*='/inlogmiddelen/']")
    visitor.click("a[href$=verwijderen]")
    visitor.click("main form[action$=verwijderen] button")


SESSION_SCENES: Final = (
    Scene("mijn-sessies", _own_sessions, "form[action$='/uit']"),
    Scene("mijn-sessies-overal", lambda v: _own_sessions(v, "/overal"), "button[value=stay]"),
    Scene("mijn-sessies-beeindigd", _ended_elsewhere, ".utrecht-alert--ok"),
    Scene("mijn-sessies-uitgelogd", _out_everywhere, "#gemeld, #zelf"),
    Scene("mijn-verwijderd", _removed, ".utrecht-alert--ok a[href$='/overal']"),
)
