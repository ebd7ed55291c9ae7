"""A new password (A6, A7): the rules beforehand, and which one the proposal breaks."""

from __future__ import annotations

from dataclasses import dataclass

from broker.pages.frame import Frame


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
