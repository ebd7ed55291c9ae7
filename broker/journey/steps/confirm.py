"""A fresh code for the answer to a document (A16): bound to this login and to nothing else."""

from __future__ import annotations

from assurance.accepted_factor import AcceptedFactor
from broker.journey.dispatch import Advance, StepOutcome, Turn
from broker.journey.flow import Step
from broker.journey.login import Login
from broker.journey.steps import factor_question
from broker.journey.steps.factor_question import Question
from state.copies import replace


def enter(turn: Turn) -> StepOutcome:
    """Ask the code."""
    return factor_question.enter(turn, _question(turn))


def answer(turn: Turn) -> StepOutcome:
    """Check the code, or go back to the document."""
    if "change" in turn.form:
        return Advance(replace(turn.login, answer=None, sms=None, challenge=None))
    return factor_question.answer(turn, _question(turn))


def _question(turn: Turn) -> Question:
    return Question(Step.CONFIRM, _confirmed, document=turn.login.request.document)


def _confirmed(login: Login, done: AcceptedFactor) -> Login:
    return replace(login, confirmed=done)
