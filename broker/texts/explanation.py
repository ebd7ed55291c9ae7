"""Explanation: what a machine reason means, what helps, who can do that, and what to answer the
caller. The tables are in ``reasons`` and ``page_reasons``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


def marked(text: str) -> str:
    """Marks a text for translation; ``told`` translates it."""
    return text


class Fixer(enum.StrEnum):
    """Who can do something about it."""

    NOBODY = "nobody"
    USER = "user"
    ADMINISTRATOR = "administrator"  # of the user's organisation
    MAKELAAR = "makelaar"
    PORTAL = "portal"
    OPERATOR = "operator"  # of this installation


@dataclass(frozen=True)
class Explanation:
    """``answer`` is what may be said to the caller; it names no technique."""

    cause: str
    remedy: str
    fixer: Fixer
    answer: str
