"""The pages of an intermediary that asks a client for chain mandates, at ``/beheer``, and of the
client at ``/toegang``. Each walk asks anew, at an address of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

from tests.browser.beheer_scenes import GARDEN, to_console
from tests.browser.chain_scenes import GRONDWATER, OFFICE, SEND
from tests.browser.scene import Scene
from tests.browser.walker import Walker

BODEM: Final = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
VANDIJK: Final = "9000 1747"
LINK: Final = r"http\S+/toegang/ketenmachtiging/(?!intrekken)\S+"
NUMBERS = itertools.count()


def _to(walk: Callable[..., object], **more: object) -> Callable[[Walker], None]:
    """The way, without what it finds."""

    def walked(walker: Walker) -> None:
        walk(walker, **more)

    return walked


def _give_up(walker: Walker) -> None:
    """Nothing is left of what a scene before was given."""
    walker.go("/beheer/klanten?zoek=van+dijk")
    if walker.has("th a[href*='/klanten/']"):
        walker.click("th a[href*='/klanten/']")
        if walker.has("form[action$='/opgeven']"):
            walker.click("form[action$='/opgeven'] button")


def _begin(walker: Walker, kvk: str = "", email: str = "") -> str:
    """At the first step; sent where a number is given. The address that was filled in."""
    to_console(walker, kvk=OFFICE)
    _give_up(walker)
    walker.running.forget_clients()
    walker.go("/beheer/klantverzoeken")
    walker.click("form[action$='/klantverzoek'] button")
    address = email or f"directie{next(NUMBERS)}@vandijk.example"
    if kvk:
        walker.fill("#kvk", kvk)
        walker.fill("#email", address)
        walker.click("form:has(#kvk) button")
    return address


def _services(walker: Walker, *, kvk: str = VANDIJK, service: str = "") -> str:
    """At the second step; ``service``: sent with this one, or with none."""
    address = _begin(walker, kvk)
    walker.click("a[href$='/diensten']")
    if service:
        if service != "none":
            walker.check(f"input[value='{service}']")
            walker.fill("#bericht", "Wij doen de administratie van uw bedrijf.")
        walker.click(f"form:has(#diensten) {SEND}")
    return address


def _sent(walker: Walker, *, kvk: str = VANDIJK, service: str = BODEM) -> str:
    address = _services(walker, kvk=kvk, service=service)
    walker.click(f"form[action$='/controle'] {SEND}")
    return address


def _opened(walker: Walker) -> str:
    address = _sent(walker)
    walker.open(walker.running.mailed(address, LINK))
    return address


def _at_code(walker: Walker, *, code: str = "") -> str:
    address = _opened(walker)
    walker.click("form[action*='/ketenmachtiging/'] button")
    if code:
        walker.fill("#code", code)
        walker.click("form[action$='/controle'] button")
    return address


def _at_decision(walker: Walker) -> str:
    address = _at_code(walker)
    walker.fill("#code", walker.running.mailed(address, r"\b\d{6}\b"))
    walker.click("form[action$='/controle'] button")
    return address


def _other_tab(walker: Walker) -> None:
    """Another tab opened another link since: nothing is done with this form."""
    _at_decision(walker)
    walker.fill("form[action$='/akkoord'] input[name=over]", "0" * 32)
    walker.fill("#naam", "Dirk van Dijk")
    walker.check("#mag")
    walker.click("form[action$='/akkoord'] button")


def _agreed(walker: Walker, *, name: str = "Dirk van Dijk") -> str:
    address = _at_decision(walker)
    walker.fill("#naam", name)
    walker.check("#mag")
    walker.click("form[action$='/akkoord'] button")
    return address


def _refused(walker: Walker) -> None:
    _at_decision(walker)
    walker.fill("#reden", "Wij doen het zelf.")
    walker.click("form[action$='/weigeren'] button")


def _revoking(walker: Walker, *, send: bool = False) -> None:
    address = _agreed(walker)
    walker.open(walker.running.mailed(address, r"http\S+/ketenmachtiging/intrekken/\S+"))
    if send:
        walker.click("form[action*='/intrekken/'] button")


def _at_client(walker: Walker, *, opens: bool = False) -> None:
    """The garden firm has an administrator, who finds it in Te doen."""
    _sent(walker, kvk=GARDEN, service=GRONDWATER)
    walker.click(f'button[name=bedrijf]:contains("{GARDEN}")')
    walker.go("/beheer")
    if opens:
        walker.click("a[href*='/ketenverzoek/']")


ASKING_SCENES: Final = (
    Scene("beheer-vragen", _to(_sent), "form[action*='/opnieuw']"),
    Scene("beheer-vragen-klant", _to(_begin), "#kvk"),
    Scene("beheer-vragen-klant-fout", _to(_begin, kvk="1"), "[aria-invalid]"),
    Scene(
        "beheer-vragen-zonder-adres", _to(_begin, kvk=VANDIJK, email=" "), "#email[aria-invalid]"
    ),
    Scene("beheer-vragen-gevonden", _to(_begin, kvk=VANDIJK), "a[href$='/diensten']"),
    Scene("beheer-vragen-diensten", _to(_services), "#bericht"),
    Scene("beheer-vragen-diensten-fout", _to(_services, service="none"), ".utrecht-alert--error"),
    Scene("beheer-vragen-controle", _to(_services, service=BODEM), "form[action$='/controle']"),
    Scene("beheer-vragen-te-doen", _at_client, "a[href*='/ketenverzoek/']"),
    Scene("beheer-vragen-verzoek", _to(_at_client, opens=True), "#reden"),
    Scene("keten-gevraagd", _to(_opened), "form[action*='/ketenmachtiging/']"),
    Scene("keten-code", _to(_at_code), "#code"),
    Scene("keten-code-fout", _to(_at_code, code="0"), "[aria-invalid]"),
    Scene("keten-beslissen", _to(_at_decision), "#mag"),
    Scene("keten-beslissen-fout", _to(_agreed, name=" "), "[aria-invalid]"),
    Scene("keten-ander-tabblad", _other_tab, "#nu"),
    Scene("keten-akkoord", _to(_agreed), "#nu"),
    Scene("keten-geweigerd", _refused, "#nu"),
    Scene("keten-onbekend", lambda w: w.go("/toegang/ketenmachtiging/weg"), "#nu"),
    Scene("keten-intrekken", _revoking, "form[action*='/intrekken/']"),
    Scene("keten-ingetrokken", _to(_revoking, send=True), "h1"),
)
