"""What asking a client for chain mandates takes, and what agreeing does. Pure rules, but for who
decides, which is looked up.
"""

from __future__ import annotations

import enum
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.chains import giving
from assurance.levels import AssuranceLevel
from consent import chains, end_dates
from consent.chain_requests import ChainRequest, ChainRequestState, state_of
from directory import dates
from directory.administrator_role import administers
from directory.people import Membership
from directory.services import MandateRule, Service

MOST_SENDS: Final = 3  # to one client, the first one too, until it agrees
REMEMBERED: Final = timedelta(days=14)  # so long, whether it was withdrawn or refused meanwhile
MOST_SERVICES: Final = 50  # more than anybody reads before agreeing


class Decider(enum.StrEnum):
    """Who says yes or no for the client."""

    ADMINISTRATOR = "administrator"
    LINK = "link"  # who reads the mail, where there is no administrator


class ClosedRequest(enum.StrEnum):
    """Why nothing can be decided about a request (any more)."""

    UNKNOWN = "unknown"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    LAPSED = "lapsed"
    ASKER_GONE = "asker_gone"  # who asked does not administer the intermediary any more
    CLIENT_GONE = "client_gone"  # the client was suspended
    TOO_LONG = "too_long"  # it asks a day that cannot be given now
    ADMINISTRATOR = "administrator"  # the client has one, who decides
    OFF = "off"  # the installation takes no answer by a link


def mailbox(email: str) -> str:
    """Whose mail an address is, in lower case: without the tag after a ``+``, which many mail
    servers leave to the reader (RFC 5233).
    """
    local, _, host = email.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{host}"


def decider_of(session: Session, organisation_id: str, now: datetime) -> Decider:
    """Who decides for this client today. An administrator who is blocked counts too: a mail is no
    way around who was shut out.
    """
    query = select(Membership.id).where(
        Membership.organisation_id == organisation_id,
        administers(now),
        or_(Membership.until.is_(None), Membership.until > now),
    )
    found = session.scalars(query.limit(1)).first()
    return Decider.LINK if found is None else Decider.ADMINISTRATOR


def why_closed(
    request: ChainRequest | None,
    now: datetime,
    *,
    asker_may: bool,
    client_stands: bool,
    max_years: int,
) -> ClosedRequest | None:
    """Why it cannot be answered, whoever would; None while it can. ``asker_may``: who asked
    administers the intermediary today.
    """
    if request is None:
        return ClosedRequest.UNKNOWN
    state = state_of(request, now)
    if state is not ChainRequestState.OPEN:
        return ClosedRequest(state.value)
    if not asker_may:
        return ClosedRequest.ASKER_GONE
    if not client_stands:
        return ClosedRequest.CLIENT_GONE
    fault = end_dates.fault(request.until, dates.day_of(now), max_years)
    return ClosedRequest.TOO_LONG if fault is not None else None


def why_not_by(decider: Decider, link_level: AssuranceLevel | None) -> ClosedRequest | None:
    """Why who has the link does not decide; None where he does."""
    if decider is Decider.ADMINISTRATOR:
        return ClosedRequest.ADMINISTRATOR
    return ClosedRequest.OFF if link_level is None else None


def why_not_service(
    service: Service | None,
    least: AssuranceLevel,
    decider: Decider,
    link_level: AssuranceLevel | None,
) -> str | None:
    """A word for why this service cannot be asked of who decides; None where it can."""
    if service is None or service.mandate is MandateRule.NONE:
        return "no_service"
    if not service.chain_mandates:
        return "no_chains"
    if decider is Decider.ADMINISTRATOR:
        return None
    needed = giving.needed(service, least)
    counts = chains.counts_by_link(needed, link_level, by_link=True)
    return None if counts else "above_link_level"


def first_day(now: datetime, days: int) -> date:
    """The first day that can be asked as the last one: the client has ``days`` to answer."""
    return dates.day_of(now + timedelta(days=days)) + timedelta(days=1)


def fault_of_day(until: date, now: datetime, days: int, max_years: int) -> str | None:
    """A word for why this day cannot be asked; None where it can."""
    if until < first_day(now, days):
        return end_dates.TOO_EARLY
    return end_dates.fault(until, dates.day_of(now), max_years)
