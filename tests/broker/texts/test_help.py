"""Help: what it says of privacy is what the product does, and the glossary explains our words."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.texts import accessibility
from broker.texts.help import TOPICS
from consent.release import NAMES_A_PERSON, may_leave
from directory.services import ConsentRule


def _text(topic: str) -> str:
    return " ".join(f"{head} {text}" for head, text in TOPICS[topic][1])


def test_without_a_page_no_name_leaves_as_privacy_says() -> None:
    assert "Sommige diensten vragen niets: die krijgen uw naam en e-mailadres niet." in _text(
        "privacy"
    )
    assert not any(may_leave(claim, ConsentRule.NONE) for claim in NAMES_A_PERSON)
    assert {"name", "email"} == NAMES_A_PERSON


def test_a_remembered_consent_is_not_promised_to_be_shown() -> None:
    said = _text("privacy")
    assert "Koos u ‘Vraag dit niet opnieuw’? Dan ziet u ze pas weer als zij veranderen." in said


@pytest.mark.parametrize(
    "word",
    [
        *("Beheerder", "Dienst", "Herstelcode", "Inlogmiddel", "Ketenmachtiging", "Machtiging"),
        *("Makelaar", "Niveau", "Passkey", "Pseudoniem", "Sessie", "Tweede factor", "Vestiging"),
    ],
)
def test_the_glossary_explains(word: str) -> None:
    assert word in [str(head) for head, _text in TOPICS["begrippen"][1]]


def test_where_somebody_is_logged_in_and_logs_out_everywhere_is_explained() -> None:
    for topic in ("privacy", "code"):
        assert "Mijn sessies" in _text(topic) and "overal" in _text(topic)
    assert "Dat bewaren wij tot %(session)s na het uitloggen." in _text("privacy")


def test_the_glossary_is_in_alphabetical_order() -> None:
    heads = [str(head) for head, _text in TOPICS["begrippen"][1]]
    assert heads == sorted(heads)


def test_each_kind_of_second_factor_is_explained_and_what_to_do_when_it_is_lost() -> None:
    said = _text("code")
    for kind in ("app", "sms", "apparaat", "passkey", "herstelcode"):
        assert kind in said, kind
    lost = next(str(t) for head, t in TOPICS["code"][1] if "kwijt" in str(head))
    assert lost.index("herstelcodes") < lost.index("beheerder")


def test_the_accessibility_statement_is_that_of_the_documentation() -> None:
    document = Path("docs/accessibility.md").read_text(encoding="utf-8")
    assert accessibility.MEASURED_ON.isoformat() in document
    assert accessibility.STANDARD in document
    told = {
        line.split()[1]
        for line in document.splitlines()
        if line.startswith(("| 1.", "| 2.", "| 3.", "| 4."))
    }
    assert told == {one.criterion for one in accessibility.FINDINGS}


def test_the_accessibility_statement_says_against_what_when_and_whom_to_tell() -> None:
    said = _text("toegankelijkheid")
    for part in ("WCAG 2.2, niveau A en AA", "gedeeltelijk", "%(measured)s", "helpdesk"):
        assert part in said, part
