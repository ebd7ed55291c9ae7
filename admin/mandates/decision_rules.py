"""What a decision on a mandate asks of the administrator who takes it: a login of the last minutes,
and for granting one at the level of the mandate. Pure rules.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from assurance.levels import AssuranceLevel, suffices
from broker.console.sessions import is_recent


class LoginLack(enum.StrEnum):
    """Why a login is not enough to decide."""

    TOO_OLD = "too_old"
    TOO_LOW = "too_low"


@dataclass(frozen=True)
class DeciderLogin:
    """The login with which an administrator is in the console: its level, and when it was made."""

    level: AssuranceLevel
    at: datetime


class LoginNotEnough(Exception):
    """Log in again first, or with another means. ``why``: what is lacking."""

    def __init__(self, why: LoginLack) -> None:
        super().__init__(why)
        self.why = why


def lack_to_decide(login: DeciderLogin, now: datetime) -> LoginLack | None:
    """What stands in the way of any decision."""
    return None if is_recent(login.at, now) else LoginLack.TOO_OLD


def lack_to_grant(login: DeciderLogin, level: AssuranceLevel, now: datetime) -> LoginLack | None:
    """What stands in the way of granting at this level. Nobody grants above the own level, and a
    new login at the same level would not help: that comes first.
    """
    return LoginLack.TOO_LOW if not suffices(login.level, level) else lack_to_decide(login, now)


def demand(found: LoginLack | None) -> None:
    """Raises LoginNotEnough where something is lacking."""
    if found is not None:
        raise LoginNotEnough(found)
