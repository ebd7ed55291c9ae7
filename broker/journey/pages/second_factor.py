"""The code of a second factor (A9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.journey.pages.document import DocumentRecap
from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class MethodChoice:
    """One way to prove it (A8)."""

    id: str
    kind: str
    label: str
    locked_until: datetime | None = None


@dataclass(frozen=True)
class SmsCode:
    """The code of this login. ``valid_until``: None while no code of this login works, so that none
    is asked. ``is_over``: one was sent and works no more. ``pause``: seconds until another may be
    asked; ``is_early``: it was asked before that. ``is_limited``: none was sent, too many.
    """

    countries: tuple[str, ...]  # whose numbers get an SMS
    valid_until: datetime | None = None
    is_over: bool = False
    is_limited: bool = False
    is_early: bool = False
    pause: int = 0


@dataclass(frozen=True)
class SecondFactorPage:
    """``method``: ``totp``, ``otp_device``, ``sms``, ``passkey`` or ``recovery_codes``. ``others``
    when there is more than one way; ``makelaar``: the name of that of this login, where it may give
    the level itself; ``document``: what the code confirms. ``locked_until`` replaces the field by a
    time. ``options``: JSON for the browser, of a passkey. ``sms`` where the method is SMS.
    """

    frame: Frame
    method: str
    label: str
    digits: int = 6
    is_wrong: bool = False
    is_no_code: bool = False  # what was typed has not the shape of a code, and counted as no try
    tries_left: int | None = None
    locked_until: datetime | None = None
    sms: SmsCode | None = None
    options: str | None = None
    others: tuple[MethodChoice, ...] = ()
    makelaar: str | None = None
    step: str = "step-up"  # whose form it is
    document: DocumentRecap | None = None
    template: str = "journey/second_factor.html"

    @property
    def shows_reference(self) -> bool:
        """It refuses, so who asks for help can say which login this is."""
        no_sms = self.sms is not None and (self.sms.is_over or self.sms.is_limited)
        return self.is_wrong or self.is_no_code or self.locked_until is not None or no_sms
