"""Pages of the reset of factors at the operator console, each for a person of its own."""

from __future__ import annotations

import secrets
from typing import Final

import pyotp

from sandbox.operator import make_operator
from sandbox.prepare import keep_secret
from tests.browser.operator_scenes import enter
from tests.browser.scene import Scene
from tests.browser.walker import Walker

_SOMEBODY: Final = """\
kind: Person
id: {name}
name: Saskia van den Oever
email: {address}
totp_secret_file: {file}
"""
_ASKERS: Final[dict[str, str]] = {}  # by the directory of the demo


def _somebody(walker: Walker) -> str:
    """The e-mail address of somebody new with an app."""
    name, demo = f"saskia-{secrets.token_hex(4)}", walker.running.demo
    address = f"{name}@voorbeeld.example"
    keep_secret(demo, f"{name}.totp", pyotp.random_base32())
    file = demo.secrets / f"{name}.totp"
    walker.running.apply(name, _SOMEBODY.format(name=name, address=address, file=file))
    return address


def _asker(walker: Walker) -> str:
    """Somebody of the help desk, once for each demo: one name may log in thirty times in 15
    minutes, and the other scenes take theirs.
    """
    directory = str(walker.running.demo.directory)
    if directory not in _ASKERS:
        user_name = f"anouk-{secrets.token_hex(4)}"
        make_operator(
            walker.running.demo, walker.running.parties, user_name, "Anouk Vermeulen", "helpdesk"
        )
        _ASKERS[directory] = user_name
    return _ASKERS[directory]


def _search(walker: Walker, text: str) -> None:
    enter(walker, "/herstel", _asker(walker))
    walker.fill("#who", text)
    walker.click("form:has(#who) button")


def _incomplete(walker: Walker) -> None:
    """Nothing chosen, by a browser that does not insist."""
    _search(walker, _somebody(walker))
    walker.click("main form .utrecht-button--primary-action")


def _ask(walker: Walker) -> None:
    _search(walker, _somebody(walker))
    walker.check("input[name=reason][value=stolen]")
    walker.check("input[name=proof][value=remote]")
    walker.click("main form .utrecht-button--primary-action")


def _as_colleague(walker: Walker) -> None:
    """The request, seen by somebody else of the help desk."""
    _ask(walker)
    url, user_name = walker.url, f"balie-{secrets.token_hex(4)}"
    make_operator(
        walker.running.demo, walker.running.parties, user_name, f"Noor {user_name}", "helpdesk"
    )
    walker.browser.forget_cookies()
    enter(walker, "/herstel", user_name)
    walker.open(url)


def _decide(walker: Walker, decision: str) -> None:
    _as_colleague(walker)
    walker.press("decision", decision)


def _waiting(walker: Walker) -> None:
    _ask(walker)
    walker.go("/operator/herstel")


RESET_SCENES: Final = (
    Scene("operator-herstel", _waiting, "#who"),
    Scene("operator-herstel-niemand", lambda w: _search(w, "niemand"), "#who[aria-invalid]"),
    Scene("operator-herstel-vraag", lambda w: _search(w, _somebody(w)), "input[name=proof][value]"),
    Scene("operator-herstel-vraag-fout", _incomplete, "#reason-fout"),
    Scene("operator-herstel-niet", lambda w: _search(w, "robin"), ".utrecht-alert--warning"),
    Scene("operator-herstel-wacht", _ask, "button[value=withdraw]"),
    Scene("operator-herstel-besluit", _as_colleague, "button[value=approve]"),
    Scene("operator-herstel-gedaan", lambda w: _decide(w, "approve"), ".utrecht-alert--ok"),
    Scene("operator-herstel-afgewezen", lambda w: _decide(w, "reject"), ".utrecht-alert--info"),
)
