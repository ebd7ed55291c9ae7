"""The pages of invitations, from the form at ``/beheer`` to the place at ``/toegang``."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

from tests.browser.beheer_scenes import to_console
from tests.browser.scene import Scene
from tests.browser.walker import Walker

NUMBERS = itertools.count()


def _to(walk: Callable[..., object], *more: str) -> Callable[[Walker], None]:
    """The way, without what it finds."""

    def walked(walker: Walker) -> None:
        walk(walker, *more)

    return walked


def _console(walker: Walker, path: str) -> None:
    to_console(walker)
    walker.go(path)


def _invited(walker: Walker, role: str = "member") -> str:
    """Somebody new; the address."""
    address = f"kees{next(NUMBERS)}@voorbeeld.example"
    _console(walker, "/beheer/uitnodigen")
    walker.fill("#naam", "Kees Prins")
    walker.fill("#email", address)
    walker.fill("input[name=rol]", role)
    walker.click("form[action$='/uitnodigen'] button")
    return address


def _not_sent(walker: Walker) -> None:
    _console(walker, "/beheer/uitnodigen")
    walker.fill("#naam", "Kees Prins")
    walker.click("form[action$='/uitnodigen'] button")


def _opened(walker: Walker, role: str = "member") -> str:
    address = _invited(walker, role)
    walker.open(walker.running.mailed(address, r"http\S+/toegang/uitnodiging/\S+"))
    return address


def _at_choice(walker: Walker, role: str = "member") -> str:
    address = _opened(walker, role)
    walker.click("form[action*='/uitnodiging/'] button")
    return address


def _at_code(walker: Walker) -> str:
    address = _at_choice(walker)
    walker.click("form[action$='/code'] button")
    return address


def _wrong_code(walker: Walker) -> None:
    _at_code(walker)
    walker.fill("#code", "0")
    walker.click("form[action$='/controle'] button")


def _at_account(walker: Walker) -> str:
    address = _at_code(walker)
    walker.fill("#code", walker.running.mailed(address, r"\b\d{6}\b"))
    walker.click("form[action$='/controle'] button")
    return address


def _account(walker: Walker, name: str) -> None:
    _at_account(walker)
    walker.fill("#gebruikersnaam", name)
    walker.fill("#nieuw", "een lantaarn onder water")
    walker.fill("#nogmaals", "een lantaarn onder water")
    walker.click("form[action$='/account'] button[type=submit]")


def _joined(walker: Walker) -> None:
    _account(walker, f"kees{next(NUMBERS)}")


def _withdrawn(walker: Walker) -> None:
    _opened(walker)
    address = walker.url
    walker.go("/beheer/uitnodigingen")
    while walker.has("form[action$='/intrekken']"):
        walker.click("form[action$='/intrekken'] button")
    walker.open(address)


def _organisation(walker: Walker, kvk: str) -> None:
    walker.go("/toegang/aanvragen")
    walker.fill("#kvk", kvk)
    walker.click("form[action$='/aanvragen'] button")


def _more_time(walker: Walker) -> None:
    _organisation(walker, "90009999")
    walker.go("/toegang/aanvragen/tijd")


def _person(walker: Walker, name: str = "Aart Molenaar") -> str:
    address = f"aart{next(NUMBERS)}@nieuw.example"
    _organisation(walker, "90009999")
    walker.fill("#organisatie", "Molenaar Nieuw B.V.")
    walker.fill("#naam", name)
    walker.fill("#email", address)
    walker.click("form[action$='/gegevens'] button")
    return address


def _names(walker: Walker) -> None:
    address = _person(walker)
    walker.fill("#code", walker.running.mailed(address, r"\b\d{6}\b"))
    walker.click("form[action$='/code'] button")


def _first(walker: Walker, group: str = "") -> None:
    _names(walker)
    number = next(NUMBERS)
    walker.fill("#groepsnaam", group or f"nieuw{number}")
    walker.fill("#gebruikersnaam", f"aart{number}")
    walker.click("form[action$='/namen'] button")


def _belongs(walker: Walker) -> None:
    walker.go("/toegang")
    walker.press("method", "makelaar")
    walker.choose("polderpoort")
    walker.log_in_as("jan")


JOINING_SCENES: Final = (
    Scene("uitnodigen", _to(_console, "/beheer/uitnodigen"), "#email"),
    Scene("uitnodigen-fout", _not_sent, "[aria-invalid]"),
    Scene("uitnodigen-verstuurd", _to(_invited), "#uitnodigingen"),
    Scene("uitnodiging", _to(_opened), "form[action*='/uitnodiging/']"),
    Scene(
        "uitnodiging-beheerder",
        _to(_at_choice, "administrator"),
        ".utrecht-alert--info",
    ),
    Scene("uitnodiging-keuze", _to(_at_choice), "form[action$='/code']"),
    Scene("uitnodiging-code", _to(_at_code), "#code"),
    Scene("uitnodiging-code-fout", _wrong_code, "[aria-invalid]"),
    Scene("uitnodiging-account", _to(_at_account), "#gebruikersnaam"),
    Scene("uitnodiging-account-fout", _to(_account, "daan.kuipers"), "[aria-invalid]"),
    Scene("uitnodiging-aanvaard", _joined, "dl"),
    Scene("uitnodiging-ingetrokken", _withdrawn, "#nu"),
    Scene("toegang", _belongs, ".sluis-list"),
    Scene("toegang-aanvragen", lambda w: w.go("/toegang/aanvragen"), "#kvk"),
    Scene("toegang-aanvragen-fout", _to(_organisation, "1"), "[aria-invalid]"),
    Scene("toegang-al-beheerders", _to(_organisation, "90001201"), "#nu"),
    Scene("toegang-gegevens", _to(_organisation, "90009999"), "#organisatie"),
    Scene("toegang-tijd", _more_time, "main [data-until]"),
    Scene("toegang-gegevens-fout", _to(_person, "a/b"), "[aria-invalid]"),
    Scene("toegang-namen", _names, "#groepsnaam"),
    Scene("toegang-namen-fout", _to(_first, "x"), "[aria-invalid]"),
    Scene("toegang-aangevraagd", _first, "#nu"),
)
