"""Login history: per person, what the person may see about each login."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, literal, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance.levels import AssuranceLevel
from state.db import Base, LevelColumn, UtcDateTime, new_id, table_of
from state.prepared import Prepared, insert_into
from state.purging import delete_some


class HistoryEntry(Base):
    """One login of one person. ``represented`` is a KvK number or RSIN; ``outcome`` success,
    refused, cancelled or expired.
    """

    __tablename__ = "login_history"
    __table_args__ = (Index("ix_login_history_person_id_at", "person_id", "at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reference: Mapped[str] = mapped_column(String(8))
    client_id: Mapped[str] = mapped_column(String(200))
    service_uuid: Mapped[str] = mapped_column(String(36))
    provider_id: Mapped[str | None] = mapped_column(String(63))
    outcome: Mapped[str] = mapped_column(String(20))
    level: Mapped[AssuranceLevel | None] = mapped_column(LevelColumn)
    represented: Mapped[str | None] = mapped_column(String(12))


_INSERT: Final = Prepared(insert_into(table_of(HistoryEntry)))


def record(
    session: Session,
    *,
    person_id: str,
    at: datetime,
    reference: str,
    client_id: str,
    service_uuid: str,
    provider_id: str | None,
    outcome: str,
    level: AssuranceLevel | None,
    represented: str | None,
) -> None:
    """Add one login with the transaction of the caller."""
    _INSERT.run(
        session,
        {
            "id": new_id(),
            "person_id": person_id,
            "at": at,
            "reference": reference,
            "client_id": client_id,
            "service_uuid": service_uuid,
            "provider_id": provider_id,
            "outcome": outcome,
            "level": level,
            "represented": represented,
        },
    )


def recent(
    session: Session, person_id: str, limit: int = 50, before: str | None = None
) -> list[HistoryEntry]:
    """The last logins of this person, newest first. ``before``: the id of one of them, to go on
    from there; that of somebody else or of nobody gives none.
    """
    query = (
        select(HistoryEntry)
        .where(HistoryEntry.person_id == person_id)
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        last = session.get(HistoryEntry, before)
        if last is None or last.person_id != person_id:
            return []
        query = query.where(
            tuple_(HistoryEntry.at, HistoryEntry.id)
            < tuple_(literal(last.at, UtcDateTime), last.id)
        )
    return list(session.scalars(query))


def with_reference(session: Session, person_id: str, reference: str) -> HistoryEntry | None:
    """The login of this person with this reference; the last where there are several."""
    query = (
        select(HistoryEntry)
        .where(HistoryEntry.person_id == person_id, HistoryEntry.reference == reference)
        .order_by(HistoryEntry.at.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of what is older than the retention allows; how many."""
    return delete_some(session, HistoryEntry.id, HistoryEntry.at < before)
