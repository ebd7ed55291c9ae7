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
    """``method``: ``totp``, ``otp_device``, ``sms`` or ``recovery_codes``. ``others`` when there is
    more than one way. ``locked_until`` replaces the field by a time.
    """

    frame: Frame
    method: str
    label: str
    digits: int = 6
    is_wrong: bool = False
    tries_left: int | None = None
    locked_until: datetime | None = None
    valid_until: datetime | None = None  # of an SMS code
    pause: int = 0  # seconds until another SMS may be asked
    is_limited: bool = False  # no SMS was sent: too many
    others: tuple[MethodChoice, ...] = ()
    template: str = "second_factor.html"
