"""User name and password of an account here (A5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class GivePasswordPage:
    """``name`` is what was filled in; a password is never shown again. ``is_limited``: too many
    tries from this network or for this name. ``paused_until``: too many wrong passwords for this
    name in a row, whether or not somebody has it. ``is_over``: all of it is right, and the means
    has ended.
    """

    frame: Frame
    name: str = ""
    is_wrong: bool = False
    is_over: bool = False
    is_limited: bool = False
    paused_until: datetime | None = None
    template: str = "journey/give_password.html"

    @property
    def shows_reference(self) -> bool:
        """It refuses, so who asks for help can say which login this is."""
        return self.is_wrong or self.is_limited
