"""What an explanation of a machine reason says, and to whom."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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
