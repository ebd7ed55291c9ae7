"""The pages of ``/beheer``, each with the way to it. Sanne administers three companies, of which
the bakery has the most to see.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from tests.browser.kept_logins import into_beheer
from tests.browser.scene import Scene
from tests.browser.walker import Walker
from tests.clocks import in_years

BAKERY, GARDEN = "9000 1201", "9000 1639"
LOZING: Final = "955e37c2-b10f-42aa-828f-babfddc46bbe"


def to_console(walker: Walker, person: str = "sanne", kvk: str = BAKERY) -> None:
    """Logged in, in this company."""
    into_beheer(walker, person)
    company = f'button[name=bedrijf]:contains("{kvk}")'
    if person == "sanne" and walker.has(company):  # no button leads to where one is
        walker.click(company)


def _to_do(walker: Walker) -> None:
    walker.running.ask_for_a_mandate()
    to_console(walker)
    walker.expect("section table")


def _to_do_elsewhere(walker: Walker) -> None:
    """At the garden firm, while a request waits at the bakery."""
    walker.running.ask_for_a_mandate()
    to_console(walker, kvk=GARDEN)
    walker.go("/beheer")


def _one_request(walker: Walker) -> None:
    _to_do(walker)
    walker.click("a[href*='/verzoek/']")


def _refusal(walker: Walker, reason: str | None = None) -> None:
    """The page that asks why; ``reason`` is sent."""
    _one_request(walker)
    walker.click("a[href$='/afwijzen']")
    walker.expect("#reden")
    if reason is not None:
        walker.fill("#reden", reason)
        walker.click("form[action$='/afwijzen'] button")


def refuse_all(walker: Walker) -> None:
    _refusal(walker, "U werkt niet meer bij ons.")


def _other_place(walker: Walker) -> None:
    to_console(walker, kvk=GARDEN)
    walker.go("/beheer/machtigingen")
    address = walker.expect("a[href*='/machtiging/']").get("href", "")
    walker.click(f'button[name=bedrijf]:contains("{BAKERY}")')
    walker.go(address)


def at(walker: Walker, path: str, kvk: str = BAKERY, person: str = "sanne") -> None:
    """At this page below ``/beheer``."""
    to_console(walker, person, kvk)
    walker.go(f"/beheer{path}")


def _without_any(walker: Walker, person: str) -> None:
    """Nothing is left of what a scene before gave."""
    walker.go(f"/beheer/gebruikers/{person}")
    while walker.has("form[action$='/intrekken']"):
        walker.click("form[action$='/intrekken'] button")


def _revoked(walker: Walker) -> None:
    """Without the mark in the address: to the same page with another mark no browser goes anew."""
    _given(walker)
    walker.go("/beheer/gebruikers/els")
    walker.click("form[action$='/intrekken'] button")
    walker.go("/beheer/gebruikers/els?done=revoked")


def _undone(walker: Walker) -> None:
    _revoked(walker)
    walker.click("form[action$='/ongedaan'] button")
    walker.go("/beheer/gebruikers/els?done=restored")


def _one_mandate(walker: Walker) -> None:
    at(walker, "/gebruikers/roos")
    walker.click("th a[href*='/machtiging/']")


def _end_date(walker: Walker, until: str | None = None) -> None:
    at(walker, "/gebruikers/roos")
    walker.click("a[href$='/einddatum']")
    if until is not None:
        walker.fill("#until", until)
        walker.click("form:has(#until) button")


def _begin(walker: Walker) -> None:
    walker.go("/beheer/machtigingen")
    walker.click("form[action$='/geven'] button")


def _services(walker: Walker, *, send: bool = False) -> None:
    to_console(walker)
    _begin(walker)
    if send:
        walker.click("form:has(#diensten) .utrecht-action-group button")


def _choose_services(walker: Walker) -> None:
    walker.check(f"input[value='{LOZING}']")
    walker.click("form:has(#diensten) .utrecht-action-group button")


def _people(walker: Walker, *, send: bool = False) -> None:
    _services(walker)
    _choose_services(walker)
    if send:
        walker.click("form:has(#gebruikers) .utrecht-action-group button")


def _until(walker: Walker, until: str | None = None) -> None:
    _people(walker)
    for person in ("fatima", "roos"):
        walker.check(f"input[value='{person}']")
    walker.click("form:has(#gebruikers) .utrecht-action-group button")
    if until is not None:
        walker.fill("#until", until)
        walker.click("form:has(#until) .utrecht-action-group button")


def _check(walker: Walker, *, send: bool = False) -> None:
    _until(walker, in_years(1).isoformat())
    if send:
        walker.click("form:has([name=gezien-plan]) .utrecht-action-group button")


def _given(walker: Walker) -> None:
    to_console(walker)
    _without_any(walker, "els")
    _begin(walker)
    _choose_services(walker)
    walker.check("input[value='els']")
    walker.click("form:has(#gebruikers) .utrecht-action-group button")
    walker.click("form:has(#until) .utrecht-action-group button")
    walker.click("form:has([name=gezien-plan]) .utrecht-action-group button")


def _may(walker: Walker, person: str) -> None:
    at(walker, "/mag-dit")
    walker.fill("#wie", person)
    walker.fill("#dienst", LOZING)
    walker.click("form:has(#wie) button")


def _history(walker: Walker, path: str) -> None:
    """After a login for the bakery, and a mandate that was taken back."""
    walker.running.log_in_elsewhere("jan")
    _revoked(walker)
    walker.go(f"/beheer{path}")


def _import(walker: Walker, kind: str, text: str) -> None:
    at(walker, "/importeren")
    form = walker.expect(f"form[action$='/{kind}']")
    sent = [(name, value) for name, value in form.form_values() if name != "bestand"]
    walker.browser.bring(urljoin(walker.url, form.get("action")), sent, "bestand", text)


def _left(walker: Walker) -> None:
    """Nora left the garden firm, and what it gave her counts no more."""
    walker.running.leave_behind(GARDEN.replace(" ", ""), BAKERY.replace(" ", ""))
    at(walker, "/machtigingen?stand=left", GARDEN)


def _left_one(walker: Walker) -> None:
    _left(walker)
    walker.click("td a[href*='/machtiging/']")


def _other_tab(walker: Walker) -> None:
    """A form of the garden firm, after another tab went to the bakery."""
    to_console(walker, kvk=GARDEN)
    walker.go("/beheer/mag-dit")
    said = walker.expect("input[name=over]").get("value", "")
    walker.click(f'button[name=bedrijf]:contains("{BAKERY}")')
    _begin(walker)
    walker.fill("form:has(#diensten) input[name=over]", said)
    walker.click("form:has(#diensten) .utrecht-action-group button")


def _log_out(walker: Walker) -> None:
    to_console(walker)
    walker.click("form[action$=uitloggen] button")


BEHEER_SCENES: Final = (
    Scene("beheer-inloggen", lambda w: w.go("/beheer"), "button[name=provider]"),
    Scene("beheer-te-doen", _to_do, "input[name=verzoek]"),
    Scene("beheer-te-doen-elders", _to_do_elsewhere, ".utrecht-alert button[name=bedrijf]"),
    Scene("beheer-te-doen-stopt", lambda w: to_console(w, kvk=GARDEN), "a[href$='/einddatum']"),
    Scene("beheer-verzoek", _one_request, "input[name=verzoek]"),
    Scene("beheer-afwijzen", _refusal, "#reden"),
    Scene("beheer-afwijzen-fout", lambda w: _refusal(w, ""), "[aria-invalid]"),
    Scene("beheer-afgewezen", refuse_all, ".utrecht-alert--ok"),
    Scene("beheer-ander-bedrijf", _other_place, "input[name=naar]"),
    Scene("beheer-machtigingen", lambda w: at(w, "/machtigingen"), "#sorteer"),
    Scene("beheer-machtigingen-niets", lambda w: at(w, "/machtigingen?zoek=qqq"), ".sluis-empty"),
    Scene("beheer-machtiging", _one_mandate, "form[action$='/intrekken']"),
    Scene("beheer-einddatum", _end_date, "#until"),
    Scene("beheer-einddatum-fout", lambda w: _end_date(w, "31-02-2020"), "[aria-invalid]"),
    Scene("beheer-gebruikers", lambda w: at(w, "/gebruikers"), "a[href$='/gebruikers/fatima']"),
    Scene("beheer-gebruiker", lambda w: at(w, "/gebruikers/roos"), "form[action$='/intrekken']"),
    Scene(
        "beheer-gebruiker-verlopen",
        lambda w: at(w, "/gebruikers/bas", GARDEN),
        ".utrecht-alert--info",
    ),
    Scene("beheer-ingetrokken", _revoked, ".sluis-undo"),
    Scene("beheer-ongedaan", _undone, ".utrecht-alert--ok"),
    Scene("beheer-geven-diensten", _services, "#diensten"),
    Scene("beheer-geven-diensten-fout", lambda w: _services(w, send=True), ".utrecht-alert--error"),
    Scene("beheer-geven-gebruikers", _people, "#gebruikers"),
    Scene("beheer-geven-gebruikers-fout", lambda w: _people(w, send=True), ".utrecht-alert--error"),
    Scene("beheer-geven-einddatum", _until, "input[name=jaren]"),
    Scene("beheer-geven-einddatum-fout", lambda w: _until(w, "2020-01-01"), "[aria-invalid]"),
    Scene("beheer-geven-controle", _check, "#gezien"),
    Scene("beheer-geven-controle-fout", lambda w: _check(w, send=True), ".utrecht-alert--error"),
    Scene("beheer-gegeven", _given, "form[action$='/geven']"),
    Scene("beheer-mag-dit-ja", lambda w: _may(w, "roos"), ".utrecht-alert--ok"),
    Scene("beheer-mag-dit-nee", lambda w: _may(w, "piet"), ".utrecht-alert--warning"),
    Scene("beheer-mag-dit-fout", lambda w: _may(w, ""), "[aria-invalid]"),
    Scene("beheer-importeren", lambda w: at(w, "/importeren"), "#bestand-machtigingen"),
    Scene(
        "beheer-importeren-controle",
        lambda w: _import(
            w,
            "machtigingen",
            f"UniekID;Dienst;Einde\nfatima;{LOZING};{in_years(2)}\nroos;{LOZING};{in_years(1)}\n",
        ),
        "form[action$='/controle']",
    ),
    Scene(
        "beheer-importeren-fout",
        lambda w: _import(w, "gebruikers", "Naam;E-mailadres;Rol\n;noa;baas\n"),
        "tbody td",
    ),
    Scene("beheer-logins", lambda w: _history(w, "/logins"), "td .utrecht-status-badge--safe"),
    Scene("beheer-logins-niets", lambda w: at(w, "/logins?zoek=qqq"), ".sluis-empty"),
    Scene(
        "beheer-wijzigingen",
        lambda w: _history(w, "/wijzigingen"),
        "td a[href*='/machtiging/']",
    ),
    Scene("beheer-profiel", lambda w: at(w, "/profiel"), "a[href$='/mijn/logins']"),
    Scene(
        "beheer-mijn-machtigingen",
        lambda w: to_console(w, "jan"),
        "nav a[aria-current]",
    ),
    Scene(
        "beheer-geen-beheerder",
        lambda w: at(w, "/gebruikers", person="jan"),
        "a[href$='/beheer/mijn']",
    ),
    Scene("beheer-machtigingen-vertrokken", _left, "td .utrecht-status-badge--neutral"),
    Scene("beheer-machtiging-vertrokken", _left_one, "form[action$='/machtiging/nora/intrekken']"),
    Scene("beheer-ander-tabblad", _other_tab, "button[name=bedrijf].utrecht-button"),
    Scene("beheer-uitgelogd", _log_out, "a[href='/beheer']"),
)
