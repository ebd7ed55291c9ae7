"""The makelaar does not answer, or we cannot call it (A15): try again, choose another, or stop."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class TroublePage:
    frame: Frame
    makelaar: str
    is_ours: bool = False  # it is our installation that is in the way
    shows_reference: bool = True
    template: str = "journey/trouble.html"
