"""What comes to an end at an organisation: its mandates, the role of its administrators, requests
that nobody decides on. Computed from what stands, each time that it is asked.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from admin.chains import to_do as chains_to_do
from admin.mandates import to_do
from assurance.levels import AssuranceLevel
from consent import lapse, mandates, requests
from directory import administrator_role, dates
from directory.administrator_role import administers
from directory.organisations import Organisation
from directory.people import Membership, Person

REQUEST_DAYS: Final = 90  # after which a request that nobody decided on lapses
REQUEST_WARNED: Final = timedelta(days=14)
WEEK: Final = timedelta(days=7)
END_MONTHS: Final = 2


class TermKind(enum.StrEnum):
    """What ends."""

    MANDATE_ENDS = "mandate_ends"
    MANDATE_UNUSED = "mandate_unused"
    CHAIN_ENDS = "chain_ends"
    CHAIN_UNUSED = "chain_unused"
    ROLE_ENDS = "role_ends"
    ONE_LEFT = "one_left"
    REQUEST_LAPSES = "request_lapses"


@dataclass(frozen=True)
class Coming:
    """One thing that ends on the day after ``until``. ``step``: how near it is, in months; 0: the
    last week, or a warning that is given once. ``name``: the person or the intermediary that it is
    about; ``service_uuid`` and ``level``: of a mandate.
    """

    kind: TermKind
    subject_id: str
    until: date
    step: int
    name: str = ""
    service_uuid: str | None = None
    level: AssuranceLevel | None = None
    person_id: str | None = None


def step_to_end(until: date, today: date) -> int | None:
    """Of a mandate that ends: two months before, one month and one week; None while it is further
    away, or over.
    """
    if until < today or until > dates.months_after(today, END_MONTHS):
        return None
    if until <= today + WEEK:
        return 0
    return 1 if until <= dates.months_after(today, 1) else 2


def request_lapses(asked_at: datetime) -> date:
    """The last day on which an administrator can decide on a request."""
    return dates.day_of(asked_at) + timedelta(days=REQUEST_DAYS)


def at(
    session: Session,
    organisation_id: str,
    now: datetime,
    unused_months: int,
    link_level: AssuranceLevel | None,
) -> tuple[Coming, ...]:
    """Everything at this organisation, the first to end first. ``link_level``: up to which a chain
    mandate counts that a link gave; of what does not count nothing ends.
    """
    today = dates.day_of(now)
    found = [
        *_mandates(session, organisation_id, now, unused_months),
        *_chains(session, organisation_id, now, unused_months, link_level),
        *_roles(session, organisation_id, now),
        *_requests(session, organisation_id, today),
    ]
    return tuple(sorted(found, key=lambda one: (one.until, one.kind, one.name)))


def _mandates(
    session: Session, organisation_id: str, now: datetime, unused_months: int
) -> Iterator[Coming]:
    today = dates.day_of(now)
    for row in mandates.shown(to_do.counting(session, organisation_id, now), now):
        ends = dates.day_of(row.valid_until)
        facts = (row.person.display_name, row.service_uuid, row.level)
        step = step_to_end(ends, today)
        if step is not None:
            yield Coming(TermKind.MANDATE_ENDS, row.id, ends, step, *facts)
        lapses = lapse.last_day(row, unused_months)
        left = lapse.months_left(lapses, today)
        if left is not None and lapses < ends:
            yield Coming(TermKind.MANDATE_UNUSED, row.id, lapses, left, *facts)


def _chains(
    session: Session,
    organisation_id: str,
    now: datetime,
    unused_months: int,
    link_level: AssuranceLevel | None,
) -> Iterator[Coming]:
    today = dates.day_of(now)
    for row in chains_to_do.counting(session, organisation_id, now, link_level):
        ends = dates.day_of(row.valid_until)
        facts = (row.intermediary.name, row.service_uuid, row.level)
        step = step_to_end(ends, today)
        if step is not None:
            yield Coming(TermKind.CHAIN_ENDS, row.id, ends, step, *facts)
        lapses = lapse.last_day(row, unused_months)
        left = lapse.months_left(lapses, today)
        if left is not None and lapses < ends:
            yield Coming(TermKind.CHAIN_UNUSED, row.id, lapses, left, *facts)


def _roles(session: Session, organisation_id: str, now: datetime) -> Iterator[Coming]:
    """The administrators whose role ends, and the one that is left of several."""
    today = dates.day_of(now)
    query = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.organisation_id == organisation_id,
            administers(now),
            Membership.since <= now,
            or_(Membership.until.is_(None), Membership.until > now),
            Person.blocked_at.is_(None),
        )
        .options(joinedload(Membership.person))
        .order_by(Membership.id)
    )
    found = list(session.scalars(query))
    for row in found:
        last = administrator_role.last_day(row)
        left = lapse.months_left(last, today)
        if left is not None:
            yield Coming(
                TermKind.ROLE_ENDS,
                row.id,
                last,
                left,
                row.person.display_name,
                person_id=row.person_id,
            )
    if len(found) == 1 and _had_more(session, organisation_id, found[0], now):
        last = administrator_role.last_day(found[0])
        yield Coming(
            TermKind.ONE_LEFT,
            organisation_id,
            last,
            0,
            found[0].person.display_name,
            person_id=found[0].person_id,
        )


def _had_more(session: Session, organisation_id: str, left: Membership, now: datetime) -> bool:
    """Others were administrator once: the one who is left may not know that nobody else is."""
    query = select(Membership.id).where(
        Membership.organisation_id == organisation_id,
        Membership.id != left.id,
        Membership.role == left.role,
        Membership.since <= now,
    )
    return session.scalars(query.limit(1)).first() is not None


def _requests(session: Session, organisation_id: str, today: date) -> Iterator[Coming]:
    for row in requests.open_for(session, [organisation_id]):
        last = request_lapses(row.asked_at)
        if last - REQUEST_WARNED <= today <= last:
            yield Coming(
                TermKind.REQUEST_LAPSES,
                row.id,
                last,
                0,
                row.person.display_name,
                row.service_uuid,
                row.level,
            )
