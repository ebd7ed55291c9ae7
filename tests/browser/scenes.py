"""Every page that people can meet, each with the way to it. Tests and pictures walk the same
ways.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from broker.texts.help import TOPICS
from sandbox.browser import Browser
from tests.browser.account_scenes import ACCOUNT_SCENES, IDEEEN
from tests.browser.asking_scenes import ASKING_SCENES
from tests.browser.beheer_scenes import BEHEER_SCENES, refuse_all
from tests.browser.chain_scenes import CHAIN_SCENES
from tests.browser.group_scenes import GROUP_SCENES
from tests.browser.joining_scenes import JOINING_SCENES
from tests.browser.means_scenes import MEANS_SCENES
from tests.browser.operator_scenes import OPERATOR_SCENES
from tests.browser.reset_scenes import RESET_SCENES
from tests.browser.sandbox_scenes import SANDBOX_SCENES
from tests.browser.scene import Scene
from tests.browser.session_scenes import SESSION_SCENES
from tests.browser.walker import Walker

BODEM: Final = "Meldportaal Bodem"
BODEMKAART: Final = "Bodemkaart inzien"  # the operator announced something about it
LOZING: Final = "Lozing melden"
GRONDWATER: Final = "Grondwateronttrekking"
TRIES: Final = 5
ROUNDS: Final = 10


def _search(walker: Walker, words: str) -> None:
    walker.ask(BODEM)
    walker.fill("#zoek", words)
    walker.enter("#zoek")


def _login(walker: Walker, service: str, makelaar: str, person: str, fault: str = "none") -> None:
    walker.ask(service)
    walker.choose(makelaar)
    walker.log_in_as(person, fault)


def _level(fault: str, person: str = "fatima") -> Callable[[Walker], None]:
    return lambda w: _login(w, LOZING, "veerhuis", person, fault)


def _no_sms_yet(walker: Walker) -> None:
    """A login of somebody who got a code for another one just now."""
    for _ in range(3):
        _login(walker, LOZING, "brugwacht", "yara")
        if not walker.has("#code"):
            return


def _depart(walker: Walker) -> None:
    """The page that leaves by itself, in a browser without the script that makes it leave."""
    walker.browser = Browser(walker.language, javascript=False)
    walker.ask(BODEM)
    walker.choose("brugwacht")


def _back_without_level(walker: Walker) -> None:
    """Asked the makelaar for more instead of giving a code, and got no more."""
    _login(walker, LOZING, "brugwacht", "roos")
    walker.click("button[value=makelaar]")
    walker.log_in_as("roos")


def _document(walker: Walker, decision: str | None = None) -> None:
    """Asked to agree to a document; ``decision`` is answered."""
    walker.running.forget_codes()
    walker.open(walker.running.addresses.portal + "/")
    walker.click("a[href^='/document/']")
    walker.choose("brugwacht")
    walker.log_in_as("roos")
    walker.give_code(walker.running.code_of("roos"))
    if walker.has("button[name=agree]"):
        walker.press("agree", "yes")
    walker.expect("#remark")
    if decision not in (None, "wrong"):
        walker.check(f"#{decision}")
    if decision is not None:
        walker.click("form:has(#remark) .utrecht-action-group button")


def _unreachable(walker: Walker) -> None:
    walker.ask(BODEM)
    walker.choose("droogdok")


def _too_long_there(walker: Walker) -> None:
    """At a Keycloak whose login page stood open until it had forgotten us."""
    walker.ask(BODEM)
    walker.choose("zekerweg")
    there = urlsplit(walker.url)
    said = {
        "error": "temporarily_unavailable",
        "error_description": "authentication_expired",
        "state": parse_qs(there.query)["state"][0],
        "iss": there._replace(path=there.path.removesuffix("/authorize"), query="").geturl(),
    }
    walker.go(f"/oidc/callback/zekerweg?{urlencode(said)}")


def _choose_another(walker: Walker) -> None:
    """A makelaar that is not on the page, as a form of yesterday would send it."""
    walker.ask(BODEM)
    walker.send("form:has(button[name=provider])", "provider", "onbekend")


def _codes(walker: Walker, wrong: int) -> None:
    _login(walker, LOZING, "brugwacht", "roos")
    for done in range(wrong):
        walker.expect("#code" if not done else "#code-fout")
        walker.give_code(walker.running.wrong_code_of("roos"))


def _recovery(walker: Walker) -> None:
    _login(walker, LOZING, "brugwacht", "yara")
    walker.click("button[name=use]")


def _without_a_mandate(walker: Walker) -> None:
    walker.running.forget_requests()
    _login(walker, LOZING, "veerhuis", "fatima")


def _come_back(walker: Walker) -> None:
    walker.running.ask_for_a_mandate()
    _login(walker, LOZING, "veerhuis", "fatima")


def _come_back_refused(walker: Walker) -> None:
    refuse_all(walker)
    _login(walker, LOZING, "veerhuis", "fatima")


def _ask_for_a_mandate(walker: Walker) -> None:
    _without_a_mandate(walker)
    walker.fill("#bericht", "Ik doe vanaf deze maand de lozingen van de bakkerij.")
    walker.click("form:has(#bericht) button[type=submit]")


def _round_and_round(walker: Walker) -> None:
    """A portal that asks again as soon as a login ended."""
    for _ in range(ROUNDS):
        walker.ask(BODEM)
        walker.click("form[action$='/cancel'] button")
    walker.ask(BODEM)


def _elsewhere(walker: Walker) -> None:
    walker.ask(BODEM)
    walker.browser.forget_cookies()
    walker.open(walker.url)


def _log_out_everywhere(walker: Walker, confirm: bool = False) -> None:
    _login(walker, BODEM, "polderpoort", "jan")
    walker.agree()
    walker.go("/uitloggen")
    if confirm:
        walker.click("form[action$=uitloggen] button")


def _stay_logged_in(walker: Walker) -> None:
    _log_out_everywhere(walker)
    walker.click("a[href$='/niet']")


def _switch(walker: Walker) -> None:
    """Sanne acts for one organisation and goes to the soil map, then chooses again."""
    _login(walker, BODEM, "polderpoort", "sanne")
    walker.press("choice", "90001201..")
    walker.agree()
    walker.ask("Bodemkaart inzien")
    walker.press("choice", "90001639..")
    walker.click("a[href*='select_account']")


def _mine(walker: Walker, path: str, person: str = "jan", makelaar: str = "polderpoort") -> None:
    """Own means of login: Jan has the level to add what counts at once, Roos at Brugwacht EH2."""
    walker.go("/mijn/inlogmiddelen")
    walker.choose(makelaar)
    walker.log_in_as(person)
    walker.go(f"/mijn/inlogmiddelen{path}")


def _own_logins(walker: Walker) -> None:
    _login(walker, BODEM, "polderpoort", "jan")
    walker.agree()
    _mine(walker, "")
    walker.go("/mijn/logins")


def _mine_with_code(walker: Walker, path: str, action: str) -> None:
    """Roos, who proves her app before she may come here."""
    _mine(walker, "/hoger", "roos", "brugwacht")
    walker.choose("brugwacht")
    walker.log_in_as("roos")
    walker.give_code(walker.running.code_of("roos"))
    walker.go(f"/mijn/inlogmiddelen{path}")
    if action:
        walker.click(action)


def _mine_wrong(walker: Walker, path: str, field: str, value: str) -> None:
    _mine(walker, path)
    walker.fill(field, value)
    if path == "/apparaat":
        walker.fill("#code", "000000")
    walker.click("main form:has(input:not([type=hidden])) button")


def _mine_removal(walker: Walker) -> None:
    _mine_with_code(walker, "", "td a[href*='/inlogmiddelen/']")
    walker.click("a[href$=verwijderen]")


def _mine_address(walker: Walker) -> None:
    _mine(walker, "")
    walker.go("/mijn/e-mail")


def _other_address(walker: Walker, to: str | None = None) -> None:
    """Of somebody whom no document keeps; ``to`` is filled in."""
    walker.running.keep_no_more("els")
    _mine(walker, "", "els")
    walker.go("/mijn/e-mail")
    if to is not None:
        walker.fill("#email", to)
        walker.click("form:has(#email) button")


def _address_code(walker: Walker) -> None:
    _other_address(walker, f"els{secrets.token_hex(3)}@nieuw.example")


def _mine_out(walker: Walker) -> None:
    _mine(walker, "")
    walker.click("form[action$=uitloggen] button")


def _help(name: str) -> Scene:
    return Scene(f"hulp-{name}", lambda w: w.go(f"/hulp/{name}"), "h1")


LOGIN_SCENES: Final = (
    Scene("makelaar", lambda w: w.ask(BODEM), "button[name=provider]"),
    Scene("inlogmethode", lambda w: w.ask(IDEEEN), "button[name=method]"),
    *ACCOUNT_SCENES,
    Scene("makelaar-mededeling", lambda w: w.ask(BODEMKAART), ".utrecht-alert--info"),
    Scene("makelaar-met-account", lambda w: w.ask("Vergunning aanvragen"), "button[name=method]"),
    Scene("makelaar-gezocht", lambda w: _search(w, "polder"), "button[value=polderpoort]"),
    Scene("makelaar-niet-gevonden", lambda w: _search(w, "Achterdijk"), ".sluis-empty"),
    Scene("makelaar-fout", _choose_another, ".utrecht-alert--error"),
    Scene("vertrek", _depart, "#leave"),
    Scene("makelaar-onbereikbaar", _unreachable, "form[action$='/authenticate']"),
    Scene("makelaar-verlopen", _too_long_there, "form[action$='/authenticate']"),
    Scene("code", lambda w: _codes(w, 0), "#code"),
    Scene("code-fout", lambda w: _codes(w, 1), "#code-fout"),
    Scene("code-sms", lambda w: _login(w, LOZING, "brugwacht", "yara"), "button[name=resend]"),
    Scene("code-sms-wachten", _no_sms_yet, ".sluis-lock:not(:has(#code)) button[name=resend]"),
    Scene("code-apparaat", lambda w: _login(w, LOZING, "brugwacht", "joost"), "#code"),
    Scene("code-herstel", _recovery, "#code[autocomplete=off]"),
    Scene("code-geblokkeerd", lambda w: _codes(w, TRIES), ".sluis-lock:not(:has(#code))"),
    Scene("niveau-te-laag", _level("none", "piet"), "form[action$=step-up]"),
    Scene("niveau-lager-gegeven", _level("lower_level"), "form[action$=step-up]"),
    Scene("niveau-onbekend", _level("unknown_level"), "form[action$=change-provider]"),
    Scene("niveau-na-makelaar", _back_without_level, "button[value=factor]"),
    Scene(
        "middel-niet-actief", lambda w: _login(w, LOZING, "veerhuis", "bas"), "form[action$=means]"
    ),
    Scene(
        "middel-geblokkeerd", lambda w: _login(w, BODEM, "brugwacht", "ali"), "form[action$=means]"
    ),
    Scene("machtiging-dubbel", lambda w: _login(w, BODEM, "polderpoort", "sanne"), "#clients"),
    Scene("machtiging-kiezen", lambda w: _login(w, BODEM, "zekerweg", "mo"), "button[name=choice]"),
    Scene(
        "machtiging-kiezen-zelf",
        lambda w: _login(w, BODEMKAART, "polderpoort", "jan"),
        "button[value=self]",
    ),
    Scene(
        "machtiging-niet-mogelijk",
        lambda w: _login(w, GRONDWATER, "zekerweg", "mo"),
        ".sluis-choice--off",
    ),
    Scene("machtiging-ontbreekt", _without_a_mandate, "#bericht"),
    Scene("machtiging-al-gevraagd", _come_back, "button[value=leave]"),
    Scene("machtiging-afgewezen", _come_back_refused, "#bericht"),
    Scene(
        "machtiging-verlopen",
        lambda w: _login(w, GRONDWATER, "polderpoort", "tim"),
        "#bericht",
    ),
    Scene("machtiging-gevraagd", _ask_for_a_mandate, "button[value=leave]"),
    Scene("document", _document, "#agree"),
    Scene("document-fout", lambda w: _document(w, "wrong"), "#keuze-fout"),
    Scene("document-code", lambda w: _document(w, "agree"), "button[name=change]"),
    Scene("toestemming", lambda w: _login(w, BODEM, "polderpoort", "jan"), "button[value=no]"),
    Scene(
        "toestemming-informatie",
        lambda w: _login(w, LOZING, "polderpoort", "noor"),
        "input[name=shown]",
    ),
    Scene(
        "fout-antwoord",
        lambda w: _login(w, BODEM, "polderpoort", "jan", "bad_signature"),
        ".sluis-reference",
    ),
    Scene(
        "fout-mededeling",
        lambda w: _login(w, BODEMKAART, "polderpoort", "jan", "bad_signature"),
        ".sluis-reference",
    ),
    Scene("fout-404", lambda w: w.go("/bestaat-niet"), ".sluis-reference"),
    Scene("fout-verlopen", lambda w: w.go(f"/login/{'a' * 26}"), ".sluis-reference"),
    Scene("fout-andere-browser", _elsewhere, ".sluis-reference"),
    Scene("fout-kringetje", _round_and_round, ".sluis-reference"),
    Scene("fout-portaal", lambda w: w.go("/authorize?client_id=niemand"), ".sluis-reference"),
    Scene("uitloggen", _log_out_everywhere, "form[action$=uitloggen]"),
    Scene("uitloggen-niet", _stay_logged_in, "a[href='/uitloggen']"),
    Scene("machtiging-wisselen", _switch, ".sluis-choice__meta strong"),
    Scene("uitgelogd", lambda w: _log_out_everywhere(w, confirm=True), "#gedeeld, #gemeld"),
    Scene("voorpagina", lambda w: w.go("/"), "#zelf"),
    Scene("ontwikkelaars", lambda w: w.go("/ontwikkelaars/"), "#niveaus"),
    Scene("foutcodes", lambda w: w.go("/ontwikkelaars/foutcodes"), "#SLS-4002"),
    Scene("hulp", lambda w: w.go("/hulp/"), "main ul"),
    *(_help(name) for name in TOPICS),
    Scene("mijn", lambda w: _mine(w, "", "yara", "brugwacht"), "table"),
    Scene("mijn-logins", _own_logins, "#vreemd"),
    *SESSION_SCENES,
    Scene("mijn-leeg", lambda w: _mine(w, ""), ".sluis-empty"),
    Scene("mijn-e-mail", _mine_address, "main .sluis-sheet"),
    Scene("mijn-e-mail-wijzigen", _other_address, "#email"),
    Scene("mijn-e-mail-fout", lambda w: _other_address(w, "els"), "#email-fout"),
    Scene("mijn-e-mail-code", _address_code, "form[action$='/e-mail/code'] #code"),
    Scene("mijn-middel", lambda w: _mine_with_code(w, "", "td a"), "#label"),
    Scene("mijn-verwijderen", _mine_removal, ".utrecht-alert--warning"),
    Scene("mijn-app", lambda w: _mine(w, "/app"), ".sluis-qr"),
    Scene("mijn-app-fout", lambda w: _mine_wrong(w, "/app", "#code", "000000"), "#code-fout"),
    Scene("mijn-sms", lambda w: _mine(w, "/sms"), "#number"),
    Scene("mijn-sms-fout", lambda w: _mine_wrong(w, "/sms", "#number", "112"), "#number-fout"),
    Scene(
        "mijn-opnieuw",
        lambda w: _mine(w, "/app", "roos", "brugwacht"),
        "a[href$='?opnieuw=ja']",
    ),
    Scene(
        "mijn-opnieuw-makelaar",
        lambda w: _mine(w, "/app?opnieuw=ja", "roos", "brugwacht"),
        ".sluis-lock .utrecht-alert--info",
    ),
    Scene("mijn-passkey", lambda w: _mine(w, "/passkey"), "#passkey"),
    Scene("mijn-apparaat", lambda w: _mine(w, "/apparaat"), "#serial"),
    Scene(
        "mijn-apparaat-fout",
        lambda w: _mine_wrong(w, "/apparaat", "#serial", "X-1"),
        ".utrecht-alert--error",
    ),
    Scene("mijn-herstelcodes", lambda w: _mine_with_code(w, "/herstelcodes", ""), "main form"),
    Scene(
        "mijn-herstelcodes-gemaakt",
        lambda w: _mine_with_code(w, "/herstelcodes", "main form button"),
        ".sluis-codes",
    ),
    Scene("mijn-uitgelogd", _mine_out, "a[href='/mijn/inlogmiddelen']"),
    *SANDBOX_SCENES,
)
CONSOLE_SCENES: Final = (
    *BEHEER_SCENES,
    *CHAIN_SCENES,
    *ASKING_SCENES,
    *GROUP_SCENES,
    *JOINING_SCENES,
    *MEANS_SCENES,
    *OPERATOR_SCENES,
    *RESET_SCENES,
)
SCENES: Final = (*LOGIN_SCENES, *CONSOLE_SCENES)
