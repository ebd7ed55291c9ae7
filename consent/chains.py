"""Chain mandates (ketenmachtigingen): an organisation lets exactly one intermediary act for it at a
service.

The whole company, never a branch. Who acts within the intermediary needs a mandate of the
intermediary.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assurance.levels import AssuranceLevel
from directory.organisations import Organisation
from state.db import Base, LevelColumn, UtcDateTime, new_id


class ChainMandate(Base):
    __tablename__ = "chain_mandate"
    __table_args__ = (Index("ix_chain_mandate_intermediary", "intermediary_id", "service_uuid"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    intermediary_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    service_uuid: Mapped[str] = mapped_column(String(36))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(26))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # as of a mandate
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    intermediary: Mapped[Organisation] = relationship(foreign_keys=[intermediary_id])
