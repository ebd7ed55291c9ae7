"""Setting up an operator's access: password, passkey or app, recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.web.qr_code import QrCode


@dataclass(frozen=True)
class SetUpPasswordPage:
    """``refused``: as in ``broker.journey.pages.replace_password``, after a password that will not
    do.
    """

    secret: str
    name: str
    expires_at: datetime
    shortest: int
    refused: str | None = None
    template: str = "operator_console/set_up_password.html"


@dataclass(frozen=True)
class ChooseFactorPage:
    """A passkey, or an app with codes."""

    expires_at: datetime
    template: str = "operator_console/set_up_factor.html"


@dataclass(frozen=True)
class SetUpPasskeyPage:
    """``options``: JSON for the browser. ``error``: a reason of PasskeyRefused."""

    expires_at: datetime
    options: str
    error: str = ""
    template: str = "operator_console/set_up_passkey.html"


@dataclass(frozen=True)
class SetUpAppPage:
    """``seed`` is base32, in groups of four as people type it."""

    user_name: str
    expires_at: datetime
    seed: str
    qr: QrCode
    is_wrong: bool = False
    template: str = "operator_console/set_up_app.html"


@dataclass(frozen=True)
class SetUpCodesPage:
    """``codes`` is empty where they were shown before and are gone."""

    user_name: str
    codes: tuple[str, ...]
    template: str = "operator_console/set_up_codes.html"


@dataclass(frozen=True)
class SetUpDonePage:
    """Log in, with the passkey or with the next code of the app."""

    has_passkey: bool = False
    template: str = "operator_console/set_up_done.html"


@dataclass(frozen=True)
class LinkRefusedPage:
    """``why``: ``unknown``, ``used`` or ``expired``."""

    why: str
    template: str = "operator_console/set_up_refused.html"
