"""A new password in place of a temporary one (A6): the rules beforehand, and which one the proposal
breaks.
"""

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
    template: str = "journey/replace_password.html"

    @property
    def shows_reference(self) -> bool:
        """It refuses, so who asks for help can say which login this is."""
        return self.refused is not None
