"""A code for an answer: who goes back gives another answer first."""

from __future__ import annotations

from broker.journey.dispatch import Advance
from broker.journey.steps import confirm
from consent.documents import Answer
from tests.broker.facts import a_login, a_runtime, a_turn
from tests.clocks import START


def test_who_goes_back_to_the_document_has_not_answered() -> None:
    login = a_login(answer=Answer("shown", True, "", False, START), challenge="of a passkey")
    outcome = confirm.answer(a_turn(a_runtime(), login, form={"change": ""}))
    assert isinstance(outcome, Advance)
    assert (outcome.login.answer, outcome.login.challenge) == (None, None)
