"""Pages of accounts: the password, a new one, and forgotten login details."""

from __future__ import annotations

from typing import Final

from tests.browser.scene import Scene
from tests.browser.walker import Walker
from tests.running_demo import TEMPORARY

IDEEEN: Final = "Ideeënbus voor ondernemers"
ASK_RECOVERY: Final = "/inloggegevens-vergeten"


def _account(walker: Walker, name: str | None = None, password: str = "verkeerd") -> None:
    """At the password, or after it."""
    walker.ask(IDEEEN)
    walker.press("method", "account")
    if name is not None:
        walker.fill("#naam", name)
        walker.fill("#wachtwoord", password)
        walker.click("form[action$='/password'] button[type=submit]")


def _replace_password(walker: Walker, new: str | None = None) -> None:
    _account(walker, "tess.vermeer", TEMPORARY)
    if new is not None:
        walker.fill("#nieuw", new)
        walker.fill("#nogmaals", new)
        walker.click("form[action$='/new-password'] button[type=submit]")


def _forgot(walker: Walker, name: str) -> None:
    walker.go(ASK_RECOVERY)
    walker.fill("#naam", name)
    walker.click("form[action$='-vergeten'] button[type=submit]")


def _recover(walker: Walker) -> None:
    _forgot(walker, "eva.maas")
    link = walker.running.recovery_link("eva")
    walker.go(link.removeprefix(walker.running.addresses.broker))


ACCOUNT_SCENES: Final = (
    Scene("account", _account, "#wachtwoord"),
    Scene("account-fout", lambda w: _account(w, "niemand"), "#wachtwoord-fout"),
    Scene("wachtwoord-vervangen", _replace_password, "#nieuw"),
    Scene("wachtwoord-vervangen-fout", lambda w: _replace_password(w, "te kort"), "#nieuw-fout"),
    Scene("vergeten", lambda w: w.go(ASK_RECOVERY), "#naam"),
    Scene("vergeten-verstuurd", lambda w: _forgot(w, "niemand@voorbeeld.example"), "#verstuurd"),
    Scene("vergeten-nieuw", _recover, "#nieuw"),
    Scene("vergeten-verlopen", lambda w: w.go(f"{ASK_RECOVERY}/oud"), "#verlopen"),
)
