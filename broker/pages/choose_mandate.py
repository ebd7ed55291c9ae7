"""On whose behalf? (A10)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.pages.frame import Frame


@dataclass(frozen=True)
class MandateChoice:
    """A party to act for. ``number``: KvK or RSIN as people write it; ``reason``: why it cannot be
    chosen.
    """

    key: str
    name: str
    number: str
    branch: str | None = None
    intermediary: str | None = None
    level: str = ""
    valid_until: datetime | None = None
    reason: str | None = None


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
    template: str = "choose_mandate.html"
