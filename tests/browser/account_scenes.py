"""Pages of accounts: the password, a new one, and forgotten login details."""

from __future__ import annotations

from typing import Final

from tests.browser.scene import Scene
from tests.browser.visitor import Visitor
from tests.running_demo import TEMPORARY

IDEEEN: Final = "Ideeënbus voor ondernemers"
ASK_RECOVERY: Final = "/inloggegevens-vergeten"


def _account(visitor: Visitor, name: str | None = None, password: str = "verkeerd") -> None:
    """At the password, or after it."""
    visitor.ask(IDEEEN)
    visitor.press("method", "account")
    if name is not None:
        visitor.page.fill("#naam", name)
        visitor.page.fill("#wachtwoord", password)
        visitor.click("form[action$='/password'] button[type=submit]")


def replace_password(visitor: Visitor, new: str | None = None) -> None:
    _account(visitor, "tess.vermeer", TEMPORARY)
    if new is not None:
        visitor.page.fill("#nieuw", new)
        visitor.page.fill("#nogmaals", new)
        visitor.click("form[action$='/new-password'] button[type=submit]")


def _forgot(visitor: Visitor, name: str) -> None:
    visitor.go(ASK_RECOVERY)
    visitor.page.fill("#naam", name)
    visitor.click("form[action$='-vergeten'] button[type=submit]")


def _recover(visitor: Visitor) -> None:
    _forgot(visitor, "eva.maas")
    link = visitor.running.recovery_link("eva")
    visitor.go(link.removeprefix(visitor.running.addresses.broker))


ACCOUNT_SCENES: Final = (
    Scene("account", _account, "#wachtwoord"),
    Scene("account-fout", lambda v: _account(v, "niemand"), "#wachtwoord-fout"),
    Scene("wachtwoord-vervangen", replace_password, "#nieuw"),
    Scene("wachtwoord-vervangen-fout", lambda v: replace_password(v, "te kort"), "#nieuw-fout"),
    Scene("vergeten", lambda v: v.go(ASK_RECOVERY), "#naam"),
    Scene("vergeten-verstuurd", lambda v: _forgot(v, "niemand@voorbeeld.example"), "#verstuurd"),
    Scene("vergeten-nieuw", _recover, "#nieuw"),
    Scene("vergeten-verlopen", lambda v: v.go(f"{ASK_RECOVERY}/oud"), "#verlopen"),
)
