"""Pages of running sessions at ``/mijn``, and what leads to them."""

from __future__ import annotations

from typing import Final

from tests.browser.scene import Scene
from tests.browser.walker import Walker

BODEM: Final = "Meldportaal Bodem"
GRONDWATER: Final = "Grondwateronttrekking"


def _at_mijn(walker: Walker, path: str) -> None:
    walker.go("/mijn/inlogmiddelen")
    walker.choose("polderpoort")
    walker.log_in_as("jan")
    walker.go(path)


def _own_sessions(walker: Walker, path: str = "") -> None:
    """Jan at a portal in two browsers, with his own means of login in one of them."""
    walker.running.log_in_elsewhere("jan")
    walker.ask(BODEM)
    walker.choose("polderpoort")
    walker.log_in_as("jan")
    walker.agree()
    _at_mijn(walker, f"/mijn/sessies{path}")


def _ended_elsewhere(walker: Walker) -> None:
    _own_sessions(walker, "/overal")
    walker.press("here", "stay")


def _out_everywhere(walker: Walker) -> None:
    _own_sessions(walker, "/overal")
    walker.click("form[action$='/overal'] button:not([name])")


def _removed(walker: Walker) -> None:
    """The app of Jan, added a moment ago."""
    _at_mijn(walker, "/mijn/inlogmiddelen/app")
    seed = "".join(walker.text("#sleutel").split())
    walker.fill("#code", walker.running.code_with(seed))
    walker.click("form:has(#code) button[type=submit]")
    walker.click("tr:last-child td a[href*='/inlogmiddelen/']")
    walker.click("a[href$=verwijderen]")
    walker.click("main form[action$=verwijderen] button")


def _remembering(walker: Walker, path: str) -> None:
    """Jan, whose browser remembers his makelaar, and we what he agreed to: at a service where no
    other walk counts on being asked.
    """
    walker.ask(GRONDWATER)
    walker.check("input[name=remember]")
    walker.choose("polderpoort")
    walker.log_in_as("jan")
    if walker.has("input[name=keep]"):  # not in the second language
        walker.check("input[name=keep]")
        walker.agree()
    _at_mijn(walker, path)


def _withdrawn(walker: Walker) -> None:
    _remembering(walker, "/mijn/toestemmingen")
    walker.click("a[href$=intrekken]")
    walker.click("form[action$=intrekken] button")


def _forgotten(walker: Walker) -> None:
    _remembering(walker, "/mijn/onthouden")
    walker.click("tbody form[action$=vergeet] button")


def _disowning(walker: Walker) -> None:
    _remembering(walker, "/mijn/logins")
    walker.click("tbody tr:first-child a[href$='/niet-ik']")


def _disowned(walker: Walker) -> None:
    _disowning(walker)
    walker.click("form[action$='/niet-ik'] button")


SESSION_SCENES: Final = (
    Scene("mijn-niet-ik", _disowning, "form[action$='/niet-ik']"),
    Scene("mijn-gemeld", _disowned, "#gemeld"),
    Scene(
        "mijn-toestemmingen",
        lambda w: _remembering(w, "/mijn/toestemmingen"),
        "a[href$=intrekken]",
    ),
    Scene("mijn-ingetrokken", _withdrawn, "#ingetrokken"),
    Scene("mijn-onthouden", lambda w: _remembering(w, "/mijn/onthouden"), "form[action$=vergeet]"),
    Scene("mijn-vergeten", _forgotten, ".utrecht-alert--ok"),
    Scene("mijn-meenemen", lambda w: _at_mijn(w, "/mijn/gegevens"), "form[action$=gegevens]"),
    Scene("mijn-tijd", lambda w: _at_mijn(w, "/mijn/tijd"), "main [data-until]"),
    Scene("mijn-gegevens", lambda w: _at_mijn(w, "/mijn"), "#makelaars"),
    Scene("mijn-sessies", _own_sessions, "form[action$='/uit']"),
    Scene("mijn-sessies-overal", lambda w: _own_sessions(w, "/overal"), "button[value=stay]"),
    Scene("mijn-sessies-beeindigd", _ended_elsewhere, ".utrecht-alert--ok"),
    Scene("mijn-sessies-uitgelogd", _out_everywhere, "#gemeld, #zelf"),
    Scene("mijn-verwijderd", _removed, ".utrecht-alert--ok a[href$='/overal']"),
)
