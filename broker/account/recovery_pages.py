"""Forgotten login details (A7): which account, what became of it, and the new password."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AskRecoveryPage:
    """Which account? (A7)"""

    is_empty: bool = False
    template: str = "account/recovery_ask.html"


@dataclass(frozen=True)
class RecoveryPage:
    """``outcome``: ``sent`` (also where nothing was), ``over`` for a link that does not work, or
    ``done``.
    """

    outcome: str
    template: str = "account/recovery_outcome.html"


@dataclass(frozen=True)
class RecoveryPasswordPage:
    """``refused``: as in ``broker.journey.pages.replace_password``. ``action`` is the address of
    the link.
    """

    action: str
    name: str
    shortest: int
    refused: str | None = None
    template: str = "account/recovery_password.html"
