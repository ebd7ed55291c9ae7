"""The page of a refused answer says what the explanation of its reason says."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from broker.texts.outside_request import texts
from broker.texts.reasons import page_of
from broker.texts.rejected_answers import page_text
from broker.web.errors import error_page
from tests.clocks import START

NOT_VALID = "Het antwoord van uw makelaar was niet geldig."


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("schema", NOT_VALID),  # the makelaar mends it
        ("code_refused", "Daarom konden wij het antwoord van uw makelaar niet gebruiken."),  # we do
        ("service_mismatch", "U heeft bij uw makelaar geen machtiging voor deze dienst."),
        ("not_trusted", "Uw makelaar mag hier niet voor uw organisatie spreken."),
        ("no such reason", NOT_VALID),
        (None, NOT_VALID),
    ],
)
def test_it_blames_who_has_to_mend_it(reason: str | None, what: str) -> None:
    with texts(), force_locale("nl"):
        key = page_of(reason or "")
        text = page_text(key, reason)
        assert str(text.what).startswith(what)
        page = error_page(key, reference="AB12CD34", at=START, reason=reason)
        assert page.what == str(text.what)


def test_another_page_of_error_has_its_own_words_whatever_the_reason() -> None:
    with texts(), force_locale("en"):
        page = error_page("csrf", reference="AB12CD34", at=START, reason="audience")
        assert page.title == "This page has expired"
        assert error_page("no such key", reference="AB12CD34", at=START).code == "SLS-5002"
