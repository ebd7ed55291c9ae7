"""The level is too low (A13): what is needed, what there is, and where to get it."""

from __future__ import annotations

from dataclasses import dataclass

from broker.pages.frame import Frame


@dataclass(frozen=True)
class Elsewhere:
    """A makelaar that can give the level, and where it says how to get it."""

    name: str
    help_url: str | None


@dataclass(frozen=True)
class LevelUnreachablePage:
    """Levels are labels. ``others``: makelaars that can reach it; ``no_factor``: a second factor
    here would do; ``factor_bar``: why one does not (``assurance.step_up.FactorBar``).
    """

    frame: Frame
    needed: str
    given: str | None
    makelaar: str
    others: tuple[Elsewhere, ...] = ()
    no_factor: bool = False
    factor_bar: str | None = None
    help_url: str | None = None
    shows_reference: bool = True
    template: str = "level_unreachable.html"
