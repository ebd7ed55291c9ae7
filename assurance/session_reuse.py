"""May an earlier login of a browser answer for its user at another service? Pure rules."""

from __future__ import annotations

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


def may_continue(earlier: Earlier, request: SessionRequest, now: datetime) -> bool:
    """May the earlier login answer for the user here? What it lacks in level is asked afterwards.

    Never for EH4. A second factor that the makelaar asked counts as long as the service allows; one
    of Sluis is no part of this: it is asked again or not, apart from the login.
    """
    age = now - earlier.authenticated_at
    return (
        earlier.group is not None
        and earlier.group in request.accepts
        and not request.force_authn
        and (request.max_age is None or is_fresh(age, timedelta(seconds=request.max_age)))
        and request.needed < AssuranceLevel.EH4
        and earlier.asserted_for in (None, request.service_uuid)
        and (_asks_one_factor(earlier, request) or is_fresh(age, request.second_factor_reuse))
    )


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
