"""The pages of means: asked and changed at ``/beheer``, decided at ``/operator``, activated."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from urllib.parse import urlencode

from tests import scans
from tests.browser.beheer_scenes import BAKERY, GARDEN, to_console
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


def _document(walker: Walker, name: str = "Noa Smit") -> None:
    _person(walker)
    walker.fill("#naam", name)
    walker.fill("#email", f"noa-{secrets.token_hex(3)}@voorbeeld.example")
    _next(walker, "#naam")


def _bring(walker: Walker, *files: tuple[str, str, bytes]) -> None:
    fields = [("soort", "identity_card"), ("geldig", f"{datetime.now(UTC).year + 3}-05-31")]
    form = walker.expect("form[enctype]")
    (mark,) = form.xpath(".//input[@name='csrf_token']/@value")
    walker.browser.bring_files(walker.url, [("csrf_token", mark), *fields], list(files))


def _bring_both(walker: Walker) -> None:
    both = (("voorkant", "a.png", scans.png()), ("achterkant", "b.png", scans.png()))
    _bring(walker, *both)


def _wrong_document(walker: Walker) -> None:
    _document(walker)
    _bring(walker, ("voorkant", "a.png", scans.png()), ("achterkant", "b.pdf", b"MZ"))


def _delivery(walker: Walker, name: str = "Noa Smit") -> None:
    _document(walker, name)
    _bring_both(walker)


def _places(walker: Walker, name: str = "Noa Smit") -> None:
    _delivery(walker, name)
    walker.check("input[name=factor][value=sms]")
    walker.fill("#mobiel", "06 12345678")
    walker.fill("#adres", "Molenstraat 1\n3011 AA Rotterdam")
    _next(walker, "#adres")


def _check(walker: Walker, name: str = "Noa Smit") -> None:
    _places(walker, name)
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


def _asked(walker: Walker, name: str = "Noa Smit") -> None:
    _check(walker, name)
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
    enter(walker, "/aanvragen?stand=open")


def _one(walker: Walker, decision: str = "", why: str = "") -> None:
    _queue(walker)
    walker.click("td a[href*='/aanvragen/']")
    if why:
        walker.fill("#reden", why)
    if decision:
        walker.click(f"form[action$='/{decision}'] button")


def _to_do(walker: Walker) -> None:
    _one(walker, "afkeuren", "Het adres klopt niet.")
    walker.go("/beheer")


def _contact(walker: Walker, what: str) -> None:
    """Of somebody whose means waits for the activation."""
    name = f"Noa {secrets.token_hex(2)}"
    _asked(walker, name)
    person = walker.url.partition("?")[0]
    enter(walker, f"/aanvragen?{urlencode({'zoek': name})}")
    walker.click("td a[href*='/aanvragen/']")
    walker.click("form[action$='/goedkeuren'] button")
    walker.open(f"{person}/{what}")


def _change(walker: Walker, *, send: bool = False) -> None:
    """Of Eva, as if her means was asked at ``/beheer``."""
    walker.running.give_means("eva", "90001639")
    to_console(walker, kvk=GARDEN)
    walker.go("/beheer/gebruikers/eva/wijzigen")
    if send:
        walker.click("form[action$='/wijzigen'] button")


MEANS_SCENES = (
    Scene("middel-begin", _before, "#nieuw"),
    Scene("middel-niveau", _begin, "#niveau"),
    Scene("middel-niveau-fout", lambda w: _wrong(w, "niveau"), "[role=alert]"),
    Scene("middel-persoon", _person, "#naam"),
    Scene("middel-persoon-fout", lambda w: _wrong(w, "persoon"), "#naam-fout"),
    Scene("middel-identiteitsbewijs", _document, "#voorkant"),
    Scene("middel-identiteitsbewijs-fout", _wrong_document, "#achterkant-fout"),
    Scene("middel-aflevering", _delivery, "#adres"),
    Scene("middel-aflevering-fout", lambda w: _wrong(w, "aflevering"), "#adres-fout"),
    Scene("middel-bedrijven", _places, "#bedrijven"),
    Scene("middel-controle", _check, "#straks"),
    Scene("middel-beperkt", _restricted, "#straks"),
    Scene("middel-aangevraagd", _asked, "#inlogmiddel"),
    Scene("middel-intrekken", _ending, "form[action$='/opzeggen']"),
    Scene("middel-wijzigen", _change, "#niveau"),
    Scene("middel-wijzigen-fout", lambda w: _change(w, send=True), ".utrecht-alert--error"),
    Scene("middel-mobiel", lambda w: _contact(w, "mobiel"), "#waarde"),
    Scene("middel-e-mail", lambda w: _contact(w, "e-mail"), "#waarde"),
    Scene("middel-te-doen", _to_do, "#i"),
    Scene("middel-activeren", lambda w: w.go("/activeren"), "#code"),
    Scene("middel-activeren-fout", _wrong_letter, "#code-fout"),
    Scene("middel-wachtrij", _queue, "td a[href*='/aanvragen/']"),
    Scene("middel-aanvraag", _one, "#ja"),
    Scene("middel-aanvraag-fout", lambda w: _one(w, "afkeuren"), "#reden-fout"),
)
