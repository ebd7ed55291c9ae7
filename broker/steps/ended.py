"""The login cannot succeed any more: say why, then back to the portal."""

from __future__ import annotations

from typing import NoReturn

from broker.dispatch import Outcome, Show, Turn
from broker.downstream.interface import LoginRefused
from broker.http.texts import error_page
from broker.steps.frame import frame


def enter(turn: Turn) -> Outcome:
    """The page of this ending, or at once back to the portal where the user chose to stop."""
    ended = turn.login.ended
    assert ended is not None
    if ended.public_key is None:
        _refuse(turn)
    page = error_page(
        ended.public_key, reference=turn.login.reference, at=turn.now, frame=frame(turn)
    )
    return Show(page, status=400)


def answer(turn: Turn) -> Outcome:
    """Back to the portal."""
    _refuse(turn)


def _refuse(turn: Turn) -> NoReturn:
    ended = turn.login.ended
    assert ended is not None
    raise LoginRefused(ended.code, ended.public_key or "cancelled", ended.reason)
