"""What is kept of the metadata of each party that speaks SAML: the copy in use, what waits for an
operator, and how the last looks at its address went. One row a party, so that ten thousand are no
trouble.

A registration says where metadata come from and who vouches for them; a row holds only while the
registration says the same (``origin``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, Text, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from state.db import Base, UtcDateTime, enum_column_type
from state.locks import Held, one_at_a_time
from state.registrations import Kind


class PartyMetadata(Base):
    """``document``: what was fetched and is in use; None where the registration's own is.
    ``withdrawn``: fingerprints of keys that stood in it and were taken away. ``rejected``: what
    waited and an operator did not want; while the address says that, nothing waits. ``due_at``:
    when its address is looked at next; None where it has none. ``failing_since``: of the looks
    without a good one since. ``told_*``: of which trouble operators were told.
    """

    __tablename__ = "party_metadata"

    kind: Mapped[Kind] = mapped_column(enum_column_type(Kind, 20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    origin: Mapped[str] = mapped_column(String(64))
    document: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    withdrawn: Mapped[list[Any]] = mapped_column(JSON, default=list)
    etag: Mapped[str | None] = mapped_column(String(200))
    last_modified: Mapped[str | None] = mapped_column(String(200))
    waiting: Mapped[str | None] = mapped_column(Text)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting_reason: Mapped[str | None] = mapped_column(String(40))
    rejected: Mapped[str | None] = mapped_column(Text)
    rejected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str | None] = mapped_column(String(80))
    trouble: Mapped[str | None] = mapped_column(String(500))
    told_days: Mapped[int | None] = mapped_column(Integer)
    told_failing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_waiting_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class KeptCopy:
    """Metadata that were taken, and where from."""

    origin: str
    document: str


def copies(session: Session) -> Mapping[tuple[Kind, str], KeptCopy]:
    """Every copy in use. One read."""
    query = select(
        PartyMetadata.kind, PartyMetadata.name, PartyMetadata.origin, PartyMetadata.document
    ).where(PartyMetadata.document.is_not(None))
    return {
        (kind, name): KeptCopy(origin, document)
        for kind, name, origin, document in session.execute(query)
        if document is not None
    }


def row_of(session: Session, kind: Kind, name: str, *, lock: bool = False) -> PartyMetadata | None:
    """What is kept of this party; ``lock``: nobody else changes it until the transaction ends."""
    return session.get(
        PartyMetadata, (kind, name), with_for_update=lock or None, populate_existing=True
    )


def hold_many(session: Session) -> None:
    """Before writing the rows of more than one party in a transaction: one at a time does, so that
    no two of them wait for each other's rows. Who writes one party's row needs it not, as long as
    that transaction locks nothing else that these hold: after its row come only its own list and
    the revision (``registrations.raise_revision``), which is last.
    """
    one_at_a_time(session, Held.METADATA_ROWS)


def forget(session: Session, kind: Kind, name: str) -> None:
    """With the registration goes its copy, so that none of before comes back with it."""
    session.execute(
        delete(PartyMetadata).where(PartyMetadata.kind == kind, PartyMetadata.name == name)
    )


def begin(
    session: Session,
    kind: Kind,
    name: str,
    *,
    origin: str,
    document: str | None,
    ends_at: datetime | None,
    due_at: datetime | None,
    now: datetime,
    is_new: bool = False,
) -> PartyMetadata:
    """A row as for a party of which nothing was kept; what was there of another origin is gone.
    ``is_new``: who holds ``hold_many`` looked, and there was nothing.
    """
    row = row_of(session, kind, name, lock=True) if not is_new else None
    if row is None:
        row = PartyMetadata(kind=kind, name=name)
        session.add(row)
    row.origin, row.document, row.ends_at, row.due_at = origin, document, ends_at, due_at
    row.taken_at, row.checked_at = now, now if document is not None else None
    row.withdrawn, row.etag, row.last_modified = [], None, None
    row.waiting, row.waiting_since, row.waiting_reason = None, None, None
    row.rejected, row.rejected_at = None, None
    row.failures, row.failing_since, row.tried_at = 0, None, None
    row.reason, row.trouble = None, None
    row.told_days, row.told_failing_at, row.told_waiting_at = None, None, None
    session.flush()
    return row


def claim_due(
    session: Session, now: datetime, *, until: datetime, most: int, kinds: Collection[Kind]
) -> Sequence[tuple[Kind, str]]:
    """Those of these kinds whose address is to be looked at, taken with the transaction of the
    caller: nobody else looks before ``until``.
    """
    due = (
        select(PartyMetadata)
        .where(PartyMetadata.due_at <= now, PartyMetadata.kind.in_(kinds))
        .order_by(PartyMetadata.due_at, PartyMetadata.kind, PartyMetadata.name)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(due))
    for row in rows:
        row.due_at = until
    return [(row.kind, row.name) for row in rows]


def has_due(session: Session, now: datetime, kinds: Collection[Kind]) -> bool:
    """Is there anything of these kinds to look at? One read, of an index."""
    query = select(PartyMetadata.name).where(
        PartyMetadata.due_at <= now, PartyMetadata.kind.in_(kinds)
    )
    return session.scalar(query.limit(1)) is not None


def ending(session: Session, before: Mapping[int, datetime]) -> list[PartyMetadata]:
    """Those that end before the moment of so many days, and of which operators were not told so
    close to the end yet.
    """
    told = PartyMetadata.told_days
    stages = [
        (PartyMetadata.ends_at <= moment) & or_(told.is_(None), told > days)
        for days, moment in before.items()
    ]
    query = select(PartyMetadata).where(or_(*stages))
    return list(session.scalars(query.order_by(PartyMetadata.kind, PartyMetadata.name)))


def failing(session: Session, since: datetime) -> list[PartyMetadata]:
    """Those without a good look since before this moment, of which operators were not told."""
    query = select(PartyMetadata).where(
        PartyMetadata.failing_since <= since, PartyMetadata.told_failing_at.is_(None)
    )
    return list(session.scalars(query.order_by(PartyMetadata.kind, PartyMetadata.name)))


@dataclass(frozen=True)
class PartyStanding:
    """How it stands with what is kept of one party, without the documents."""

    origin: str
    ends_at: datetime | None
    checked_at: datetime | None
    waits: bool
    fails: bool
    is_rejected: bool


def standings(session: Session) -> Mapping[tuple[Kind, str], PartyStanding]:
    """Of every party; one read of small columns."""
    query = select(
        PartyMetadata.kind,
        PartyMetadata.name,
        PartyMetadata.origin,
        PartyMetadata.ends_at,
        PartyMetadata.checked_at,
        PartyMetadata.waiting_since.is_not(None),
        PartyMetadata.failing_since.is_not(None),
        PartyMetadata.rejected_at.is_not(None),
    )
    return {
        (kind, name): PartyStanding(origin, ends, checked, bool(waits), bool(fails), bool(rejected))
        for kind, name, origin, ends, checked, waits, fails, rejected in session.execute(query)
    }


def number_waiting(session: Session) -> int:
    """How many parties have something that waits for an operator."""
    query = select(func.count()).where(PartyMetadata.waiting_since.is_not(None))
    return session.execute(query).scalar_one()


def origins(session: Session) -> Mapping[tuple[Kind, str], str]:
    """Of which parties something is kept, and of what origin."""
    query = select(PartyMetadata.kind, PartyMetadata.name, PartyMetadata.origin)
    return {(kind, name): origin for kind, name, origin in session.execute(query)}


def all_rows(session: Session, names: Collection[str] = ()) -> list[PartyMetadata]:
    """By kind and name; of these names, or of all."""
    query = select(PartyMetadata).order_by(PartyMetadata.kind, PartyMetadata.name)
    if names:
        query = query.where(PartyMetadata.name.in_(names))
    return list(session.scalars(query))
