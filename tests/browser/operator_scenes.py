"""Pages of the operator console, each with the way to it."""

from __future__ import annotations

import re
import secrets
from typing import Final

from directory.consoles import OPERATOR
from sandbox.operator import USER_NAME, make_operator, new_link
from sandbox.prepare import password
from sandbox.walk import Walk
from tests.browser.scene import Scene
from tests.browser.walker import Walker

BODEM: Final = "Meldportaal Bodem"
GOOD: Final = "een lange zin voor de sluis"
_SESSIONS: Final[dict[tuple[str, str], str]] = {}  # cookies, by demo and user name
_REFERENCE: Final = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def enter(walker: Walker, path: str = "", user_name: str = USER_NAME) -> None:
    """Go to a page of the console; log in first, unless an earlier walker's login still holds."""
    who = (str(walker.running.demo.directory), user_name)
    here = walker.running.addresses.broker
    if who in _SESSIONS:
        walker.browser.keep_cookie(here, OPERATOR.cookie, _SESSIONS[who])
    walker.go("/operator" + path)
    if not walker.has("#wachtwoord"):
        return
    _log_in(walker, user_name)
    _SESSIONS[who] = walker.browser.cookies(here)[OPERATOR.cookie]
    walker.go("/operator" + path)


def _log_in(walker: Walker, user_name: str) -> None:
    walker.fill("#naam", user_name)
    walker.fill("#wachtwoord", password(walker.running.demo, user_name))
    walker.click("form:has(#wachtwoord) button[type=submit]")
    walker.running.forget_codes()  # a code of the same half minute was given for another page
    walker.give_code(walker.running.code_of(user_name))
    walker.expect(".sluis-nav")


def _somebody_new(walker: Walker) -> str:
    return new_link(
        walker.running.parties, f"nieuw-{secrets.token_hex(4)}", "Kim Nieuwenhuis", "helpdesk"
    )


def _open_link(walker: Walker, link: str | None = None) -> None:
    walker.open(link or _somebody_new(walker))


def _with_app(walker: Walker) -> None:
    _choose(walker)
    walker.click("a[href*='met=app']")


def _with_passkey(walker: Walker) -> None:
    _choose(walker)
    walker.click("a[href$='/passkey']")


def _choose(walker: Walker, text: str = GOOD, link: str | None = None) -> None:
    """The password, up to the choice between a passkey and an app."""
    _open_link(walker, link)
    walker.fill("#nieuw", text)
    walker.fill("#nogmaals", text)
    walker.click("form:has(#nieuw) .utrecht-action-group button")


def _give(walker: Walker, code: str) -> None:
    walker.fill("#code", code)
    walker.click("form:has(#code) button")


def _wrong_code(walker: Walker) -> None:
    _with_app(walker)
    _give(walker, "000000")


def _codes(walker: Walker) -> None:
    _with_app(walker)
    seed = walker.text(".sluis-seed").replace(" ", "")
    _give(walker, walker.running.code_with(seed))


def _all_done(walker: Walker) -> None:
    _codes(walker)
    walker.click("form[action$=klaar] button")


def _used_link(walker: Walker) -> None:
    link = _somebody_new(walker)
    _choose(walker, link=link)
    walker.browser.forget_cookies()
    walker.open(link)


def _failed(walker: Walker, *, leaves: bool) -> str:
    """A login of somebody else, whose makelaar has a wrong clock; the code of its error page."""
    walk = Walk(walker.running.demo, BODEM, "Polderpoort", "jan", fault="clock_ahead")
    found = _REFERENCE.search(walk.run().text)
    assert found is not None
    if leaves:
        walk.browser.click("Ga terug naar Bronhouderportaal")
    return found.group()


def _trace(walker: Walker, *, leaves: bool) -> None:
    code = _failed(walker, leaves=leaves)
    enter(walker)
    walker.fill("#code", code.lower())
    walker.click("form[role=search] button")


def _failures(walker: Walker) -> None:
    _failed(walker, leaves=True)
    enter(walker, "/inlogspoor?uitkomst=refused&live=nee")


def _trouble(walker: Walker) -> None:
    _failed(walker, leaves=True)
    walker.running.let_metadata_wait()
    enter(walker)


def _metadata(walker: Walker, path: str = "") -> None:
    walker.running.let_metadata_wait()
    enter(walker, f"/metadata/makelaar/polderpoort{path}")


def _no_reason(walker: Walker) -> None:
    _metadata(walker, "/besluit")
    walker.fill("#reden", " ")
    walker.press("besluit", "approve")


def _rejected(walker: Walker) -> None:
    _metadata(walker, "/besluit")
    walker.fill("#reden", "Polderpoort weet van niets")
    walker.press("besluit", "reject")


def _denied(walker: Walker) -> None:
    user_name = f"sleutel-{secrets.token_hex(4)}"
    make_operator(
        walker.running.demo, walker.running.parties, user_name, "Noor Sleutel", "key_officer"
    )
    enter(walker, "/inlogspoor", user_name)


def _log_out(walker: Walker) -> None:
    enter(walker)
    walker.click("form[action$=uitloggen] button")


def _end(walker: Walker) -> None:
    _somebody_new(walker)
    enter(walker, "/operators")
    walker.click("td a")


def _end_all(walker: Walker, reason: str) -> None:
    """Of a makelaar at which nobody logs in here: no other scene loses its session."""
    enter(walker, "/sessies/stilwater")
    walker.fill("#reden", reason)
    walker.click("form[action$='/sessies/stilwater'] button")


OPERATOR_SCENES: Final = (
    Scene("operator-instellen", _open_link, "#nieuw"),
    Scene("operator-instellen-fout", lambda w: _choose(w, "kort"), "[aria-invalid]"),
    Scene("operator-keuze", _choose, ".sluis-choices"),
    Scene("operator-passkey", _with_passkey, "#passkey"),
    Scene("operator-app", _with_app, ".sluis-qr"),
    Scene("operator-app-fout", _wrong_code, "#code[aria-invalid]"),
    Scene("operator-herstelcodes", _codes, ".sluis-codes"),
    Scene("operator-ingesteld", _all_done, "main a[href='/operator']"),
    Scene("operator-link-gebruikt", _used_link, ".utrecht-code-block"),
    Scene(
        "operator-link-onbekend", lambda w: w.go("/operator/instellen/niets"), ".utrecht-code-block"
    ),
    Scene("operator-overzicht", enter, ".sluis-tiles"),
    Scene("operator-overzicht-mislukt", _trouble, "#vaak"),
    Scene("operator-inlogspoor", lambda w: enter(w, "/inlogspoor"), "[data-follow] table"),
    Scene(
        "operator-inlogspoor-leeg", lambda w: enter(w, "/inlogspoor?uitkomst=niets"), ".sluis-empty"
    ),
    Scene(
        "operator-inlogspoor-fout", lambda w: enter(w, "/inlogspoor?code=niets"), "[aria-invalid]"
    ),
    Scene("operator-inlogspoor-mislukt", _failures, "#vaak"),
    Scene("operator-login", lambda w: _trace(w, leaves=True), ".sluis-trace__fail"),
    Scene("operator-login-open", lambda w: _trace(w, leaves=False), ".sluis-trace__fail"),
    Scene(
        "operator-login-onbekend", lambda w: enter(w, "/inlogspoor/0000-0000"), "form[role=search]"
    ),
    Scene("operator-certificaten", lambda w: enter(w, "/certificaten"), "#lezers"),
    Scene("operator-metadata", lambda w: enter(w, "/metadata"), "#partijen"),
    Scene("operator-metadata-leeg", lambda w: enter(w, "/metadata?zoek=zwaluw"), ".sluis-empty"),
    Scene("operator-metadata-partij", _metadata, "#wacht"),
    Scene("operator-metadata-besluit", lambda w: _metadata(w, "/besluit"), "#verschil"),
    Scene("operator-metadata-besluit-fout", _no_reason, "#reden[aria-invalid]"),
    Scene("operator-metadata-afgewezen", _rejected, "#af"),
    Scene("operator-accounts", lambda w: enter(w, "/accounts"), "#aanvragen"),
    Scene("operator-sessies", lambda w: enter(w, "/sessies"), "table"),
    Scene("operator-sessies-leeg", lambda w: enter(w, "/sessies?zoek=zwaluw"), ".sluis-empty"),
    Scene("operator-sessies-vraag", lambda w: enter(w, "/sessies/stilwater"), "#reden"),
    Scene("operator-sessies-fout", lambda w: _end_all(w, " "), "#reden[aria-invalid]"),
    Scene("operator-sessies-klaar", lambda w: _end_all(w, "Sleutel gestolen"), ".sluis-sheet"),
    Scene("operator-operators", lambda w: enter(w, "/operators"), "table"),
    Scene("operator-operators-leeg", lambda w: enter(w, "/operators?zoek=zwaluw"), ".sluis-empty"),
    Scene("operator-operators-fout", lambda w: enter(w, "/operators?rol=baas"), "[aria-invalid]"),
    Scene("operator-beeindigen", _end, "form[action$=beeindigen]"),
    Scene("operator-niet-uw-rol", _denied, ".sluis-sheet"),
    Scene("operator-uitgelogd", _log_out, "main a[href='/operator']"),
)
