"""Mandates (machtigingen): an organisation lets a person act for it at one service, or at all up to
a level.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, or_, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from assurance import levels
from assurance.levels import AssuranceLevel, suffices
from consent import end_dates
from directory import dates
from directory.organisations import Organisation
from directory.people import Person
from state.db import Base, LevelColumn, UtcDateTime, new_id

REGISTER: Final = "urn:sluis:mandate-register"
LAPSED: Final = "lapsed"  # in ``revoked_by``, where the clock and no person took it back
UNDO: Final = timedelta(seconds=30)  # ten times what other products give (WCAG 2.2, 2.2.1)


class MandateRefused(Exception):
    """The mandate cannot be given like this; ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Mandate(Base):
    """One mandate. ``service_uuid`` None: every service up to ``level``, also future ones.
    ``branches``: 12-digit establishment numbers, empty for the whole organisation. Revocation is a
    fact checked at use.
    """

    __tablename__ = "mandate"
    __table_args__ = (Index("ix_mandate_person_service", "person_id", "service_uuid"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    service_uuid: Mapped[str | None] = mapped_column(String(36))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    branches: Mapped[list[str]] = mapped_column(JSON, default=list)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    granted_by: Mapped[str | None] = mapped_column(String(26))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(26))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When somebody last said that it should hold: given, extended, first read from a document.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def is_by_administrator(self) -> bool:
        """Did somebody who was logged in give it?"""
        return self.granted_by is not None

    def again(self, until: datetime, *, by: str, now: datetime) -> Mandate:
        """The same anew, given by an administrator, from now or from its own beginning on."""
        return Mandate(
            person_id=self.person_id,
            organisation_id=self.organisation_id,
            service_uuid=self.service_uuid,
            level=self.level,
            branches=list(self.branches),
            valid_from=max(self.valid_from, now),
            valid_until=until,
            granted_by=by,
            confirmed_at=now,
        )


def grant(
    session: Session,
    *,
    person_id: str,
    organisation_id: str,
    service_uuid: str | None,
    level: AssuranceLevel,
    until: datetime,
    granted_by: str,
    own_level: AssuranceLevel,
    now: datetime,
    max_years: int,
    branches: Sequence[str] = (),
) -> Mandate:
    """Give a mandate from now on. ``own_level``: of the login of who gives it. Raises
    MandateRefused when it would stand above that, end before tomorrow or too far ahead.
    """
    demand_term(level, until, own_level=own_level, now=now, max_years=max_years)
    mandate = Mandate(
        person_id=person_id,
        organisation_id=organisation_id,
        service_uuid=service_uuid,
        level=level,
        branches=list(branches),
        valid_from=now,
        valid_until=until,
        granted_by=granted_by,
        confirmed_at=now,
    )
    session.add(mandate)
    session.flush()
    return mandate


def demand_term(
    level: AssuranceLevel,
    until: datetime,
    *,
    own_level: AssuranceLevel,
    now: datetime,
    max_years: int,
) -> None:
    """What holds for every mandate that is given or changed. Raises MandateRefused."""
    if not suffices(own_level, level):
        raise MandateRefused("above_own_level")
    fault = end_dates.fault(dates.day_of(until), dates.day_of(now), max_years)
    if fault is not None:
        raise MandateRefused(fault)


def at(
    session: Session,
    organisation_id: str,
    now: datetime,
    *,
    person_id: str | None = None,
    ended_since: datetime | None = None,
) -> list[Mandate]:
    """What stands or is still to begin at this organisation, by the name of the person, whoever
    gave it. ``ended_since``: with what was taken back since then.
    """
    counts: ColumnElement[bool] = Mandate.revoked_at.is_(None)
    if ended_since is not None:
        counts = or_(counts, Mandate.revoked_at >= ended_since)
    query = (
        select(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .where(Mandate.organisation_id == organisation_id, Mandate.valid_until > now, counts)
        .options(contains_eager(Mandate.person), selectinload(Mandate.organisation))
        .order_by(Person.display_name, Mandate.valid_until, Mandate.id)
        .execution_options(populate_existing=True)  # what was read before decides nothing
    )
    if person_id is not None:
        query = query.where(Mandate.person_id == person_id)
    return list(session.scalars(query))


def of_person(session: Session, person_id: str, now: datetime) -> list[Mandate]:
    """What stands or is still to begin of this person, at every organisation, by its name."""
    query = (
        select(Mandate)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(Mandate.person_id == person_id, *_standing(now))
        .options(contains_eager(Mandate.organisation), selectinload(Mandate.person))
        .order_by(Organisation.name, Mandate.valid_until, Mandate.id)
    )
    return list(session.scalars(query))


def held_by(session: Session, person_id: str) -> list[Mandate]:
    """Every mandate that this person has or had, with the organisation, the last to end first."""
    query = (
        select(Mandate)
        .where(Mandate.person_id == person_id)
        .options(joinedload(Mandate.organisation))
        .order_by(Mandate.valid_until.desc(), Mandate.id)
    )
    return list(session.scalars(query))


def one(session: Session, mandate_id: str) -> Mandate | None:
    """One mandate as it is now, with person and organisation; also one that was taken back."""
    query = (
        select(Mandate)
        .where(Mandate.id == mandate_id)
        .options(joinedload(Mandate.person), joinedload(Mandate.organisation))
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).first()


def is_same(one: Mandate, other: Mandate) -> bool:
    """Do both let the same person do the same? People see them as one mandate. A general one is
    another at another level; at one service a higher level adds nothing.
    """
    return (
        one.person_id == other.person_id
        and one.organisation_id == other.organisation_id
        and one.service_uuid == other.service_uuid
        and set(one.branches) == set(other.branches)
        and (one.service_uuid is not None or levels.is_same(one.level, other.level))
    )


def shown(
    rows: Sequence[Mandate], now: datetime, left: Collection[str] = frozenset()
) -> list[Mandate]:
    """Of mandates that let the same person do the same, the one that lasts longest: people see them
    as one. ``left``: ids of those that count no more because the person left.
    """
    longest: list[Mandate] = []
    for row in sorted(rows, key=lambda one: _rank(one, now, left), reverse=True):
        if not any(is_same(row, other) for other in longest):
            longest.append(row)
    order = {row.id: number for number, row in enumerate(rows)}
    return sorted(longest, key=lambda row: order[row.id])


def same_as(session: Session, mandate: Mandate, now: datetime) -> list[Mandate]:
    """This mandate and those that stand beside it and let the same person do the same, held until
    the transaction ends.
    """
    query = (
        select(Mandate)
        .where(
            Mandate.person_id == mandate.person_id,
            Mandate.organisation_id == mandate.organisation_id,
            *_standing(now),
        )
        .order_by(Mandate.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [row for row in session.scalars(query) if is_same(row, mandate)]


def _standing(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Mandate.revoked_at.is_(None), Mandate.valid_until > now


def revoke(session: Session, mandate_id: str, *, by: str, now: datetime) -> bool:
    """Take a mandate back; it counts at the next check, also in logins under way. False if it was
    no longer there: of two at once one gets True.
    """
    mandate = session.get(Mandate, mandate_id, with_for_update=True, populate_existing=True)
    if mandate is None or mandate.revoked_at is not None:
        return False
    mandate.revoked_at, mandate.revoked_by = now, by
    return True


def restore(session: Session, mandate_id: str, *, by: str, now: datetime) -> bool:
    """Undo a revocation within ``UNDO``, for who did it. The clock of the server decides. False
    where that is over, or somebody else took it back.
    """
    mandate = session.get(Mandate, mandate_id, with_for_update=True, populate_existing=True)
    if mandate is None or not may_be_restored(mandate, by, now):
        return False
    mandate.revoked_at = mandate.revoked_by = None
    return True


def may_be_restored(mandate: Mandate, by: str, now: datetime) -> bool:
    """Is a moment ago that this person took it back, and would it hold?"""
    is_own = mandate.revoked_by == by and mandate.valid_until > now
    return is_own and is_a_moment_ago(mandate.revoked_at, now)


def is_a_moment_ago(revoked_at: datetime | None, now: datetime) -> bool:
    """Can what was taken back then still be undone?"""
    return revoked_at is not None and timedelta(0) <= now - revoked_at <= UNDO


def _rank(row: Mandate, now: datetime, left: Collection[str]) -> tuple[bool, bool, bool, datetime]:
    """What counts before what does not, what stands before what was taken back, what holds before
    what is still to begin.
    """
    stands = row.revoked_at is None
    return stands and row.id not in left, stands, row.valid_from <= now, row.valid_until
