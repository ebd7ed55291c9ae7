"""On whose behalf? (A10)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class MandateChoice:
    """A party to act for. ``number``: KvK or RSIN as people write it; ``reason``: why it cannot be
    chosen. ``is_current``: this browser acts for it now; ``is_double``: it can be chosen in
    another way as well, directly or through an intermediary.
    """

    key: str
    name: str
    number: str
    branch: str | None = None
    intermediary: str | None = None
    level: str = ""
    valid_until: datetime | None = None
    reason: str | None = None
    is_current: bool = False
    is_double: bool = False


@dataclass(frozen=True)
class ChooseMandatePage:
    """``usable`` can be chosen, ``refused`` are shown with why not; ``allows_self``: one may come
    for oneself.
    """

    frame: Frame
    usable: tuple[MandateChoice, ...]
    refused: tuple[MandateChoice, ...]
    allows_self: bool
    person: str
    error: bool = False
    template: str = "journey/choose_mandate.html"

    @property
    def own(self) -> tuple[MandateChoice, ...]:
        """Directly, without an intermediary."""
        return tuple(choice for choice in self.usable if choice.intermediary is None)

    @property
    def clients(self) -> tuple[MandateChoice, ...]:
        """Through an intermediary that they gave a chain mandate."""
        return tuple(choice for choice in self.usable if choice.intermediary is not None)

    @property
    def own_organisations(self) -> int:
        """How many organisations ``own`` names: one can stand there for several branches."""
        return len({choice.number for choice in self.own})

    @property
    def has_doubles(self) -> bool:
        """One organisation stands among ``own`` and among ``clients``."""
        return any(choice.is_double for choice in self.clients)
