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
    locked_until: datetime | None = None


@dataclass(frozen=True)
class SecondFactorPage:
    """``method``: ``totp``, ``otp_device``, ``sms``, ``passkey`` or ``recovery_codes``. ``others``
    when there is more than one way. ``locked_until`` replaces the field by a time. ``options``:
    JSON for the browser, of a passkey.
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
    countries: tuple[str, ...] = ()  # whose numbers get an SMS
    options: str | None = None
    others: tuple[MethodChoice, ...] = ()
    template: str = "second_factor.html"
