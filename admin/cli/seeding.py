"""``sluis seed``: a made-up installation, told in lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from admin.cli.installation import opened
from admin.scale import seeding
from admin.scale.rows import Scale
from admin.scale.seeding import NotEmpty
from broker.settings import Settings
from state.engine import engine_at

__all__ = ["NotEmpty", "PreparedSeed", "prepared"]


@dataclass(frozen=True)
class PreparedSeed:
    """What would be made."""

    settings: Settings
    scale: Scale

    @property
    def rows(self) -> int:
        return self.scale.rows

    def run(self, progress: Callable[[int], object]) -> list[str]:
        """Make it; lines to print. Raises NotEmpty."""
        with engine_at(self.settings.database.url) as engine:
            seeding.seed(engine, self.scale, progress)
        one = self.scale
        return [
            f"{one.organisations:,} organisations, {one.people:,} people and {one.mandates:,} "
            "mandates are made up.",
            "Nobody of them can log in. What pages and logins cost: python -m benchmarks.scale",
        ]


def prepared(settings: Settings, factor: float) -> PreparedSeed:
    """Raises ValueError for a factor that cannot be."""
    with opened(settings) as at:
        return PreparedSeed(settings, Scale.of(factor, at.now))
