"""Mandates (machtigingen): an organisation lets a person act for it at one service, or at all up to a level."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assurance.levels import AssuranceLevel
from directory.organisations import Organisation
from directory.people import Person
from state.db import Base, LevelColumn, UtcDateTime, new_id


class Mandate(Base):
    """One mandate. ``service_uuid`` None: every service up to ``level``, also future ones. ``branches``: 12-digit
    establishment numbers, empty for the whole organisation. Revocation is a fact checked at use."""

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
