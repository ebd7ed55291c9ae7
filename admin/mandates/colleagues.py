"""Colleagues: the people of one organisation as its administrators see them. Who has a place there,
may act for it or is to get a means for it; nobody else exists for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.mandates import means
from admin.mandates.means import MeansState, PersonMeans
from assurance import means as issued
from assurance.levels import AssuranceLevel, suffices, weakest
from consent.mandates import Mandate
from directory.administrator_role import role_of
from directory.people import Membership, Person, Role
from providers.registry import ProviderRecord


@dataclass(frozen=True)
class CompanyPerson:
    """One of them. ``since``: of the place; None for who only holds a mandate. ``ceiling``: the
    level of the means with which the person works here, where it is registered.
    """

    id: str
    name: str
    email: str | None
    role: Role
    since: datetime | None
    means: PersonMeans
    ceiling: AssuranceLevel | None = None

    @property
    def level(self) -> AssuranceLevel | None:
        """The most that a login of this person is worth here; None where none is possible."""
        if self.means.level is None or self.ceiling is None:
            return self.means.level
        return weakest(self.means.level, self.ceiling)

    @property
    def is_active(self) -> bool:
        return self.means.state is MeansState.ACTIVE

    def reaches(self, needed: AssuranceLevel) -> bool:
        return self.level is not None and suffices(self.level, needed)


def at(
    session: Session,
    makelaars: Mapping[str, ProviderRecord],
    organisation_id: str,
    now: datetime,
) -> list[CompanyPerson]:
    """Everybody at this organisation now, by name; also who is to get a means for it."""
    places = {row.person_id: row for row in _places(session, organisation_id, now)}
    asked = {
        made.person_id: link.role for made, link in issued.linked_at(session, organisation_id, now)
    }
    known = set(places) | set(asked)
    people = {row.id: row for row in _people(session, organisation_id, known, now)}
    held = means.of_people(session, makelaars, list(people), now)
    found = [
        _colleague(one, places.get(one.id), held[one.id], asked.get(one.id, Role.MEMBER), now)
        for one in people.values()
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def one(
    session: Session,
    makelaars: Mapping[str, ProviderRecord],
    organisation_id: str,
    person_id: str,
    now: datetime,
) -> CompanyPerson | None:
    """This one; None for everybody who is not of this organisation, as for nobody at all."""
    found = at(session, makelaars, organisation_id, now)
    return next((colleague for colleague in found if colleague.id == person_id), None)


def left_at(
    session: Session, organisation_id: str, person_id: str, now: datetime
) -> datetime | None:
    """When the place of this person here ended; None where it stands, or never was."""
    query = select(Membership.until).where(
        Membership.organisation_id == organisation_id,
        Membership.person_id == person_id,
        Membership.until <= now,
    )
    return session.scalar(query)


def ever_at(
    session: Session, organisation_id: str, person_ids: Collection[str], now: datetime
) -> tuple[dict[str, str], frozenset[str]]:
    """Names of those of these people who have or had a place or a mandate at this organisation, and
    the ids of who is there today. Nobody else's name is known there.
    """
    places = select(Membership.person_id).where(Membership.organisation_id == organisation_id)
    holders = select(Mandate.person_id).where(Mandate.organisation_id == organisation_id)
    query = select(Person.id, Person.display_name).where(
        Person.id.in_(person_ids), or_(Person.id.in_(places), Person.id.in_(holders))
    )
    names = {person_id: name for person_id, name in session.execute(query)}  # noqa: C416 typed rows
    members = {row.person_id for row in _places(session, organisation_id, now)}
    here = {row.id for row in _people(session, organisation_id, members, now)}
    return names, frozenset(here & names.keys())


def _places(session: Session, organisation_id: str, now: datetime) -> list[Membership]:
    query = select(Membership).where(
        Membership.organisation_id == organisation_id,
        Membership.since <= now,
        or_(Membership.until.is_(None), Membership.until > now),
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _people(
    session: Session, organisation_id: str, members: set[str], now: datetime
) -> list[Person]:
    holders = select(Mandate.person_id).where(
        Mandate.organisation_id == organisation_id,
        Mandate.revoked_at.is_(None),
        Mandate.valid_until > now,
    )
    # Looked up first: with an OR over both, PostgreSQL reads every person there is.
    ids = members | set(session.scalars(holders.distinct()))
    query = select(Person).where(Person.id.in_(ids))
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _colleague(
    person: Person, place: Membership | None, held: PersonMeans, asked: Role, now: datetime
) -> CompanyPerson:
    """``asked``: the role with a means that is not active yet."""
    return CompanyPerson(
        id=person.id,
        name=person.display_name,
        email=person.email,
        role=role_of(place, now) if place is not None else asked,
        since=place.since if place is not None else None,
        means=held,
        ceiling=place.level if place is not None else None,
    )
