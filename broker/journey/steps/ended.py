"""The login cannot succeed any more: back to the portal, which hears why.

A message that was refused has had its page already, where it arrived.
"""

from __future__ import annotations

from broker.downstream import LoginRefused
from broker.journey.dispatch import StepOutcome, Turn


def enter(turn: Turn) -> StepOutcome:
    """Asks nothing."""
    ended = turn.login.ended
    assert ended is not None
    raise LoginRefused(ended.code, ended.public_key or "cancelled", ended.reason)


def answer(turn: Turn) -> StepOutcome:
    """There is no form."""
    return enter(turn)
