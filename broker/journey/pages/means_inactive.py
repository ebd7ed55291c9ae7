"""The means is not active (A14)."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class MeansInactivePage:
    """``status``: ``blocked``, ``activation_expired`` or ``restricted``; ``only_at``: the provider
    at whose services a restricted one counts.
    """

    frame: Frame
    status: str
    makelaar: str
    help_url: str | None = None
    only_at: str = ""
    shows_reference: bool = True
    template: str = "journey/means_inactive.html"
