"""Trouble: a makelaar could not be asked. What the login keeps of it, and how it ends by it."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from broker.downstream import RefusalCode
from broker.journey.login import Login, Stopped
from providers.interface import ProviderUnavailable
from providers.trouble import Side, Trouble
from state.copies import replace


def in_trouble(login: Login, unavailable: ProviderUnavailable, now: datetime) -> Login:
    """The login stands before the page that says so."""
    wait = unavailable.retry_after
    return replace(
        login,
        trouble=unavailable.trouble,
        trouble_until=now + timedelta(seconds=wait) if wait is not None else None,
    )


def out_of_trouble(login: Login) -> Login:
    """Another try begins."""
    return replace(login, trouble=None, trouble_until=None)


def stopped_by(trouble: Trouble) -> Stopped:
    """How the login ends unless the user finds another way."""
    is_nobodys = trouble.side is Side.NOBODYS
    code = RefusalCode.CANCELLED if is_nobodys else RefusalCode.UNAVAILABLE
    return Stopped(code, trouble.value)


def seconds_left(login: Login, now: datetime) -> int | None:
    """Until another try is made at all; None where one may be made now."""
    until = login.trouble_until
    if until is None or until <= now:
        return None
    return math.ceil((until - now).total_seconds())
