"""The means cannot be used now: say which of the reasons it is and what to do (A14)."""

from __future__ import annotations

from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Show, StepOutcome, Turn
from broker.journey.login import Stopped
from broker.journey.pages.means_inactive import MeansInactivePage
from broker.journey.steps.frame import frame
from broker.sso import standing
from broker.web.registration_names import provider_name
from directory.people import MeansStatus

BLOCKED = Stopped(RefusalCode.NOT_ALLOWED, "means_blocked")
RESTRICTED = Stopped(RefusalCode.NOT_ALLOWED, standing.MEANS_RESTRICTED)
NOT_ACTIVATED = Stopped(RefusalCode.NOT_ALLOWED, "means_not_activated")


def enter(turn: Turn) -> StepOutcome:
    """The page for this status."""
    page = MeansInactivePage(
        frame=frame(turn),
        status=str(turn.context.means_status),
        makelaar=turn.context.provider_name,
        only_at=_only_at(turn),
        help_url=turn.context.provider_help_url,
    )
    found = {"status": str(turn.context.means_status)}
    return Show(page, status=403, stopped=_stopped(turn), found=found)


def _only_at(turn: Turn) -> str:
    """The provider at whose services a restricted means counts, else empty."""
    if turn.context.means_status is not MeansStatus.RESTRICTED:
        return ""
    oin = turn.context.identity.own_means_for or ""
    return provider_name(turn.context.configuration, oin) or oin


def answer(turn: Turn) -> StepOutcome:
    """Back to the portal."""
    stopped = _stopped(turn)
    raise LoginRefused(stopped.code, stopped.reason, f"means {turn.context.means_status}")


def _stopped(turn: Turn) -> Stopped:
    status = turn.context.means_status
    if status is MeansStatus.RESTRICTED:
        return RESTRICTED
    return BLOCKED if status is MeansStatus.BLOCKED else NOT_ACTIVATED
