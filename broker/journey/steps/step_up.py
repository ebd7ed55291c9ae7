"""The level is not reached yet: a second factor of Sluis where that counts (A9), else what would
help (A13).
"""

from __future__ import annotations

from assurance.accepted_factor import AcceptedFactor
from assurance.levels import suffices
from assurance.step_up import LocalFactor, Upstream
from broker.downstream import LoginRefused
from broker.journey.dispatch import Advance, StepOutcome, Turn
from broker.journey.flow import Step
from broker.journey.login import Login
from broker.journey.steps import factor_question, level_unknown, unreachable
from broker.journey.steps.factor_question import Question
from providers.registry import ProviderRecord
from state.copies import replace

MAX_ROUNDS = 3  # times that one login is sent to a makelaar
MAKELAAR = "makelaar"  # the other way that is no factor


_OF_A_FACTOR = frozenset({"assertion", "code", "resend", "use"})  # in a form that asked for one


def enter(turn: Turn) -> StepOutcome:
    """Ask the code, ask the makelaar for more, or say what is missing."""
    missing = turn.context.missing
    if turn.login.not_understood:
        return level_unknown.show(turn, may_use_factor=_may_use_factor(turn))
    if turn.login.too_low:
        return unreachable.show(turn, may_use_factor=_may_use_factor(turn))
    if isinstance(missing, LocalFactor):
        return factor_question.enter(turn, _question(turn))
    if isinstance(missing, Upstream) and turn.login.departures < MAX_ROUNDS:
        return Advance(_back_to_makelaar(turn.login))
    return unreachable.show(turn)


def answer(turn: Turn) -> StepOutcome:
    """Check the code; where no code can help, back to the portal."""
    login = turn.login
    if login.lacks_level and "use" in turn.form and _may_use_factor(turn):
        again = replace(login, too_low=False, not_understood=False, given=None, insists=False)
        return Advance(again)
    is_open = isinstance(turn.context.missing, LocalFactor)
    if not login.lacks_level and not is_open and _OF_A_FACTOR & turn.form.keys():
        return Advance(login)  # to the page that says why it is of no use any more
    if login.lacks_level or not is_open:
        stopped = level_unknown.STOPPED if login.not_understood else unreachable.STOPPED
        raise LoginRefused(stopped.code, stopped.reason, "user returned to the portal")
    question = _question(turn)
    if turn.form.get("use") == MAKELAAR and question.makelaar is not None:
        return Advance(_back_to_makelaar(login))
    return factor_question.answer(turn, question)


def _question(turn: Turn) -> Question:
    return Question(Step.STEP_UP, _lifted, _may_give_more(turn))


def _lifted(login: Login, done: AcceptedFactor) -> Login:
    return replace(login, factor=done)


def _back_to_makelaar(login: Login) -> Login:
    """The makelaar is asked for more; whoever comes back must be the one who left."""
    return replace(login.once_more(), insists=True)


def _may_give_more(turn: Turn) -> ProviderRecord | None:
    """The makelaar, where the user may be sent back for the level instead of giving a code."""
    record = turn.context.provider
    if record is None or turn.login.departures >= MAX_ROUNDS:
        return None
    return record if suffices(record.level_ceiling, turn.context.needed) else None


def _may_use_factor(turn: Turn) -> bool:
    """Back without the level; has the one who was sent a factor that would do?"""
    login = turn.login
    return (
        login.must_be is not None and login.departures < MAX_ROUNDS and bool(turn.context.factors)
    )
