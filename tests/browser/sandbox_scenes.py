"""Pages of the simulated parties: portals, makelaars, postbus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sandbox.browser import Browser
from sandbox.portal.clients import GRONDWATER
from sandbox.saml_portal.party import HOME
from tests.browser.scene import Scene
from tests.browser.walker import Walker

BODEM: Final = "Meldportaal Bodem"
LOZING: Final = "Lozing melden"


def _at(walker: Walker, path: str = "/") -> None:
    walker.open(walker.running.addresses.portal + path)


def _logged_in(walker: Walker, makelaar: str, person: str, choice: str = "") -> None:
    walker.ask(BODEM)
    walker.choose(makelaar)
    walker.log_in_as(person)
    if choice:
        walker.press("choice", choice)
    walker.agree()


def _for_a_client(walker: Walker) -> None:
    """Mo acts for a client of his office."""
    walker.ask(BODEM)
    walker.choose("zekerweg")
    walker.log_in_as("mo")
    walker.press("choice", "90001201.90001542.")
    if walker.has("button[name=agree]"):
        walker.agree()


def _stopped(walker: Walker) -> None:
    walker.ask(BODEM)
    walker.click("form[action$='/cancel'] button")


def _over_saml(walker: Walker, person: str = "jan") -> None:
    _at(walker, HOME)
    walker.click(f"a[href$='{GRONDWATER.uuid}']")
    walker.choose("polderpoort")
    walker.log_in_as(person)


def _in_over_saml(walker: Walker) -> None:
    _over_saml(walker)
    walker.press("agree", "yes")


def _stopped_over_saml(walker: Walker) -> None:
    _at(walker, HOME)
    walker.click(f"a[href$='{GRONDWATER.uuid}']")
    walker.click("form[action$='/cancel'] button")


def _out_over_saml(walker: Walker) -> None:
    _in_over_saml(walker)
    walker.click(f"a[href='{HOME}out']")


def _leaving_over_saml(walker: Walker) -> None:
    walker.browser = Browser(walker.language, javascript=False)
    _at(walker, HOME)
    walker.click(f"a[href$='{GRONDWATER.uuid}']")


def _at_makelaar(walker: Walker, service: str, makelaar: str) -> None:
    walker.ask(service)
    walker.choose(makelaar)


def _no_sms(walker: Walker) -> None:
    _at_makelaar(walker, BODEM, "brugwacht")
    walker.log_in_as("kim")


def _answering(walker: Walker) -> None:
    """The page of a makelaar that goes on by itself, without the script that makes it go."""
    _at_makelaar(walker, BODEM, "polderpoort")
    walker.browser._javascript = False
    walker.log_in_as("jan")


def _post(walker: Walker) -> None:
    walker.running.ask_for_a_mandate()
    walker.open(f"{walker.running.addresses.postbus}/")


def _scene(name: str, walk: Callable[[Walker], None], shows: str) -> Scene:
    return Scene(name, walk, shows, of_sandbox=True)


SANDBOX_SCENES: Final = (
    _scene("portaal", _at, ".sandbox-tries"),
    _scene("portaal-ander", lambda w: _at(w, "/waterloket/"), ".portal--second .sandbox-services"),
    _scene("portaal-ingelogd", lambda w: _logged_in(w, "polderpoort", "jan"), ".sandbox-meanings"),
    _scene("portaal-ingelogd-keten", _for_a_client, "[data-fact=through]"),
    _scene("portaal-geweigerd", _stopped, "[data-fact], dd code"),
    _scene("portaal-niet-gevraagd", lambda w: _at(w, "/callback/waterloket"), ".sluis-sheet"),
    _scene("portaal-hulp", lambda w: _at(w, "/hulp"), ".sluis-sheet"),
    _scene("portaal-privacy", lambda w: _at(w, "/privacy"), ".sluis-sheet"),
    _scene("portaal-zonder-dienst", lambda w: _at(w, "/login/x/y"), ".sluis-sheet"),
    _scene("peilwijzer", lambda w: _at(w, HOME), ".sandbox-services"),
    _scene("peilwijzer-vertrek", _leaving_over_saml, "#leave"),
    _scene("peilwijzer-ingelogd", _in_over_saml, "dl.summary"),
    _scene("peilwijzer-geweigerd", _stopped_over_saml, "dd code"),
    _scene("peilwijzer-niet-gevraagd", lambda w: _at(w, f"{HOME}done/x"), ".sluis-sheet"),
    _scene("peilwijzer-uit", _out_over_saml, ".sluis-sheet"),
    _scene("makelaars", lambda w: w.open(f"{w.running.addresses.makelaars}/"), ".sandbox-people"),
    _scene("makelaar-inloggen", lambda w: _at_makelaar(w, LOZING, "brugwacht"), "#fault"),
    _scene("makelaar-sms", _no_sms, "button[value=cancel]"),
    _scene("makelaar-antwoord", _answering, "#leave"),
    _scene("postbus", _post, "article"),
    _scene(
        "postbus-codes", lambda w: w.open(f"{w.running.addresses.postbus}/codes"), ".sandbox-code"
    ),
)
