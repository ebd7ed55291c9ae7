"""Everything that the sandbox says has an English text, and the pages are in the language of who
reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.extract import extract_from_dir

from sandbox import refusals, tries
from sandbox.language import of_terminal
from sandbox.makelaar.faults import DESCRIPTIONS
from sandbox.people import GUEST, PEOPLE
from sandbox.portal import relying_party
from sandbox.portal.app import HELP, PRIVACY
from sandbox.portal.claims import MEANINGS
from sandbox.portal.clients import BEHIND_GATEWAY, CLIENTS
from sandbox.postbus.app import KINDS
from sandbox.refusals import Refusal
from sandbox.saml_portal import attributes
from sandbox.tables import FACTORS_HERE
from sandbox.texts import ENGLISH, said

CONSTANTS = ("FAILED", "REQUEST", "SENDER", "SIGNATURE", "REACHED", "BY_EMAIL", "MANDATE", "ALONE")
ROOT = Path(__file__).parents[2] / "sandbox"
# The same in both languages: words, commands, and claims of a logout token.
SAME = {
    *("Demo", "{decision}", "sluis init", "sluis apply -f registrations"),
    *("typ", "issuer", "audience", "iat, exp", "events", "nonce"),
}


def _called() -> Iterator[str]:
    """What templates and code give to a function of texts, as it is."""
    named = ("said", "_step", "LoginWrong", "RequestRefused", "Check", "_check")
    in_code = dict.fromkeys(named)
    for methods, keywords in (
        ([("saml_portal/**", "ignore"), ("**.py", "python")], in_code),
        ([("templates/**.html", "jinja2")], {"_": None}),
    ):
        for found in extract_from_dir(ROOT, methods, keywords=keywords):
            yield found[2] if isinstance(found[2], str) else found[2][0]


def _held() -> Iterator[str]:
    """What tables of the sandbox hold."""
    for person in (*PEOPLE, GUEST):
        yield person.shows
        yield from (one.factor for one in person.logins)
        yield from (one.less.factor for one in person.logins if one.less is not None)
        if person.account is not None:
            yield person.account.factor
    yield from FACTORS_HERE.values()
    yield from (one.label for one in DESCRIPTIONS.values())
    yield from (getattr(relying_party, name) for name in CONSTANTS)
    yield from KINDS.values()
    yield from (*HELP, *PRIVACY)
    yield from MEANINGS.values()
    yield from attributes.MEANINGS.values()
    yield from (hint.what for hint in tries.HINTS)
    yield from (text for one in tries.TRIES for text in (one.title, one.then))
    yield from (text for one in tries.STORIES for text in (one.title, *one.steps))
    for refusal in vars(refusals).values():
        if isinstance(refusal, Refusal):
            yield from refusal
    for client in (*CLIENTS, *BEHIND_GATEWAY):
        yield from (client.name, *(service.name for service in client.services))


def test_every_text_has_an_english_one() -> None:
    needed = {text for text in (*_called(), *_held()) if re.search(r"[a-z]{3}", text)}
    assert len(needed) > 200, "where are they?"
    assert sorted(needed - set(ENGLISH) - SAME) == []


@pytest.mark.parametrize("dutch", ENGLISH)
def test_both_languages_have_room_for_the_same_values(dutch: str) -> None:
    names = re.compile(r"\{(\w+)\}")
    assert set(names.findall(dutch)) == set(names.findall(ENGLISH[dutch]))


def test_names_of_portals_and_services_are_those_that_are_registered() -> None:
    """People meet them here and at the broker."""
    registered = {}
    for file in (ROOT / "registrations").glob("*.yaml"):
        for part in file.read_text("utf-8").split("---"):
            found = re.search(r"^name: (\{nl: .*\})$", part, re.M)
            if found is not None:
                name = yaml.safe_load(found[1])
                registered[name["nl"]] = name["en"]
    for client in (*CLIENTS, *BEHIND_GATEWAY):
        for name in (client.name, *(service.name for service in client.services)):
            assert registered[name] == said(name, "en")


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "nl"),
        ({"LANG": "C.UTF-8"}, "nl"),
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl"}, "nl"),
        ({"LANG": "nl_BE@euro"}, "nl"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "nl_NL.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "", "LC_ALL": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_NL.UTF-8", "LC_CTYPE": "en_US.UTF-8"}, "nl"),
        ({"LANG": "nlx_XX"}, "en"),
    ],
)
def test_the_language_of_a_terminal(environ: dict[str, str], language: str) -> None:
    assert of_terminal(environ) == language
