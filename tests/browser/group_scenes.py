"""The pages of user groups at ``/beheer``. Sanne is in one group: the first walk makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.browser.beheer_scenes import to_console
from tests.browser.scene import Scene
from tests.browser.walker import Walker


def _at(walker: Walker, path: str) -> None:
    to_console(walker)
    walker.go(f"/beheer/groepen{path}")


def _send_new(walker: Walker, short_name: str) -> None:
    _at(walker, "")
    _fill_in(walker, short_name)


def _fill_in(walker: Walker, short_name: str) -> None:
    walker.go("/beheer/groepen/nieuw")
    walker.fill("#kortenaam", short_name)
    walker.fill("#naam", "De Korenmolen en winkels")
    walker.click("form[action$='/nieuw'] button")


def _group(walker: Walker, then: str = "") -> None:
    _at(walker, "")
    if not walker.has("tbody a[href*='/groepen/']"):
        _fill_in(walker, "korenmolen")
        walker.go("/beheer/groepen")
    walker.click("tbody a[href*='/groepen/']")
    if then:
        walker.click(f"a[href*='/groepen/'][href$='{then}']")


def _nobody(walker: Walker) -> None:
    _group(walker, "/lid")
    walker.click("form[action$='/lid'] button")


def _without_a_name(walker: Walker) -> None:
    _group(walker, "/uitnodigen")
    walker.click("form[action$='/uitnodigen'] button")


def _last(walker: Walker) -> None:
    _group(walker)
    walker.click("form[action$='/weg'] button")


def _to(walk: Callable[..., None], *more: str) -> Callable[[Walker], None]:
    return lambda walker: walk(walker, *more)


GROUP_SCENES: Final = (
    Scene("groepen", _to(_at, ""), "a[href$='/groepen/nieuw']"),
    Scene("groepen-hulp", _to(_at, "/hulp"), "#twee"),
    Scene("groepen-nieuw", _to(_at, "/nieuw"), "#kortenaam"),
    Scene("groepen-nieuw-fout", _to(_send_new, "x"), "[aria-invalid]"),
    Scene("groepen-groep", _group, "#leden"),
    Scene("groepen-laatste", _last, ".utrecht-alert--error"),
    Scene("groepen-lid", _to(_group, "/lid"), "#wie"),
    Scene("groepen-lid-fout", _nobody, ".utrecht-alert--error"),
    Scene("groepen-uitnodigen", _to(_group, "/uitnodigen"), "#rol"),
    Scene("groepen-uitnodigen-fout", _without_a_name, ".utrecht-alert--error"),
    Scene("groepen-logins", _to(_group, "/logins"), "#logins"),
)
