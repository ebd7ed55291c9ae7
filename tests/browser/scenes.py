"""Every page that people can meet, each with the way to it. Tests and pictures walk the same
ways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from broker.texts.help import TOPICS
from tests.browser.account_scenes import ACCOUNT_SCENES, IDEEEN
from tests.browser.operator_scenes import OPERATOR_SCENES
from tests.browser.reset_scenes import RESET_SCENES
from tests.browser.scene import Scene
from tests.browser.session_scenes import SESSION_SCENES
from tests.browser.visitor import Visitor

BODEM: Final = "Meldportaal Bodem"
BODEMKAART: Final = "Bodemkaart inzien"  # the operator announced something about it
LOZING: Final = "Lozing melden"
GRONDWATER: Final = "Grondwateronttrekking"
TRIES: Final = 5
ROUNDS: Final = 10


def _search(visitor: Visitor, words: str) -> None:
    visitor.ask(BODEM)
    visitor.page.fill("#zoek", words)
    visitor.page.press("#zoek", "Enter")
    visitor.page.wait_for_url("**q=**")


def _login(visitor: Visitor, service: str, makelaar: str, person: str, fault: str = "none") -> None:
    visitor.ask(service)
    visitor.choose(makelaar)
    visitor.log_in_as(person, fault)


def _level(fault: str, person: str = "fatima") -> Callable[[Visitor], None]:
    return lambda v: _login(v, LOZING, "veerhuis", person, fault)


def _no_sms_yet(visitor: Visitor) -> None:
    """A login of somebody who got a code for another one just now."""
    for _ in range(3):
        _login(visitor, LOZING, "brugwacht", "yara")
        if not visitor.page.locator("#code").count():
            return


def _depart(visitor: Visitor) -> None:
    """The page that leaves by itself, without the script that makes it leave."""
    visitor.page.route(
        "**/leave.js*", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    visitor.ask(BODEM)
    visitor.choose("brugwacht")


def _back_without_level(visitor: Visitor) -> None:
    """Asked the makelaar for more instead of giving a code, and got no more."""
    _login(visitor, LOZING, "brugwacht", "roos")
    visitor.page.click("button[value=makelaar]")
    visitor.log_in_as("roos")


def _document(visitor: Visitor, decision: str | None = None) -> None:
    """Asked to agree to a document; ``decision`` is answered."""
    visitor.running.forget_codes()
    visitor.page.goto(visitor.running.addresses.portal + "/")
    visitor.click("a[href^='/document/']")
    visitor.choose("brugwacht")
    visitor.log_in_as("roos")
    visitor.give_code(visitor.running.code_of("roos"))
    if visitor.page.locator("button[name=agree]").count():
        visitor.press("agree", "yes")
    visitor.wait_for("#remark")
    if decision == "wrong":
        visitor.page.evaluate("document.querySelectorAll('input').forEach(i => i.required = false)")
    elif decision is not None:
        visitor.page.check(f"#{decision}")
    if decision is not None:
        visitor.click("form:has(#remark) .utrecht-action-group button")


def _unreachable(visitor: Visitor) -> None:
    visitor.ask(BODEM)
    visitor.choose("droogdok")


def _choose_another(visitor: Visitor) -> None:
    """A makelaar that is not on the page, as a form of yesterday would send it."""
    visitor.ask(BODEM)
    visitor.page.evaluate("document.querySelector('button[value=zekerweg]').value = 'onbekend'")
    visitor.choose("onbekend")


def _codes(visitor: Visitor, wrong: int) -> None:
    _login(visitor, LOZING, "brugwacht", "roos")
    for done in range(wrong):
        visitor.wait_for("#code" if not done else "#code-fout")
        visitor.give_code(visitor.running.wrong_code_of("roos"))


def _recovery(visitor: Visitor) -> None:
    _login(visitor, LOZING, "brugwacht", "yara")
    visitor.click("button[name=use]")


def _without_a_mandate(visitor: Visitor) -> None:
    visitor.running.forget_requests()
    _login(visitor, LOZING, "veerhuis", "fatima")


def _come_back(visitor: Visitor) -> None:
    visitor.running.ask_for_a_mandate()
    _login(visitor, LOZING, "veerhuis", "fatima")


def _come_back_refused(visitor: Visitor) -> None:
    _refuse_all(visitor)
    _login(visitor, LOZING, "veerhuis", "fatima")


def _ask_for_a_mandate(visitor: Visitor) -> None:
    _without_a_mandate(visitor)
    visitor.page.fill("#bericht", "Ik doe vanaf deze maand de lozingen van de bakkerij.")
    visitor.click("form:has(#bericht) button[type=submit]")


def _round_and_round(visitor: Visitor) -> None:
    """A portal that asks again as soon as a login ended."""
    for _ in range(ROUNDS):
        visitor.ask(BODEM)
        visitor.click("form[action$='/cancel'] button")
        visitor.page.wait_for_load_state()
    visitor.ask(BODEM)


def _elsewhere(visitor: Visitor) -> None:
    visitor.ask(BODEM)
    visitor.context.clear_cookies()
    visitor.page.reload()


def _console(visitor: Visitor, person: str = "sanne") -> None:
    visitor.go("/beheer")
    visitor.choose("polderpoort")
    visitor.log_in_as(person)


def _console_with_a_request(visitor: Visitor) -> None:
    visitor.running.ask_for_a_mandate()
    _console(visitor)
    visitor.wait_for("table")


def _one_request(visitor: Visitor, until: str | None = None) -> None:
    _console_with_a_request(visitor)
    visitor.click("td a")
    visitor.wait_for("#until")
    if until is not None:
        visitor.page.eval_on_selector("#until", "field => { field.type = 'text' }")
        visitor.page.fill("#until", until)
        visitor.press("decision", "grant")


def _refusal(visitor: Visitor, reason: str | None = None) -> None:
    """The page that asks why; ``reason`` is sent."""
    _one_request(visitor)
    visitor.click("a[href$='/afwijzen']")
    visitor.wait_for("#reden")
    if reason is not None:
        visitor.page.eval_on_selector("#reden", "field => { field.required = false }")
        visitor.page.fill("#reden", reason)
        visitor.click("form[action$='/afwijzen'] button")


def _refuse_all(visitor: Visitor) -> None:
    _refusal(visitor, "U werkt niet meer bij ons.")


def _take_back(visitor: Visitor, sure: bool = False) -> None:
    _one_request(visitor)
    visitor.press("decision", "grant")
    visitor.wait_for(".utrecht-alert--ok")
    if sure:
        visitor.click("td a[href*='/machtiging/']")


def _empty_console(visitor: Visitor) -> None:
    _refuse_all(visitor)
    visitor.wait_for(".utrecht-alert--ok")
    visitor.go("/beheer")


def _log_out(visitor: Visitor) -> None:
    _console(visitor)
    visitor.click("form[action$=uitloggen] button")


def _log_out_everywhere(visitor: Visitor, confirm: bool = False) -> None:
    _login(visitor, BODEM, "polderpoort", "jan")
    visitor.press("agree", "yes")
    visitor.page.wait_for_url("**/callback/**")
    visitor.go("/uitloggen")
    if confirm:
        visitor.click("form[action$=uitloggen] button")


def _stay_logged_in(visitor: Visitor) -> None:
    _log_out_everywhere(visitor)
    visitor.click("a[href$='/niet']")


def _switch(visitor: Visitor) -> None:
    """Sanne acts for one organisation and goes to the soil map, then chooses again."""
    _login(visitor, BODEM, "polderpoort", "sanne")
    visitor.press("choice", "90001201..")
    visitor.press("agree", "yes")
    visitor.page.wait_for_url("**/callback/**")
    visitor.ask("Bodemkaart inzien")
    visitor.press("choice", "90001639..")
    visitor.page.wait_for_url("**/callback/**")
    visitor.click("a[href*='select_account']")


def _mine(visitor: Visitor, path: str, person: str = "jan", makelaar: str = "polderpoort") -> None:
    """Own means of login: Jan has the level to add what counts at once, Roos at Brugwacht EH2."""
    visitor.go("/mijn/inlogmiddelen")
    visitor.choose(makelaar)
    visitor.log_in_as(person)
    visitor.go(f"/mijn/inlogmiddelen{path}")


def _own_logins(visitor: Visitor) -> None:
    _login(visitor, BODEM, "polderpoort", "jan")
    visitor.press("agree", "yes")
    visitor.page.wait_for_url("**/callback/**")
    _mine(visitor, "")
    visitor.go("/mijn/logins")


def _mine_with_code(visitor: Visitor, path: str, action: str) -> None:
    """Roos, who proves her app before she may come here."""
    _mine(visitor, "/hoger", "roos", "brugwacht")
    visitor.choose("brugwacht")
    visitor.log_in_as("roos")
    visitor.give_code(visitor.running.code_of("roos"))
    visitor.go(f"/mijn/inlogmiddelen{path}")
    if action:
        visitor.click(action)


def _mine_wrong(visitor: Visitor, path: str, field: str, value: str) -> None:
    _mine(visitor, path)
    visitor.page.fill(field, value)
    if path == "/apparaat":
        visitor.page.fill("#code", "000000")
    visitor.click("main form:has(input:not([type=hidden])) button")


def _mine_removal(visitor: Visitor) -> None:
    _mine_with_code(visitor, "", "td a[href*='/inlogmiddelen/']")
    visitor.click("a[href$=verwijderen]")


def _mine_out(visitor: Visitor) -> None:
    _mine(visitor, "")
    visitor.click("form[action$=uitloggen] button")


def _help(name: str) -> Scene:
    return Scene(f"hulp-{name}", lambda v: v.go(f"/hulp/{name}"), "h1")


SCENES: Final = (
    Scene("makelaar", lambda v: v.ask(BODEM), "button[name=provider]"),
    Scene("inlogmethode", lambda v: v.ask(IDEEEN), "button[name=method]"),
    *ACCOUNT_SCENES,
    Scene("makelaar-mededeling", lambda v: v.ask(BODEMKAART), ".utrecht-alert--info"),
    Scene("makelaar-met-account", lambda v: v.ask("Vergunning aanvragen"), "button[name=method]"),
    Scene("makelaar-gezocht", lambda v: _search(v, "polder"), "button[value=polderpoort]"),
    Scene("makelaar-niet-gevonden", lambda v: _search(v, "Achterdijk"), ".sluis-empty"),
    Scene("makelaar-fout", _choose_another, ".utrecht-alert--error"),
    Scene("vertrek", _depart, "#leave"),
    Scene("makelaar-onbereikbaar", _unreachable, "form[action$='/authenticate']"),
    Scene("code", lambda v: _codes(v, 0), "#code"),
    Scene("code-fout", lambda v: _codes(v, 1), "#code-fout"),
    Scene("code-sms", lambda v: _login(v, LOZING, "brugwacht", "yara"), "button[name=resend]"),
    Scene("code-sms-wachten", _no_sms_yet, ".sluis-lock:not(:has(#code)) button[name=resend]"),
    Scene("code-apparaat", lambda v: _login(v, LOZING, "brugwacht", "joost"), "#code"),
    Scene("code-herstel", _recovery, "#code[autocomplete=off]"),
    Scene("code-geblokkeerd", lambda v: _codes(v, TRIES), ".sluis-lock:not(:has(#code))"),
    Scene("niveau-te-laag", _level("none", "piet"), "form[action$=step-up]"),
    Scene("niveau-lager-gegeven", _level("lower_level"), "form[action$=step-up]"),
    Scene("niveau-onbekend", _level("unknown_level"), "form[action$=change-provider]"),
    Scene("niveau-na-makelaar", _back_without_level, "button[value=factor]"),
    Scene(
        "middel-niet-actief", lambda v: _login(v, LOZING, "veerhuis", "bas"), "form[action$=means]"
    ),
    Scene(
        "middel-geblokkeerd", lambda v: _login(v, BODEM, "brugwacht", "ali"), "form[action$=means]"
    ),
    Scene("machtiging-dubbel", lambda v: _login(v, BODEM, "polderpoort", "sanne"), "#clients"),
    Scene("machtiging-kiezen", lambda v: _login(v, BODEM, "zekerweg", "mo"), "button[name=choice]"),
    Scene(
        "machtiging-kiezen-zelf",
        lambda v: _login(v, BODEMKAART, "polderpoort", "jan"),
        "button[value=self]",
    ),
    Scene(
        "machtiging-niet-mogelijk",
        lambda v: _login(v, GRONDWATER, "zekerweg", "mo"),
        ".sluis-choice--off",
    ),
    Scene("machtiging-ontbreekt", _without_a_mandate, "#bericht"),
    Scene("machtiging-al-gevraagd", _come_back, "button[value=leave]"),
    Scene("machtiging-afgewezen", _come_back_refused, "#bericht"),
    Scene(
        "machtiging-verlopen",
        lambda v: _login(v, GRONDWATER, "polderpoort", "tim"),
        "#bericht",
    ),
    Scene("machtiging-gevraagd", _ask_for_a_mandate, "button[value=leave]"),
    Scene("document", _document, "#remark"),
    Scene("document-fout", lambda v: _document(v, "wrong"), "#keuze-fout"),
    Scene("document-code", lambda v: _document(v, "agree"), "button[name=change]"),
    Scene("toestemming", lambda v: _login(v, BODEM, "polderpoort", "jan"), "button[value=no]"),
    Scene(
        "toestemming-informatie",
        lambda v: _login(v, LOZING, "polderpoort", "noor"),
        "input[name=shown]",
    ),
    Scene(
        "fout-antwoord",
        lambda v: _login(v, BODEM, "polderpoort", "jan", "bad_signature"),
        ".sluis-reference",
    ),
    Scene(
        "fout-mededeling",
        lambda v: _login(v, BODEMKAART, "polderpoort", "jan", "bad_signature"),
        ".sluis-reference",
    ),
    Scene("fout-404", lambda v: v.go("/bestaat-niet"), ".sluis-reference"),
    Scene("fout-verlopen", lambda v: v.go(f"/login/{'a' * 26}"), ".sluis-reference"),
    Scene("fout-andere-browser", _elsewhere, ".sluis-reference"),
    Scene("fout-kringetje", _round_and_round, ".sluis-reference"),
    Scene("fout-portaal", lambda v: v.go("/authorize?client_id=niemand"), ".sluis-reference"),
    Scene("uitloggen", _log_out_everywhere, "form[action$=uitloggen]"),
    Scene("uitloggen-niet", _stay_logged_in, "a[href='/uitloggen']"),
    Scene("machtiging-wisselen", _switch, ".sluis-choice__meta strong"),
    Scene("uitgelogd", lambda v: _log_out_everywhere(v, confirm=True), "#gedeeld, #gemeld"),
    Scene("voorpagina", lambda v: v.go("/"), "#zelf"),
    Scene("hulp", lambda v: v.go("/hulp/"), "main ul"),
    *(_help(name) for name in TOPICS),
    Scene("mijn", lambda v: _mine(v, "", "yara", "brugwacht"), "table"),
    Scene("mijn-logins", _own_logins, "#vreemd"),
    *SESSION_SCENES,
    Scene("mijn-leeg", lambda v: _mine(v, ""), ".sluis-empty"),
    Scene("mijn-middel", lambda v: _mine_with_code(v, "", "td a"), "#label"),
    Scene("mijn-verwijderen", _mine_removal, ".utrecht-alert--warning"),
    Scene("mijn-app", lambda v: _mine(v, "/app"), ".sluis-qr"),
    Scene("mijn-app-fout", lambda v: _mine_wrong(v, "/app", "#code", "000000"), "#code-fout"),
    Scene("mijn-sms", lambda v: _mine(v, "/sms"), "#number"),
    Scene("mijn-sms-fout", lambda v: _mine_wrong(v, "/sms", "#number", "112"), "#number-fout"),
    Scene(
        "mijn-opnieuw",
        lambda v: _mine(v, "/app", "roos", "brugwacht"),
        "a[href$='?opnieuw=ja']",
    ),
    Scene("mijn-passkey", lambda v: _mine(v, "/passkey"), "#passkey"),
    Scene("mijn-apparaat", lambda v: _mine(v, "/apparaat"), "#serial"),
    Scene(
        "mijn-apparaat-fout",
        lambda v: _mine_wrong(v, "/apparaat", "#serial", "X-1"),
        ".utrecht-alert--error",
    ),
    Scene("mijn-herstelcodes", lambda v: _mine_with_code(v, "/herstelcodes", ""), "main form"),
    Scene(
        "mijn-herstelcodes-gemaakt",
        lambda v: _mine_with_code(v, "/herstelcodes", "main form button"),
        ".sluis-codes",
    ),
    Scene("mijn-uitgelogd", _mine_out, "a[href='/mijn/inlogmiddelen']"),
    Scene("beheer-inloggen", lambda v: v.go("/beheer"), "button[name=provider]"),
    Scene("beheer-verzoeken", _console_with_a_request, "table"),
    Scene("beheer-verzoek", lambda v: _one_request(v), "#until"),
    Scene("beheer-verzoek-fout", lambda v: _one_request(v, "31-02-2020"), "[aria-invalid]"),
    Scene("beheer-afwijzen", _refusal, "#reden"),
    Scene("beheer-afwijzen-fout", lambda v: _refusal(v, ""), "[aria-invalid]"),
    Scene("beheer-gegeven", _take_back, "a[href*='/machtiging/']"),
    Scene("beheer-intrekken", lambda v: _take_back(v, sure=True), "form[action*='/machtiging/']"),
    Scene("beheer-afgewezen", _refuse_all, ".utrecht-alert--ok"),
    Scene("beheer-leeg", _empty_console, ".sluis-empty"),
    Scene("beheer-geen-beheerder", lambda v: _console(v, "jan"), "form[action$=uitloggen]"),
    Scene("beheer-uitgelogd", _log_out, "a[href='/beheer']"),
    *OPERATOR_SCENES,
    *RESET_SCENES,
)
