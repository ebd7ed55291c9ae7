"""Pages of the activation of a means (A18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.web.qr_code import QrCode


@dataclass(frozen=True)
class LetterCodePage:
    """The code of the letter. ``error``: ``wrong``, ``of_mail`` (as long as that of the mail) or
    ``over`` (this browser was at it, and its time is over).
    """

    error: str = ""
    template: str = "account/activate_letter.html"


@dataclass(frozen=True)
class LapsedLetterPage:
    """The code is right, and works no more. ``why``: ``expired``, ``replaced``, ``done`` or
    ``stopped``; ``until``: how long it could be used.
    """

    why: str
    until: datetime
    template: str = "account/activate_lapsed.html"


@dataclass(frozen=True)
class ActivationFrame:
    """For whom, until when. ``step``: 2 to 4; ``has_factor``: there is a fourth step."""

    name: str
    level: str
    until: datetime
    step: int
    has_factor: bool


@dataclass(frozen=True)
class MailCodePage:
    """The code of the mail. ``address`` is masked; ``error``: ``wrong`` or ``of_letter`` (as long
    as that of the letter); ``sent``: ``ja`` where another mail went out, ``nee`` where none did.
    """

    frame: ActivationFrame
    address: str
    error: str = ""
    sent: str = ""
    template: str = "account/activate_mail.html"


@dataclass(frozen=True)
class ChoosePasswordPage:
    """User name and password. ``fixed``: the name that the person had before; ``name_error``:
    ``unusable`` or ``taken``; ``refused``: as for every new password.
    """

    frame: ActivationFrame
    name: str
    fixed: bool
    shortest: int
    name_error: str = ""
    refused: str | None = None
    template: str = "account/activate_password.html"


@dataclass(frozen=True)
class ProvePasswordPage:
    """The password of the account that stands."""

    frame: ActivationFrame
    name: str
    error: bool = False
    template: str = "account/activate_prove.html"


@dataclass(frozen=True)
class ActivateFactorPage:
    """The second factor. ``kind``: ``sms``, ``totp`` or ``otp_device``; ``is_sent``: a code is
    under way to ``number``, masked; ``error``: ``wrong``, ``device`` or ``limited``.
    """

    frame: ActivationFrame
    kind: str
    number: str = ""
    is_sent: bool = False
    seed: str = ""
    qr: QrCode | None = None
    serial: str = ""
    error: str = ""
    template: str = "account/activate_factor.html"


@dataclass(frozen=True)
class ActivatedPage:
    """Done. ``is_administrator``: Beheer is open as well."""

    level: str
    is_administrator: bool
    template: str = "account/activated.html"
