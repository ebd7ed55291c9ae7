"""With a makelaar, or with an account here? (A1) Asked where the service offers both; a hint of the
portal or a remembered makelaar answers it.
"""

from __future__ import annotations

from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.login_methods import LoginMethod
from broker.journey.pages.choose_method import ChooseMethodPage
from broker.journey.steps import provider_hints
from broker.journey.steps.frame import frame
from providers.accounts import PROVIDER_ID
from state.copies import replace


def enter(turn: Turn) -> StepOutcome:
    """Choose without asking where that is what the user or the portal wants, else ask."""
    known = _known(turn)
    return _show(turn) if known is None else _take(turn, known)


def answer(turn: Turn) -> StepOutcome:
    """Take the way from the form."""
    chosen = turn.form.get("method", "")
    way = next((way for way in turn.context.methods if way == chosen), None)
    return _show(turn, error=True) if way is None else _take(turn, way)


def _known(turn: Turn) -> LoginMethod | None:
    hint = turn.login.request.provider_hint
    if hint == PROVIDER_ID and not turn.login.request.choose_again:
        return LoginMethod.ACCOUNT
    known = provider_hints.hinted(turn) or provider_hints.remembered(turn)
    return LoginMethod.MAKELAAR if known else None


def _take(turn: Turn, way: LoginMethod) -> StepOutcome:
    return Advance(replace(turn.login, method=way))


def _show(turn: Turn, *, error: bool = False) -> StepOutcome:
    page = ChooseMethodPage(
        frame=frame(turn),
        level=turn.login.request.level.label,
        takes_means=turn.context.offers_means,
        error=error,
    )
    return Show(page, status=422 if error else 200)
