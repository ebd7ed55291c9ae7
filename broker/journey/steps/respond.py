"""Every question is answered: give the portal its answer."""

from __future__ import annotations

from broker.journey import completion
from broker.journey.dispatch import Finish, StepOutcome, Turn


def enter(turn: Turn) -> StepOutcome:
    """Finish the login."""
    return Finish(completion.succeed(turn.rt, turn.login, turn.context))


def answer(turn: Turn) -> StepOutcome:
    """A form that comes too late finishes the login just as well."""
    return enter(turn)
