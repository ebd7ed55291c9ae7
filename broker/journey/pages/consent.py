"""What is passed on (A11)."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame
from broker.web.announcement_page import Spoken


@dataclass(frozen=True)
class ConsentItem:
    """``claim`` chooses label and explanation; ``values`` are shown as they leave."""

    claim: str
    values: tuple[str, ...]
    purpose: str | None


@dataclass(frozen=True)
class ConsentPage:
    """``shown`` comes back with the form: what was agreed to. ``is_information``: there is
    another ground than consent, so no choice. ``ground``: why it may leave, as the service says.
    """

    frame: Frame
    items: tuple[ConsentItem, ...]
    shown: str
    is_information: bool
    ground: Spoken | None = None
    privacy_url: str | None = None
    help_url: str | None = None
    template: str = "journey/consent.html"
