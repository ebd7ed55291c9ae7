"""The role of administrator (gebruikersbeheerder) of an organisation: it ends five years after
somebody gave or extended it, as the scheme asks, and the person is a user again. Judged at each
use: no row changes when it ends.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func

from directory import dates
from directory.people import Membership, Role

YEARS: Final = 5


def last_day(place: Membership) -> date:
    """The last day of the role of an administrator."""
    given = place.role_since or place.since
    return dates.years_after(dates.day_of(given), YEARS)


def role_of(place: Membership, now: datetime) -> Role:
    """The role that counts at this moment."""
    if place.role is Role.ADMINISTRATOR and dates.day_of(now) > last_day(place):
        return Role.MEMBER
    return place.role


def give(place: Membership, role: Role, now: datetime) -> None:
    """This role from now on. Who is no administrator at this moment becomes one for a whole term,
    however long the place is there.
    """
    if role is Role.ADMINISTRATOR and role_of(place, now) is not Role.ADMINISTRATOR:
        place.role_since = now
    place.role = role


def administers(now: datetime) -> ColumnElement[bool]:
    """The same for queries: places whose role of administrator counts at this moment."""
    return and_(
        Membership.role == Role.ADMINISTRATOR,
        func.coalesce(Membership.role_since, Membership.since) >= earliest(now),
    )


def earliest(now: datetime) -> datetime:
    """What was given before this moment is over."""
    return dates.start_of(dates.years_after(dates.day_of(now), -YEARS))
