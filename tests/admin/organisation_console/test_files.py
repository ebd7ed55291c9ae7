"""Words of lists in files: those of the pages, never the machine's."""

from __future__ import annotations

import pytest

from admin.organisation_console import files, people
from admin.organisation_console.mandates import STATES
from broker.texts.outside_request import texts


def test_a_file_of_people_says_of_every_state_what_the_page_says() -> None:
    with texts():
        words = {state: files.means(state) for state in people.STATES}
    assert len(set(words.values())) == len(words)
    assert words["approval"] == "Wachten op goedkeuring" and words["none"] == "Nog geen inlogmiddel"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("active", "Geldt"),
        ("soon", "Stopt binnen twee maanden"),
        ("future", "Begint later"),
        ("left", "Telt niet meer: hoort niet meer bij de organisatie"),
        ("off", "Telt niet: gegeven met een link"),
        ("revoked", "Vandaag ingetrokken"),
        ("undo", "Vandaag ingetrokken"),
    ],
)
def test_a_file_of_mandates_has_words(state: str, word: str) -> None:
    assert state in (*STATES, "undo", "off")
    with texts():
        assert files.mandate(state) == word
