"""The code of a second factor (A9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.pages.frame import Frame


@dataclass(frozen=True)
class MethodChoice:
    """One way to prove it (A8)."""

    id: str
    kind: str
    label: str


@dataclass(frozen=True)
class SecondFactorPage:
    """``method``: ``totp``. ``others`` when there is more than one way. ``locked_until`` replaces
    the field by a time.
    """

    frame: Frame
    method: str
    label: str
    is_wrong: bool = False
    tries_left: int | None = None
    locked_until: datetime | None = None
    others: tuple[MethodChoice, ...] = ()
    template: str = "second_factor.html"
