"""Pages of the reset of factors at the operator console, each for a person of its own."""

from __future__ import annotations

import secrets
from typing import Final

import pyotp

from sandbox.operator import make_operator
from sandbox.prepare import keep_secret
from tests.browser.operator_scenes import enter
from tests.browser.scene import Scene
from tests.browser.visitor import Visitor

_SOMEBODY: Final = """\
kind: Person
id: {name}
name: Saskia van den Oever
email: {address}
totp_secret_file: {file}
"""
_ASKERS: Final[dict[str, str]] = {}  # by the directory of the demo


def _somebody(visitor: Visitor) -> str:
    """The e-mail address of somebody new with an app."""
    name, demo = f"saskia-{secrets.token_hex(4)}", visitor.running.demo
    address = f"{name}@voorbeeld.example"
    keep_secret(demo, f"{name}.totp", pyotp.random_base32())
    file = demo.secrets / f"{name}.totp"
    visitor.running.apply(name, _SOMEBODY.format(name=name, address=address, file=file))
    return address


def _asker(visitor: Visitor) -> str:
    """Somebody of the help desk, once for each demo: one name may log in thirty times in 15
    minutes, and the other scenes take theirs.
    """
    directory = str(visitor.running.demo.directory)
    if directory not in _ASKERS:
        user_name = f"anouk-{secrets.token_hex(4)}"
        make_operator(
            visitor.running.demo, visitor.running.parties, user_name, "Anouk Vermeulen", "helpdesk"
        )
        _ASKERS[directory] = user_name
    return _ASKERS[directory]


def _search(visitor: Visitor, text: str) -> None:
    enter(visitor, "/herstel", _asker(visitor))
    visitor.page.fill("#who", text)
    visitor.click("form:has(#who) button")


def _incomplete(visitor: Visitor) -> None:
    """Nothing chosen, by a browser that does not insist."""
    _search(visitor, _somebody(visitor))
    visitor.page.evaluate("document.querySelector('main form').noValidate = true")
    visitor.click("main form .utrecht-button--primary-action")


def _ask(visitor: Visitor) -> None:
    _search(visitor, _somebody(visitor))
    visitor.page.check("input[name=reason][value=stolen]")
    visitor.page.check("input[name=proof][value=remote]")
    visitor.click("main form .utrecht-button--primary-action")


def _as_colleague(visitor: Visitor) -> None:
    """The request, seen by somebody else of the help desk."""
    _ask(visitor)
    url, user_name = visitor.page.url, f"balie-{secrets.token_hex(4)}"
    make_operator(
        visitor.running.demo, visitor.running.parties, user_name, f"Noor {user_name}", "helpdesk"
    )
    visitor.context.clear_cookies()
    enter(visitor, "/herstel", user_name)
    visitor.page.goto(url)
    visitor.look()


def _decide(visitor: Visitor, decision: str) -> None:
    _as_colleague(visitor)
    visitor.press("decision", decision)


def _waiting(visitor: Visitor) -> None:
    _ask(visitor)
    visitor.go("/operator/herstel")


RESET_SCENES: Final = (
    Scene("operator-herstel", _waiting, "#who"),
    Scene("operator-herstel-niemand", lambda v: _search(v, "niemand"), "#who[aria-invalid]"),
    Scene("operator-herstel-vraag", lambda v: _search(v, _somebody(v)), "input[name=proof][value]"),
    Scene("operator-herstel-vraag-fout", _incomplete, "#reason-fout"),
    Scene("operator-herstel-niet", lambda v: _search(v, "robin"), ".utrecht-alert--warning"),
    Scene("operator-herstel-wacht", _ask, "button[value=withdraw]"),
    Scene("operator-herstel-besluit", _as_colleague, "button[value=approve]"),
    Scene("operator-herstel-gedaan", lambda v: _decide(v, "approve"), ".utrecht-alert--ok"),
    Scene("operator-herstel-afgewezen", lambda v: _decide(v, "reject"), ".utrecht-alert--info"),
)
