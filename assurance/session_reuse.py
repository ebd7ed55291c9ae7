"""May an earlier login of a browser answer for its user at another service? Pure rules."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from assurance.levels import AssuranceLevel, weakest


@dataclass(frozen=True)
class Earlier:
    """What an earlier login can offer to the next one."""

    group: str | None
    level: AssuranceLevel  # reached there, without a factor of Sluis
    authenticated_at: datetime
    asserted_for: str | None = None  # service for which its makelaar asserted mandates


@dataclass(frozen=True)
class SessionRequest:
    """What a service and a request ask of an earlier login."""

    service_uuid: str
    accepts: frozenset[str]  # groups of services whose logins do
    needed: AssuranceLevel
    force_authn: bool
    max_age: int | None  # seconds
    second_factor_reuse: timedelta


class Obstacle(enum.StrEnum):
    """Why an earlier login does not do."""

    OTHER_GROUP = "other_group"
    FORCED = "forced"  # a login of this moment is asked
    TOO_OLD = "too_old"
    HIGHEST_LEVEL = "highest_level"  # EH4 asks a login of its own
    OTHER_SERVICE = "other_service"  # its makelaar spoke for another service
    FACTOR_TOO_OLD = "factor_too_old"
    TOO_LOW = "too_low"
    OVER = "over"  # it ended
    NO_SESSION = "no_session"  # this browser has none, or none that stands
    NOT_ACCEPTED = "not_accepted"  # the service takes no earlier login
    WORTHLESS = "worthless"  # what it rests on proves nothing any more
    NOT_ADMITTED = "not_admitted"  # its makelaar or kind of account does not count here
    OTHER_PERSON = "other_person"  # its makelaar means somebody else now
    NOTHING_TO_CHOOSE = "nothing_to_choose"  # who must choose would have it chosen


@dataclass(frozen=True)
class AskedAgain:
    """Why somebody who is logged in must log in again. ``seconds``: how old a login may be."""

    why: Obstacle
    seconds: int | None = None


def may_continue(earlier: Earlier, request: SessionRequest, now: datetime) -> bool:
    """May the earlier login answer for the user here? What it lacks in level is asked afterwards.

    Never for EH4. A second factor that the makelaar asked counts as long as the service allows; one
    of Sluis is no part of this: it is asked again or not, apart from the login.
    """
    return obstacle(earlier, request, now) is None


def obstacle(earlier: Earlier, request: SessionRequest, now: datetime) -> Obstacle | None:
    """What stands in the way of ``may_continue``; the first where there are several."""
    age, most = now - earlier.authenticated_at, request.max_age
    several = (
        (earlier.group is None or earlier.group not in request.accepts, Obstacle.OTHER_GROUP),
        (request.force_authn, Obstacle.FORCED),
        (most is not None and not is_fresh(age, timedelta(seconds=most)), Obstacle.TOO_OLD),
        (request.needed >= AssuranceLevel.EH4, Obstacle.HIGHEST_LEVEL),
        (earlier.asserted_for not in (None, request.service_uuid), Obstacle.OTHER_SERVICE),
        (
            not _asks_one_factor(earlier, request)
            and not is_fresh(age, request.second_factor_reuse),
            Obstacle.FACTOR_TOO_OLD,
        ),
    )
    return next((why for stands, why in several if stands), None)


def still_says(level: AssuranceLevel, age: timedelta, reuse: timedelta) -> AssuranceLevel:
    """What an earlier login of this level says here of how it was made: never EH4, which asks a
    login of its own; and its second factor only as long as the service lets one be used again.
    """
    capped = weakest(level, AssuranceLevel.EH3)
    return capped if not level.has_two_factors or is_fresh(age, reuse) else AssuranceLevel.EH2


def is_fresh(age: timedelta, limit: timedelta) -> bool:
    """Is this young enough? Nothing is for a limit of zero, also where the makelaar's clock is
    ahead of ours.
    """
    return timedelta(0) < limit and age <= limit


def _asks_one_factor(earlier: Earlier, request: SessionRequest) -> bool:
    """Nothing of the earlier login's second factor is relied upon here."""
    return request.needed < AssuranceLevel.EH2_PLUS or earlier.level < AssuranceLevel.EH2_PLUS
