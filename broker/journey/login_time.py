"""Login time: until when a login may take, that who needs longer gets longer (WCAG 2.2, 2.2.1), and
what in it does not get longer along with it.

One period is ``login.transaction_minutes``. More time is a whole period from now, so a login that
is left alone is over within one; and there is an end that nothing moves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from broker.journey.login import Login
from providers.interface import Remembered
from state.copies import replace

MOST_PERIODS: Final = 11  # its own, and the ten times that WCAG asks
_TOO_SOON: Final = timedelta(minutes=1)  # after it was given whole


def latest_end(login: Login, minutes: int) -> datetime:
    """The end that nothing moves: its own, or that of the session that answered in it."""
    end = login.created_at + MOST_PERIODS * timedelta(minutes=minutes)
    return end if login.session_until is None else min(end, login.session_until)


def may_get_more(login: Login, minutes: int) -> bool:
    """Is there any time left to give?"""
    return login.expires_at < latest_end(login, minutes)


def wants_more(login: Login, now: datetime, minutes: int) -> bool:
    """Would a whole period from now be more than hardly more than it has, and is there any?"""
    has = login.expires_at - now
    return has <= timedelta(minutes=minutes) - _TOO_SOON and may_get_more(login, minutes)


def with_more_time(
    login: Login, now: datetime, minutes: int, *, most: datetime | None = None
) -> Login:
    """The login with a whole period from now, as far as there is; the same login where that is
    hardly more than it has. ``most``: when the session that answered in it will be over.
    """
    if not wants_more(login, now, minutes):
        return login
    ends = (now + timedelta(minutes=minutes), latest_end(login, minutes), most)
    end = min(one for one in ends if one is not None)
    return replace(login, expires_at=end) if end > login.expires_at else login


def counts_still(login: Login, given_at: datetime, now: datetime, minutes: int) -> bool:
    """Does what was given at this moment count still? One period, whatever the login itself got;
    what an earlier login brought along was judged when this one began.
    """
    return now < max(given_at, login.created_at) + timedelta(minutes=minutes)


def is_too_old(login: Login, now: datetime, minutes: int) -> bool:
    """Is what was proved older than the portal wants (``max_age``)? It was judged when it came
    here, and counts for one period from then at least.
    """
    identity, most = login.identity, login.request.max_age
    if identity is None or most is None:
        return False
    judged_at = login.judged_at or login.created_at
    return now >= max(
        identity.authenticated_at + timedelta(seconds=most), judged_at + timedelta(minutes=minutes)
    )


def is_late(remembered: Remembered, now: datetime, minutes: int) -> bool:
    """Is it too late for an answer to this? One period, whatever the login itself got."""
    return now >= remembered.requested_at + timedelta(minutes=minutes)
