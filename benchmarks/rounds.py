"""A figure of several rounds: its median is what counts, and it is over its budget only where every
round is. A machine that others keep busy spreads by a quarter.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 5


@dataclass(frozen=True)
class Rounds:
    """The same figure, once for each round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return round(statistics.median(self.values), 2)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest."""
        return round(min(self.values), 2), round(max(self.values), 2)

    def fields(self, name: str) -> dict[str, float]:
        """As they stand in the result."""
        low, high = self.spread
        return {name: self.median, f"{name}{LOWEST}": low, f"{name}{HIGHEST}": high}


LOWEST: Final = "_lowest"
HIGHEST: Final = "_highest"


def over(result: dict[str, float | str], budgets: dict[str, float]) -> list[str]:
    """The names of figures that are over their budgets: of those in rounds, in every round."""
    return [
        name
        for name, budget in budgets.items()
        if name in result and float(result.get(f"{name}{LOWEST}", result[name])) > budget
    ]
