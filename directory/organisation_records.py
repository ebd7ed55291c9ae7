"""What a register says of an organisation beside its name: address, telephone, whether it ended; by
which source, and when. And the numbers that an organisation had before.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from directory import organisations
from directory.organisations import Organisation
from state.db import Base, UtcDateTime, enum_column_type


class RecordSource(enum.StrEnum):
    """Who says so."""

    KVK_API = "kvk_api"
    FILE = "file"
    OPERATOR = "operator"


class OrganisationRecord(Base):
    """One per organisation; without one nobody looked yet. ``confirmed_by``: the operator, where
    one said so at a screen.
    """

    __tablename__ = "organisation_record"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    source: Mapped[RecordSource] = mapped_column(enum_column_type(RecordSource, 10))
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    address: Mapped[str | None] = mapped_column(String(200))
    telephone: Mapped[str | None] = mapped_column(String(20))
    ended: Mapped[date | None] = mapped_column(Date)
    confirmed_by: Mapped[str | None] = mapped_column(String(26))


class NumberChange(enum.StrEnum):
    """Why a KvK number is another one now."""

    RENUMBERED = "renumbered"
    MERGED = "merged"


class OldNumber(Base):
    """A KvK number that an organisation had, and why it has another one now. ``rsin``: the RSIN
    that went with it, where that is another one now as well.
    """

    __tablename__ = "organisation_old_number"

    kvk: Mapped[str] = mapped_column(String(8), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    why: Mapped[NumberChange] = mapped_column(enum_column_type(NumberChange, 10))
    rsin: Mapped[str | None] = mapped_column(String(9))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def record_of(session: Session, organisation_id: str) -> OrganisationRecord | None:
    """As it is now."""
    return session.get(OrganisationRecord, organisation_id, populate_existing=True)


def moved_to(session: Session, kvk: str) -> str | None:
    """The KvK number that took the place of this one; None where none did."""
    query = (
        select(Organisation.kvk)
        .join(OldNumber, OldNumber.organisation_id == Organisation.id)
        .where(OldNumber.kvk == kvk)
    )
    return session.scalar(query)


def old_numbers(session: Session, organisation_id: str) -> list[OldNumber]:
    """The numbers that became this organisation, the last change first."""
    query = (
        select(OldNumber)
        .where(OldNumber.organisation_id == organisation_id)
        .order_by(OldNumber.changed_at.desc(), OldNumber.kvk)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class MergedOrganisation:
    """One that went up in another. ``until``: when it did."""

    id: str
    name: str
    until: datetime


def merged_into(session: Session, organisation_id: str) -> list[MergedOrganisation]:
    """Those that went up in this one, also by way of another; the last one first."""
    query = (
        select(Organisation.id, Organisation.name, OldNumber.changed_at)
        .join(OldNumber, OldNumber.kvk == Organisation.kvk)
        .where(
            OldNumber.organisation_id == organisation_id,
            OldNumber.why == NumberChange.MERGED,
            Organisation.id != organisation_id,
        )
        .order_by(OldNumber.changed_at.desc(), OldNumber.kvk)
    )
    return [MergedOrganisation(*row) for row in session.execute(query)]


def numbers_of(session: Session, organisation: Organisation) -> dict[str, datetime | None]:
    """Every KvK number and RSIN by which logins name this organisation; None for those that it has
    now, else until when it was one of them, or of an organisation that went up in it.
    """
    found: dict[str, datetime | None] = {}
    for old in old_numbers(session, organisation.id):
        found.update({number: old.changed_at for number in (old.kvk, old.rsin) if number})
    now = {number: None for number in (organisation.kvk, organisation.rsin) if number}
    return {**found, **now}


def names(session: Session, numbers: Iterable[str | None]) -> dict[str, str]:
    """The names of organisations by KvK number and by RSIN, also by those that they had before."""
    wanted = {number for number in numbers if number is not None}
    found = organisations.names(session, wanted)
    left = wanted - set(found)
    if not left:
        return found
    query = (
        select(OldNumber.kvk, OldNumber.rsin, Organisation.name)
        .join(Organisation, Organisation.id == OldNumber.organisation_id)
        .where(or_(OldNumber.kvk.in_(left), OldNumber.rsin.in_(left)))
    )
    for kvk, rsin, name in session.execute(query):
        found.update({number: name for number in (kvk, rsin) if number in left})
    return found
