"""The level is too low (A13): what is needed, what there is, and where to get it."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class Elsewhere:
    """A makelaar that can give the level, and where it says how to get it."""

    name: str
    help_url: str | None


@dataclass(frozen=True)
class LevelUnreachablePage:
    """Levels are labels. ``others``: makelaars that can reach it; ``may_use_factor``: a second
    factor that the person has would do; ``lack``: one would, and why this person's do not
    (``assurance.step_up.FactorLack``); ``kinds`` that the service accepts, empty for all;
    ``factor_bar``: why none does (``assurance.step_up.FactorBar``).
    """

    frame: Frame
    needed: str
    given: str | None
    makelaar: str
    others: tuple[Elsewhere, ...] = ()
    may_use_factor: bool = False
    lack: str | None = None
    kinds: tuple[str, ...] = ()
    factor_bar: str | None = None
    help_url: str | None = None
    shows_reference: bool = True
    template: str = "journey/level_unreachable.html"
