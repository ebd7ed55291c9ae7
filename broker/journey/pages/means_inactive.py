"""The means is not active (A14)."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class MeansInactivePage:
    """``status``: ``blocked`` or ``activation_expired``."""

    frame: Frame
    status: str
    makelaar: str
    help_url: str | None = None
    shows_reference: bool = True
    template: str = "journey/means_inactive.html"
