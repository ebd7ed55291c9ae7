"""Every question is answered: give the portal its answer."""

from __future__ import annotations

from broker.journey import completion
from broker.journey.dispatch import Finish, Outcome, Turn


def enter(turn: Turn) -> Outcome:
    """Finish the login."""
    return Finish(completion.succeed(turn.rt, turn.login, turn.meets))


def answer(turn: Turn) -> Outcome:
    """A form that comes too late finishes the login just as well."""
    return enter(turn)
