"""Mandates (machtigingen): an organisation lets a person act for it at one service, or at all up to
a level.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assurance.levels import AssuranceLevel, suffices
from directory import dates
from directory.organisations import Organisation
from directory.people import Person
from state.db import Base, LevelColumn, UtcDateTime, new_id

REGISTER: Final = "urn:sluis:mandate-register"


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
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[str | None] = mapped_column(String(26))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(26))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


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
    MandateRefused when it would stand above that, end in the past or too far ahead.
    """
    if not suffices(own_level, level):
        raise MandateRefused("above_own_level")
    if until <= now:
        raise MandateRefused("ends_in_the_past")
    if until > dates.end_of(dates.years_after(dates.day_of(now), max_years)):
        raise MandateRefused("too_long")
    mandate = Mandate(
        person_id=person_id,
        organisation_id=organisation_id,
        service_uuid=service_uuid,
        level=level,
        branches=list(branches),
        valid_from=now,
        valid_until=until,
        granted_by=granted_by,
    )
    session.add(mandate)
    session.flush()
    return mandate


def given_at(session: Session, organisation_ids: Sequence[str], now: datetime) -> list[Mandate]:
    """What administrators of these organisations gave and what stands, by the name of the person.

    What a file registers is not among them: there it is changed, and it would come back from there.
    """
    query = (
        select(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .where(*_given(now), Mandate.organisation_id.in_(organisation_ids))
        .options(joinedload(Mandate.person), joinedload(Mandate.organisation))
        .order_by(Person.display_name, Mandate.valid_until)
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


def given(session: Session, mandate_id: str, now: datetime) -> Mandate | None:
    """One of those, with person and organisation."""
    query = (
        select(Mandate)
        .where(*_given(now), Mandate.id == mandate_id)
        .options(joinedload(Mandate.person), joinedload(Mandate.organisation))
    )
    return session.scalars(query).first()


def _given(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Mandate.granted_by.is_not(None),
        Mandate.revoked_at.is_(None),
        Mandate.valid_until > now,
    )


def revoke(session: Session, mandate_id: str, *, by: str, now: datetime) -> bool:
    """Take a mandate back; it counts at the next check, also in logins under way. False if it was
    no longer there: of two at once one gets True.
    """
    mandate = session.get(Mandate, mandate_id, with_for_update=True, populate_existing=True)
    if mandate is None or mandate.revoked_at is not None:
        return False
    mandate.revoked_at, mandate.revoked_by = now, by
    return True
