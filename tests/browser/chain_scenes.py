"""The pages of chain mandates at ``/beheer``. The bakery lets an accountant act for it; with the
other services something is tried.
"""

from __future__ import annotations

from typing import Final

from tests.browser.beheer_scenes import GARDEN, at, to_console
from tests.browser.scene import Scene
from tests.browser.walker import Walker
from tests.clocks import in_years

OFFICE: Final = "9000 1542"
GROENDAK: Final = "dca90db1-d8a3-4222-a83f-779a69fd8bb8"
GRONDWATER: Final = "34b69f52-4f2f-4b6d-accc-50c15aef38b9"
SEND: Final = ".utrecht-action-group button"


def _begin(walker: Walker, number: str | None = None) -> None:
    at(walker, "/ketenmachtigingen")
    walker.click("form[action$='/ketenmachtiging'] button")
    if number is not None:
        walker.fill("#kvk", number)
        walker.click("form:has(#kvk) button")


def _services(walker: Walker, *, send: bool = False) -> None:
    _begin(walker, OFFICE)
    walker.click("a[href$='/diensten']")
    if send:
        walker.click(f"form:has(#diensten) {SEND}")


def _until(walker: Walker, uuid: str = GROENDAK, until: str | None = None) -> None:
    _services(walker)
    walker.check(f"input[value='{uuid}']")
    walker.click(f"form:has(#diensten) {SEND}")
    if until is not None:
        walker.fill("#until", until)
        walker.click(f"form:has(#until) {SEND}")


def _check(walker: Walker, *, send: bool = False) -> None:
    _until(walker, GROENDAK, in_years(1).isoformat())
    if send:
        walker.click("form:has([name=gezien-plan]) .utrecht-action-group button")


def _given(walker: Walker) -> None:
    """Something is left to give, however often this is walked."""
    to_console(walker)
    _without(walker, GRONDWATER)
    walker.go("/beheer/ketenmachtigingen")
    walker.click("form[action$='/ketenmachtiging'] button")
    walker.fill("#kvk", OFFICE)
    walker.click("form:has(#kvk) button")
    walker.click("a[href$='/diensten']")
    walker.check(f"input[value='{GRONDWATER}']")
    walker.click(f"form:has(#diensten) {SEND}")
    walker.click(f"form:has(#until) {SEND}")
    walker.click(f"form:has([name=gezien-plan]) {SEND}")


def _one(walker: Walker) -> None:
    to_console(walker)
    _office(walker)


def _office(walker: Walker) -> None:
    walker.go("/beheer/ketenmachtigingen")
    walker.click("th a[href*='/ketenmachtigingen/']")


def _without(walker: Walker, uuid: str) -> None:
    """Nothing is left of what a scene before gave at this service."""
    _office(walker)
    for row in walker.page.tree.cssselect("tr"):
        is_it = "Grondwateronttrekking" in row.text_content() or "Groundwater" in row.text_content()
        if is_it and row.cssselect("form[action$='/intrekken'] button"):
            walker.browser.follow(row.cssselect("form[action$='/intrekken'] button")[0])
            return


def _revoked(walker: Walker) -> None:
    _given(walker)
    _without(walker, GRONDWATER)
    walker.open(walker.url.partition("?")[0])


def _allocation(walker: Walker) -> None:
    at(walker, "/toewijzen/mo", OFFICE)


def _client(walker: Walker) -> None:
    at(walker, "/klanten", OFFICE)
    walker.click("th a[href*='/klanten/']")


def _off(walker: Walker, *, opens: bool = False) -> None:
    """What a link gave above the level of links, which counts no more."""
    walker.running.leave_behind("90001639", "90001201")
    at(walker, "/ketenmachtigingen?stand=off", GARDEN)
    if opens:
        walker.click("th a[href*='/ketenmachtigingen/']")


CHAIN_SCENES: Final = (
    Scene("beheer-keten-telt-niet", _off, "th a[href*='/ketenmachtigingen/']"),
    Scene("beheer-keten-telt-niet-een", lambda w: _off(w, opens=True), "td .utrecht-status-badge"),
    Scene("beheer-keten", lambda w: at(w, "/ketenmachtigingen"), "#sorteer"),
    Scene("beheer-keten-niets", lambda w: at(w, "/ketenmachtigingen?zoek=qqq"), ".sluis-empty"),
    Scene("beheer-keten-intermediair", _one, "form[action$='/alles-intrekken']"),
    Scene("beheer-keten-te-doen", lambda w: to_console(w, kvk=GARDEN), "input[name=wijzig]"),
    Scene("beheer-keten-wie", _begin, "#kvk"),
    Scene("beheer-keten-wie-fout", lambda w: _begin(w, "000090015421"), "[aria-invalid]"),
    Scene("beheer-keten-gevonden", lambda w: _begin(w, OFFICE), "a[href$='/diensten']"),
    Scene("beheer-keten-diensten", _services, "#diensten"),
    Scene("beheer-keten-diensten-fout", lambda w: _services(w, send=True), ".utrecht-alert--error"),
    Scene("beheer-keten-einddatum", _until, "input[name=jaren]"),
    Scene("beheer-keten-einddatum-fout", lambda w: _until(w, until="2020-01-01"), "[aria-invalid]"),
    Scene("beheer-keten-controle", _check, "[name=gezien-plan]"),
    Scene("beheer-keten-gegeven", _given, "td.sluis-mono"),
    Scene("beheer-keten-ingetrokken", _revoked, ".sluis-undo"),
    Scene("beheer-klanten", lambda w: at(w, "/klanten", OFFICE), "th a[href*='/klanten/']"),
    Scene("beheer-klant", _client, "form[action$='/opgeven']"),
    Scene("beheer-toewijzen", lambda w: at(w, "/toewijzen", OFFICE), "a[href$='/toewijzen/mo']"),
    Scene("beheer-toewijzen-wie", _allocation, "input[name=klant]"),
)
