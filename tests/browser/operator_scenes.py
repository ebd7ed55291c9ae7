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
from tests.browser.visitor import Visitor

BODEM: Final = "Meldportaal Bodem"
GOOD: Final = "een lange zin voor de sluis"
_SESSIONS: Final[dict[tuple[str, str], str]] = {}  # cookies, by demo and user name
_REFERENCE: Final = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def enter(visitor: Visitor, path: str = "", user_name: str = USER_NAME) -> None:
    """Go to a page of the console; log in first, unless an earlier visitor's login still holds."""
    who = (str(visitor.running.demo.directory), user_name)
    here = visitor.running.addresses.broker
    if who in _SESSIONS:
        https = here.replace("http:", "https:")  # else a secure cookie is not taken in
        cookie = {"name": OPERATOR.cookie, "value": _SESSIONS[who], "url": https}
        visitor.context.add_cookies([{**cookie, "secure": True, "httpOnly": True}])
    visitor.go("/operator" + path)
    if not visitor.page.locator("#wachtwoord").count():
        return
    _log_in(visitor, user_name)
    cookies = {one["name"]: one["value"] for one in visitor.context.cookies(here)}
    _SESSIONS[who] = cookies[OPERATOR.cookie]
    visitor.go("/operator" + path)


def _log_in(visitor: Visitor, user_name: str) -> None:
    visitor.page.fill("#naam", user_name)
    visitor.page.fill("#wachtwoord", password(visitor.running.demo, user_name))
    visitor.click("form:has(#wachtwoord) button[type=submit]")
    visitor.running.forget_codes()  # a code of the same half minute was given for another page
    visitor.give_code(visitor.running.code_of(user_name))
    visitor.wait_for(".sluis-nav")


def _somebody_new(visitor: Visitor) -> str:
    return new_link(
        visitor.running.parties, f"nieuw-{secrets.token_hex(4)}", "Kim Nieuwenhuis", "helpdesk"
    )


def _open_link(visitor: Visitor, link: str | None = None) -> None:
    visitor.page.goto(link or _somebody_new(visitor))
    visitor.look()


def _with_app(visitor: Visitor) -> None:
    _choose(visitor)
    visitor.click("a[href*='met=app']")


def _with_passkey(visitor: Visitor) -> None:
    _choose(visitor)
    visitor.click("a[href$='/passkey']")


def _choose(visitor: Visitor, text: str = GOOD, link: str | None = None) -> None:
    """The password, up to the choice between a passkey and an app."""
    _open_link(visitor, link)
    visitor.page.fill("#nieuw", text)
    visitor.page.fill("#nogmaals", text)
    visitor.click("form:has(#nieuw) .utrecht-action-group button")


def _give(visitor: Visitor, code: str) -> None:
    visitor.page.fill("#code", code)
    visitor.click("form:has(#code) button")


def _wrong_code(visitor: Visitor) -> None:
    _with_app(visitor)
    _give(visitor, "000000")


def _codes(visitor: Visitor) -> None:
    _with_app(visitor)
    seed = (visitor.page.text_content(".sluis-seed") or "").replace(" ", "")
    _give(visitor, visitor.running.code_with(seed))


def _all_done(visitor: Visitor) -> None:
    _codes(visitor)
    visitor.click("form[action$=klaar] button")


def _used_link(visitor: Visitor) -> None:
    link = _somebody_new(visitor)
    _choose(visitor, link=link)
    visitor.context.clear_cookies()
    visitor.page.goto(link)


def _failed(visitor: Visitor, *, leaves: bool) -> str:
    """A login of somebody else, whose makelaar has a wrong clock; the code of its error page."""
    walk = Walk(visitor.running.demo, BODEM, "Polderpoort", "jan", fault="clock_ahead")
    found = _REFERENCE.search(walk.run().text)
    assert found is not None
    if leaves:
        walk.browser.click("Ga terug naar Bronhouderportaal")
    return found.group()


def _trace(visitor: Visitor, *, leaves: bool) -> None:
    code = _failed(visitor, leaves=leaves)
    enter(visitor)
    visitor.page.fill("#code", code.lower())
    visitor.click("form[role=search] button")


def _denied(visitor: Visitor) -> None:
    user_name = f"sleutel-{secrets.token_hex(4)}"
    make_operator(
        visitor.running.demo, visitor.running.parties, user_name, "Noor Sleutel", "key_officer"
    )
    enter(visitor, "/inlogspoor", user_name)


def _log_out(visitor: Visitor) -> None:
    enter(visitor)
    visitor.click("form[action$=uitloggen] button")


def _end(visitor: Visitor) -> None:
    _somebody_new(visitor)
    enter(visitor, "/operators")
    visitor.click("td a")


OPERATOR_SCENES: Final = (
    Scene("operator-instellen", _open_link, "#nieuw"),
    Scene("operator-instellen-fout", lambda v: _choose(v, "kort"), "[aria-invalid]"),
    Scene("operator-keuze", _choose, ".sluis-choices"),
    Scene("operator-passkey", _with_passkey, "#passkey"),
    Scene("operator-app", _with_app, ".sluis-qr"),
    Scene("operator-app-fout", _wrong_code, "#code[aria-invalid]"),
    Scene("operator-herstelcodes", _codes, ".sluis-codes"),
    Scene("operator-ingesteld", _all_done, "main a[href='/operator']"),
    Scene("operator-link-gebruikt", _used_link, ".utrecht-code-block"),
    Scene(
        "operator-link-onbekend", lambda v: v.go("/operator/instellen/niets"), ".utrecht-code-block"
    ),
    Scene("operator-overzicht", enter, ".sluis-tiles"),
    Scene("operator-inlogspoor", lambda v: enter(v, "/inlogspoor"), "[data-follow] table"),
    Scene(
        "operator-inlogspoor-leeg", lambda v: enter(v, "/inlogspoor?uitkomst=niets"), ".sluis-empty"
    ),
    Scene(
        "operator-inlogspoor-fout", lambda v: enter(v, "/inlogspoor?code=niets"), "[aria-invalid]"
    ),
    Scene("operator-login", lambda v: _trace(v, leaves=True), ".sluis-trace__fail"),
    Scene("operator-login-open", lambda v: _trace(v, leaves=False), ".sluis-trace__fail"),
    Scene(
        "operator-login-onbekend", lambda v: enter(v, "/inlogspoor/0000-0000"), "form[role=search]"
    ),
    Scene("operator-certificaten", lambda v: enter(v, "/certificaten"), "#lezers"),
    Scene("operator-operators", lambda v: enter(v, "/operators"), "table"),
    Scene("operator-beeindigen", _end, "form[action$=beeindigen]"),
    Scene("operator-niet-uw-rol", _denied, ".sluis-sheet"),
    Scene("operator-uitgelogd", _log_out, "main a[href='/operator']"),
)
