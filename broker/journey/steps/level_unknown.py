"""What the makelaar says about the level is nothing that we know: not the user's fault, and not
theirs to mend.
"""

from __future__ import annotations

from typing import Final

from broker.downstream import RefusalCode
from broker.journey.dispatch import Show, Turn
from broker.journey.login import Stopped
from broker.journey.pages.level_unknown import LevelUnknownPage
from broker.journey.steps.frame import frame
from broker.journey.steps.unreachable import others
from providers.worth import LEVEL_UNKNOWN

# What is not understood counts as no level, so the portal hears what it hears of that: the level
# that it asked was not reached (decision 32).
STOPPED: Final = Stopped(RefusalCode.LEVEL_UNREACHABLE, LEVEL_UNKNOWN)


def show(turn: Turn, *, may_use_factor: bool = False) -> Show:
    """``may_use_factor``: with an answer that we do understand a factor of ours would do."""
    page = LevelUnknownPage(
        frame=frame(turn),
        makelaar=turn.context.provider_name,
        needed=turn.context.needed.label,
        others=others(turn),
        may_use_factor=may_use_factor,
    )
    return Show(page, status=403, stopped=STOPPED)
