"""Why somebody logs in again: a sentence for each reason, in both languages."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from assurance.session_reuse import AskedAgain, Obstacle
from broker.texts.asked_again import sentence
from tests.broker.facts import a_page


def said(asked: AskedAgain, language: str = "nl") -> str:
    with a_page(), force_locale(language):
        return sentence(asked, portal="Waterloket", level="EH3")


@pytest.mark.parametrize(
    ("asked", "dutch", "english"),
    [
        (AskedAgain(Obstacle.TOO_OLD, 600), "langer dan 10 minuten geleden", "10 minutes ago"),
        (AskedAgain(Obstacle.TOO_OLD, 119), "langer dan 1 minuut geleden", "1 minute ago"),
        (AskedAgain(Obstacle.TOO_OLD, 0), "Waterloket vraagt u", "Waterloket asks you"),
        (AskedAgain(Obstacle.FORCED), "Waterloket vraagt u", "Waterloket asks you"),
        (AskedAgain(Obstacle.TOO_LOW), "EH3 of hoger", "EH3 or higher"),
        (AskedAgain(Obstacle.HIGHEST_LEVEL), "altijd opnieuw", "always log in again"),
        (AskedAgain(Obstacle.FACTOR_TOO_OLD), "tweede controle", "second check"),
        (AskedAgain(Obstacle.OVER), "vorige sessie is voorbij", "session is over"),
    ],
)
def test_each_reason_has_a_sentence(asked: AskedAgain, dutch: str, english: str) -> None:
    assert dutch in said(asked) and english in said(asked, "en")
