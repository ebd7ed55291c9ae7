"""Departure (A4): a page that goes on to another party by itself, with a button for whose browser
does not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeparturePage:
    """``fields`` are the hidden inputs of a form, in order; without any the page goes on with a
    GET.
    """

    party: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    template: str = "web/departure.html"
