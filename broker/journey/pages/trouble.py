"""The makelaar cannot be asked (A15): whose that is; try again, choose another, or stop."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame
from providers.trouble import Side


@dataclass(frozen=True)
class TroublePage:
    frame: Frame
    makelaar: str
    side: Side = Side.THEIRS
    shows_reference: bool = True
    template: str = "journey/trouble.html"

    @property
    def is_theirs(self) -> bool:
        """The makelaar alone is away, so waiting may help."""
        return self.side is Side.THEIRS

    @property
    def is_nobodys(self) -> bool:
        """The time at the makelaar was over: nothing is in the way of another try."""
        return self.side is Side.NOBODYS

    @property
    def is_ours(self) -> bool:
        """It is our installation that is in the way."""
        return self.side is Side.OURS
