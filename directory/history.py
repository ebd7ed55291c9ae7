"""Login history: per person, what the person may see about each login."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    Boolean,
    CursorResult,
    ForeignKey,
    Index,
    String,
    and_,
    exists,
    false,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from assurance.levels import AssuranceLevel
from directory.groups import GroupMember
from state.db import Base, LevelColumn, UtcDateTime, new_id, table_of
from state.prepared import PreparedStatement, insert_into
from state.purging import delete_some


class HistoryEntry(Base):
    """One login of one person. ``represented`` is a KvK number or RSIN, and ``intermediary`` that
    of the office through which a chain mandate went; ``outcome`` success, refused, cancelled or
    expired. ``new_browser``: the person must still be told of it; ``browser``
    as ``broker.web.user_agents`` keeps it, None where it is not known. ``disowned_at``: when the
    person said that it was somebody else; ``disowned_untold``: operators must still be told.
    """

    __tablename__ = "login_history"
    __table_args__ = (
        Index("ix_login_history_person_id_at", "person_id", "at"),
        Index(
            "ix_login_history_new_browser",
            "id",
            sqlite_where=text("new_browser"),
            postgresql_where=text("new_browser"),
        ),
        Index(
            "ix_login_history_disowned_untold",
            "id",
            sqlite_where=text("disowned_untold"),
            postgresql_where=text("disowned_untold"),
        ),
        *(
            Index(
                f"ix_login_history_{column}_at",
                column,
                "at",
                "id",
                sqlite_where=text(f"{column} IS NOT NULL"),
                postgresql_where=text(f"{column} IS NOT NULL"),
            )
            for column in ("represented", "intermediary")
        ),
    )

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
    intermediary: Mapped[str | None] = mapped_column(String(12))
    new_browser: Mapped[bool] = mapped_column(Boolean, server_default=false())
    browser: Mapped[str | None] = mapped_column(String(40))
    disowned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disowned_untold: Mapped[bool] = mapped_column(Boolean, server_default=false())


_INSERT: Final = PreparedStatement(insert_into(table_of(HistoryEntry)))


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
    intermediary: str | None = None,
    new_browser: bool = False,
    browser: str | None = None,
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
            "intermediary": intermediary,
            "new_browser": new_browser,
            "browser": browser,
            "disowned_at": None,
            "disowned_untold": False,
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


def acting_in_group(
    session: Session,
    group_id: str,
    numbers: Mapping[str, datetime],
    limit: int = 50,
    *,
    person_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: str | None = None,
) -> list[HistoryEntry]:
    """The last logins that succeeded, newest first, of who is in this group, since they are, for
    each of these organisations (KvK number or RSIN) since the moment with it. ``before``: what came
    earlier than the login with this id, which is one of these: any other gives none.
    """
    for_companies = or_(
        false(),
        *(
            and_(HistoryEntry.represented == number, HistoryEntry.at >= start)
            for number, start in numbers.items()
        ),
    )
    of_members = and_(
        GroupMember.person_id == HistoryEntry.person_id,
        GroupMember.group_id == group_id,
        GroupMember.until.is_(None),
        GroupMember.since <= HistoryEntry.at,
    )
    query = (
        select(HistoryEntry)
        .join(GroupMember, of_members)
        .where(for_companies, HistoryEntry.outcome == "success")
    )
    if before is not None:
        last = session.scalars(query.where(HistoryEntry.id == before)).first()
        if last is None:
            return []
        earlier = and_(HistoryEntry.at == last.at, HistoryEntry.id < last.id)
        query = query.where(or_(HistoryEntry.at < last.at, earlier))
    if person_id is not None:
        query = query.where(HistoryEntry.person_id == person_id)
    if since is not None:
        query = query.where(HistoryEntry.at >= since)
    if until is not None:
        query = query.where(HistoryEntry.at < until)
    newest = query.order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc()).limit(limit)
    return list(session.scalars(newest))


def in_new_browsers(session: Session, limit: int = 100) -> list[HistoryEntry]:
    """Logins in a browser that nobody knew, of which the person was not told yet, oldest first."""
    query = select(HistoryEntry).where(HistoryEntry.new_browser)
    return list(session.scalars(query.order_by(HistoryEntry.at, HistoryEntry.id).limit(limit)))


def take_new_browsers(session: Session, ids: Collection[str]) -> set[str]:
    """Which of these are for the caller to tell, in the transaction of the messages. What another
    worker has in hand is passed over.
    """
    untold = select(HistoryEntry.id).where(HistoryEntry.id.in_(ids), HistoryEntry.new_browser)
    taken = set(session.scalars(untold.order_by(HistoryEntry.id).with_for_update(skip_locked=True)))
    session.execute(
        update(HistoryEntry)
        .where(HistoryEntry.id.in_(taken))
        .values(new_browser=False)
        .execution_options(synchronize_session=False)
    )
    return taken


def of_person(session: Session, person_id: str, entry_id: str) -> HistoryEntry | None:
    """This login, where it is one of this person."""
    entry = session.get(HistoryEntry, entry_id)
    return entry if entry is not None and entry.person_id == person_id else None


def disown(session: Session, person_id: str, entry_id: str, now: datetime) -> bool:
    """The person says that this login was somebody else; operators must be told. False if this
    person has no such login, or said so before.
    """
    entry = session.get(HistoryEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.person_id != person_id or entry.disowned_at is not None:
        return False
    entry.disowned_at, entry.disowned_untold = now, True
    return True


def disowned_untold(session: Session, limit: int = 100) -> list[HistoryEntry]:
    """Logins that their person disowned, of which operators were not told yet, oldest first."""
    query = select(HistoryEntry).where(HistoryEntry.disowned_untold).order_by(HistoryEntry.id)
    return list(session.scalars(query.limit(limit)))


def take_disowned(session: Session, entry_id: str) -> bool:
    """True for the one who tells operators of it, in the transaction of the messages."""
    statement = (
        update(HistoryEntry)
        .where(HistoryEntry.id == entry_id, HistoryEntry.disowned_untold)
        .values(disowned_untold=False)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def not_the_first(session: Session, ids: Collection[str]) -> set[str]:
    """Those of these logins whose person had logged in before. Who never did knows no browser."""
    earlier = aliased(HistoryEntry)
    query = select(HistoryEntry.id).where(
        HistoryEntry.id.in_(ids),
        exists().where(
            earlier.person_id == HistoryEntry.person_id,
            earlier.at < HistoryEntry.at,
            earlier.outcome == "success",
        ),
    )
    return set(session.scalars(query))


def with_reference(session: Session, person_id: str, reference: str) -> HistoryEntry | None:
    """The login of this person with this reference; the last where there are several."""
    query = (
        select(HistoryEntry)
        .where(HistoryEntry.person_id == person_id, HistoryEntry.reference == reference)
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of what is older than the retention allows; how many."""
    return delete_some(session, HistoryEntry.id, HistoryEntry.at < before)
