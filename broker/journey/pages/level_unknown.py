"""The makelaar says something about the level that we do not understand."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame
from broker.journey.pages.level_unreachable import Elsewhere


@dataclass(frozen=True)
class LevelUnknownPage:
    """``needed`` is a label. ``others``: makelaars that can reach it; ``may_use_factor``: back at
    the makelaar, a second factor that the person has would do.
    """

    frame: Frame
    makelaar: str
    needed: str
    others: tuple[Elsewhere, ...] = ()
    may_use_factor: bool = False
    shows_reference: bool = True
    template: str = "journey/level_unknown.html"
