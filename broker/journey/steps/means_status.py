"""The means cannot be used now: say which of the reasons it is and what to do (A14)."""

from __future__ import annotations

from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Show, StepOutcome, Turn
from broker.journey.login import Stopped
from broker.journey.pages.means_inactive import MeansInactivePage
from broker.journey.steps.frame import frame

STOPPED = Stopped(RefusalCode.NOT_ALLOWED, "means_not_active")


def enter(turn: Turn) -> StepOutcome:
    """The page for this status."""
    page = MeansInactivePage(
        frame=frame(turn),
        status=str(turn.context.means_status),
        makelaar=turn.context.provider_name,
        help_url=turn.context.provider_help_url,
    )
    return Show(page, status=403, stopped=STOPPED, found={"status": str(turn.context.means_status)})


def answer(turn: Turn) -> StepOutcome:
    """Back to the portal."""
    raise LoginRefused(STOPPED.code, STOPPED.reason, f"means {turn.context.means_status}")
