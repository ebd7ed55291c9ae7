"""A new password (A6, A7): the rules beforehand, and which one the proposal breaks."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class ReplacePasswordPage:
    """``refused``: ``too_short``, ``names_you``, ``common``, ``the_same``, ``unusable`` or
    ``different``, None before the first try. ``shortest``: characters.
    """

    frame: Frame
    name: str
    shortest: int
    refused: str | None = None
    template: str = "replace_password.html"

    @property
    def shows_reference(self) -> bool:
        """It refuses, so who asks for help can say which login this is."""
        return self.refused is not None


@dataclass(frozen=True)
class AskRecoveryPage:
    """Which account? (A7)"""

    is_empty: bool = False
    template: str = "recovery/ask.html"


@dataclass(frozen=True)
class RecoveryPage:
    """``outcome``: ``sent`` (also where nothing was), ``over`` for a link that does not work, or
    ``done``.
    """

    outcome: str
    template: str = "recovery/outcome.html"


@dataclass(frozen=True)
class RecoveryPasswordPage:
    """As ReplacePasswordPage, outside a login. ``action`` is the address of the link."""

    action: str
    name: str
    shortest: int
    refused: str | None = None
    template: str = "recovery/password.html"
