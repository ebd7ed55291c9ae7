"""Login time: until when a login may take, that who needs longer gets longer (WCAG 2.2, 2.2.1), and
what in it does not get longer along with it.

One period is ``login.transaction_minutes``. More time is a whole period from now, so a login that
is left alone is over within one; and there is an end that nothing moves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from broker.journey.login import Login
from providers.interface import Remembered

MOST_PERIODS: Final = 11  # its own, and the ten times that WCAG asks
_TOO_SOON: Final = timedelta(minutes=1)  # after it was given whole


def latest_end(login: Login, minutes: int) -> datetime:
    """The end that nothing moves."""
    return login.created_at + MOST_PERIODS * timedelta(minutes=minutes)


def may_get_more(login: Login, minutes: int) -> bool:
    """Is there any time left to give?"""
    return login.expires_at < latest_end(login, minutes)


def with_more_time(login: Login, now: datetime, minutes: int) -> Login:
    """The login with a whole period from now, as far as there is; the same login where that is
    hardly more than it has.
    """
    period = timedelta(minutes=minutes)
    if login.expires_at - now > period - _TOO_SOON:
        return login
    end = min(now + period, latest_end(login, minutes))
    return replace(login, expires_at=end) if end > login.expires_at else login


def counts_still(login: Login, given_at: datetime, now: datetime, minutes: int) -> bool:
    """Does what was given at this moment count still? One period, whatever the login itself got;
    what an earlier login brought along was judged when this one began.
    """
    return now < max(given_at, login.created_at) + timedelta(minutes=minutes)


def is_late(remembered: Remembered, now: datetime, minutes: int) -> bool:
    """Is it too late for an answer to this? One period, whatever the login itself got."""
    return now >= remembered.requested_at + timedelta(minutes=minutes)
