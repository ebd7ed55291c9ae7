"""The pages of means: asked and changed at ``/beheer``, decided at ``/operator``, activated."""

from __future__ import annotations

import secrets

from tests.browser.beheer_scenes import BAKERY, to_console
from tests.browser.operator_scenes import enter
from tests.browser.scene import Scene
from tests.browser.walker import Walker


def _begin(walker: Walker) -> None:
    to_console(walker, kvk=BAKERY)
    walker.go("/beheer/gebruikers/toevoegen")
    walker.click("form[action$='/toevoegen'] button")


def _before(walker: Walker) -> None:
    to_console(walker)
    walker.go("/beheer/gebruikers/toevoegen")


def _next(walker: Walker, field: str) -> None:
    walker.click(f"form:has({field}) .utrecht-action-group button")


def _level(walker: Walker) -> None:
    walker.check("input[name=niveau][value='EH2+']")
    walker.check("input[name=rol][value=member]")
    _next(walker, "[name=niveau]")


def _person(walker: Walker) -> None:
    _begin(walker)
    _level(walker)


def _delivery(walker: Walker) -> None:
    _person(walker)
    walker.fill("#naam", "Noa Smit")
    walker.fill("#email", f"noa-{secrets.token_hex(3)}@voorbeeld.example")
    _next(walker, "#naam")


def _places(walker: Walker) -> None:
    _delivery(walker)
    walker.check("input[name=factor][value=sms]")
    walker.fill("#mobiel", "06 12345678")
    walker.fill("#adres", "Molenstraat 1\n3011 AA Rotterdam")
    _next(walker, "#adres")


def _check(walker: Walker) -> None:
    _places(walker)
    _next(walker, "#bedrijven")


def _restricted(walker: Walker) -> None:
    """At the check, for a means of one provider."""
    _begin(walker)
    walker.check("input[name=soort]:not([value=gewoon])")
    walker.check("input[name=niveau][value='EH2']")
    walker.check("input[name=rol][value=member]")
    _next(walker, "[name=niveau]")
    walker.fill("#naam", "Noa Smit")
    walker.fill("#email", f"noa-{secrets.token_hex(3)}@voorbeeld.example")
    _next(walker, "#naam")
    walker.fill("#adres", "Molenstraat 1\n3011 AA Rotterdam")
    _next(walker, "#adres")
    _next(walker, "#bedrijven")


def _asked(walker: Walker) -> None:
    _check(walker)
    walker.click("form[action$='/controle'] .utrecht-action-group button")


def _ending(walker: Walker) -> None:
    _asked(walker)
    walker.click("a[href$='/opzeggen']")


def _wrong(walker: Walker, step: str) -> None:
    {"niveau": _begin, "persoon": _person, "aflevering": _delivery}[step](walker)
    fields = {"niveau": "[name=niveau]", "persoon": "#naam", "aflevering": "#adres"}
    _next(walker, fields[step])


def _wrong_letter(walker: Walker) -> None:
    walker.go("/activeren")
    walker.fill("#code", "AAAA-BBBB-CCCC-DDDD")
    walker.click("form:has(#code) button")


def _queue(walker: Walker) -> None:
    _asked(walker)
    enter(walker, "/aanvragen")


def _one(walker: Walker, decision: str = "") -> None:
    _queue(walker)
    walker.click("td a[href*='/aanvragen/']")
    if decision:
        walker.click(f"form[action$='/{decision}'] button")


MEANS_SCENES = (
    Scene("middel-begin", _before, "#nieuw"),
    Scene("middel-niveau", _begin, "#niveau"),
    Scene("middel-niveau-fout", lambda w: _wrong(w, "niveau"), "[role=alert]"),
    Scene("middel-persoon", _person, "#naam"),
    Scene("middel-persoon-fout", lambda w: _wrong(w, "persoon"), "#naam-fout"),
    Scene("middel-aflevering", _delivery, "#adres"),
    Scene("middel-aflevering-fout", lambda w: _wrong(w, "aflevering"), "#adres-fout"),
    Scene("middel-bedrijven", _places, "#bedrijven"),
    Scene("middel-controle", _check, "#straks"),
    Scene("middel-beperkt", _restricted, "#straks"),
    Scene("middel-aangevraagd", _asked, "#inlogmiddel"),
    Scene("middel-intrekken", _ending, "form[action$='/opzeggen']"),
    Scene("middel-activeren", lambda w: w.go("/activeren"), "#code"),
    Scene("middel-activeren-fout", _wrong_letter, "#code-fout"),
    Scene("middel-wachtrij", _queue, "td a[href*='/aanvragen/']"),
    Scene("middel-aanvraag", _one, "#ja"),
    Scene("middel-aanvraag-fout", lambda w: _one(w, "afkeuren"), "#reden-fout"),
)
