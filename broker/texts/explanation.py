"""Explanation: the shape of what is told of a reason, and sentences that several share."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


def _(text: str) -> str:
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


AT_MAKELAAR: Final = _("Het ligt aan uw makelaar. Wij melden het daar. Probeer het later opnieuw.")
WITH_US: Final = _("Het ligt aan ons. Wij lossen het op. Probeer het later opnieuw.")
DOES_NOT_FIT: Final = _(
    "Wij en uw makelaar sluiten niet goed op elkaar aan. Wij zoeken het uit. Probeer het later."
)
