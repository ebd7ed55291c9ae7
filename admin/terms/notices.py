"""Warnings that were given: to whom, of what, and how near it was. So that each comes once, also
where two workers look at once or none did for a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from admin.terms.coming import Coming, TermKind
from state.db import Base, UtcDateTime, enum_column_type

Told = Mapping[tuple[TermKind, str], tuple[date, int]]


class TermNotice(Base):
    """The nearest step at which this person was warned of this."""

    __tablename__ = "term_notice"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[TermKind] = mapped_column(enum_column_type(TermKind, 20), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    until: Mapped[date] = mapped_column(Date)
    step: Mapped[int] = mapped_column(Integer)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


def due(coming: Iterable[Coming], told: Told) -> tuple[Coming, ...]:
    """What a person was not told of at this step, or with this end. Pure."""
    return tuple(one for one in coming if _is_news(one, told.get((one.kind, one.subject_id))))


def told_to(session: Session, person_id: str) -> dict[tuple[TermKind, str], tuple[date, int]]:
    """What somebody was told: the end that it had then, and the nearest step."""
    query = select(TermNotice).where(TermNotice.person_id == person_id)
    return {
        (row.kind, row.subject_id): (row.until, row.step)
        for row in session.scalars(query.execution_options(populate_existing=True))
    }


def last_told(session: Session, person_id: str) -> datetime | None:
    """When somebody was warned last."""
    query = select(func.max(TermNotice.told_at)).where(TermNotice.person_id == person_id)
    return session.scalar(query)


def keep(session: Session, person_id: str, news: Iterable[Coming], now: datetime) -> None:
    """With the mail, in one transaction."""
    for one in news:
        session.merge(
            TermNotice(
                person_id=person_id,
                kind=one.kind,
                subject_id=one.subject_id,
                until=one.until,
                step=one.step,
                told_at=now,
            )
        )


def purge(session: Session, before: date) -> int:
    """Delete what was about something that ended before this day; how many."""
    gone = delete(TermNotice).where(TermNotice.until < before).returning(TermNotice.subject_id)
    return len(session.execute(gone.execution_options(synchronize_session=False)).all())


def _is_news(one: Coming, told: tuple[date, int] | None) -> bool:
    return told is None or told[0] != one.until or one.step < told[1]
