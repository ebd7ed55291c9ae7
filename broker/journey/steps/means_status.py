"""The means cannot be used now: say which of the reasons it is and what to do (A14)."""

from __future__ import annotations

from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Show, StepOutcome, Turn
from broker.journey.login import Stopped
from broker.journey.pages.means_inactive import MeansInactivePage
from broker.journey.steps.frame import frame
from directory.people import MeansStatus

BLOCKED = Stopped(RefusalCode.NOT_ALLOWED, "means_blocked")
NOT_ACTIVATED = Stopped(RefusalCode.NOT_ALLOWED, "means_not_activated")


def enter(turn: Turn) -> StepOutcome:
    """The page for this status."""
    page = MeansInactivePage(
        frame=frame(turn),
        status=str(turn.context.means_status),
        makelaar=turn.context.provider_name,
        help_url=turn.context.provider_help_url,
    )
    found = {"status": str(turn.context.means_status)}
    return Show(page, status=403, stopped=_stopped(turn), found=found)


def answer(turn: Turn) -> StepOutcome:
    """Back to the portal."""
    stopped = _stopped(turn)
    raise LoginRefused(stopped.code, stopped.reason, f"means {turn.context.means_status}")


def _stopped(turn: Turn) -> Stopped:
    is_blocked = turn.context.means_status is MeansStatus.BLOCKED
    return BLOCKED if is_blocked else NOT_ACTIVATED
