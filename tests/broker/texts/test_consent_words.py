"""Why a mandate cannot be used: a sentence for each reason, which begins with whose it is."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from broker.texts.consent_words import mandate_for, refusal, refusal_of
from consent.authority import RefusalReason
from tests.broker.facts import a_page

SHOWN = [one for one in RefusalReason if one is not RefusalReason.OTHER_SERVICE]
OTHERWISE = {"nl": "kan hier niet worden gebruikt", "en": "cannot be used here"}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("reason", SHOWN)
def test_each_reason_has_a_sentence_that_begins_with_the_mandate(
    reason: RefusalReason, language: str
) -> None:
    with a_page(), force_locale(language):
        mandate = mandate_for("De Korenmolen", None)
        sentence = refusal_of(mandate, reason.value)
        assert sentence.startswith(f"{mandate} ") and sentence.endswith(".")
        assert OTHERWISE[language] not in sentence and "%(" not in sentence
        assert OTHERWISE[language] not in refusal(reason.value)


def test_what_ended_says_whose_it_was_and_when() -> None:
    with a_page():
        mandate = mandate_for("De Korenmolen", None)
        said = refusal_of(mandate, "expired", "21 november 2026")
        chain = mandate_for("De Korenmolen", "Yilmaz")
    assert said == "Uw machtiging voor De Korenmolen stopte op 21 november 2026."
    assert chain == "Uw machtiging voor De Korenmolen via Yilmaz"


def test_a_makelaar_that_may_not_speak_for_somebody_is_named() -> None:
    with a_page():
        assert refusal("not_trusted", "", "Polderpoort").startswith("Polderpoort mag niet")
        said = refusal_of(mandate_for("De Korenmolen", None), "not_trusted", "", "Polderpoort")
    assert "Polderpoort" in said


def test_a_reason_of_tomorrow_is_told_as_well() -> None:
    with a_page():
        assert refusal_of("Uw machtiging", "new") == "Uw machtiging kan hier niet worden gebruikt."
