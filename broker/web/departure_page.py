"""Departure (A4): a form that posts itself to another party, with a button for who has no
JavaScript.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeparturePage:
    """``fields`` are hidden inputs in order."""

    party: str
    url: str
    fields: tuple[tuple[str, str], ...]
    template: str = "web/departure.html"
