"""Choice between a makelaar and an account here (A1)."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class ChooseMethodPage:
    """``level``: what a makelaar must give. ``takes_means``: an account here may be more than one
    with an e-mail address.
    """

    frame: Frame
    level: str
    takes_means: bool = False
    error: bool = False
    template: str = "journey/choose_method.html"
