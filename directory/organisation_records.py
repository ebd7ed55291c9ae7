"""What a register says of an organisation beside its name: address, telephone, whether it ended; by
which source, and when. And the numbers that an organisation had before.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

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
    """A KvK number that an organisation had, and why it has another one now."""

    __tablename__ = "organisation_old_number"

    kvk: Mapped[str] = mapped_column(String(8), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    why: Mapped[NumberChange] = mapped_column(enum_column_type(NumberChange, 10))
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
