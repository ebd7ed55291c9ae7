"""Companies of a person: the organisations in which somebody is at work or holds a mandate, in
which role, and up to which level. What a view of the console may show follows from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager

from assurance.levels import AssuranceLevel, weakest
from consent import places
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory.administrator_role import role_of
from directory.organisations import Organisation
from directory.people import Membership, Person, Role


@dataclass(frozen=True)
class Company:
    """One organisation, as one person meets it. ``ceiling``: the level of the means with which the
    person works here, where it is registered.
    """

    id: str
    name: str
    kvk: str
    role: Role
    ceiling: AssuranceLevel | None = None

    @property
    def is_administered(self) -> bool:
        return self.role is Role.ADMINISTRATOR

    def own_level(self, login: AssuranceLevel) -> AssuranceLevel:
        """What a login of this level is worth here."""
        return login if self.ceiling is None else weakest(login, self.ceiling)


def of_person(session: Session, person_id: str, now: datetime) -> list[Company]:
    """Those of this moment, by name; an administrator is one before a member. Empty for a blocked
    person.
    """
    person = session.get(Person, person_id)
    if person is None or person.blocked_at is not None:
        return []
    found = {one.id: one for one in _held(session, person_id, now)}
    found.update({one.id: one for one in _places(session, person_id, now)})
    return sorted(found.values(), key=lambda one: (one.name.casefold(), one.kvk))


def open_requests(session: Session, organisation_ids: Sequence[str]) -> dict[str, int]:
    """How many requests wait at each of these; those where none does are left out."""
    query = (
        select(MandateRequest.organisation_id, func.count())
        .where(
            MandateRequest.organisation_id.in_(organisation_ids),
            MandateRequest.state == RequestState.OPEN,
        )
        .group_by(MandateRequest.organisation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _places(session: Session, person_id: str, now: datetime) -> list[Company]:
    query = (
        select(Organisation, Membership)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.since <= now,
            or_(Membership.until.is_(None), Membership.until > now),
            Organisation.suspended_at.is_(None),
        )
    )
    return [
        Company(one.id, one.name, one.kvk, role_of(place, now), place.level)
        for one, place in session.execute(query)
    ]


def _held(session: Session, person_id: str, now: datetime) -> list[Company]:
    """Where the person has no place and may act all the same; not by what was given before they
    left.
    """
    query = (
        select(Mandate)
        .join(Mandate.organisation)
        .where(
            Mandate.person_id == person_id,
            Mandate.revoked_at.is_(None),
            Mandate.valid_until > now,
            Organisation.suspended_at.is_(None),
        )
        .options(contains_eager(Mandate.organisation))
    )
    rows = places.without_left(session, session.scalars(query), now)
    found = {row.organisation_id: row.organisation for row in rows}
    return [Company(one.id, one.name, one.kvk, Role.MEMBER) for one in found.values()]
