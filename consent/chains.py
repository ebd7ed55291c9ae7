"""Chain mandates (ketenmachtigingen): an organisation lets exactly one intermediary act for it at a
service.

The whole company, never a branch. Who acts within the intermediary needs a mandate of the
intermediary; it cannot be passed on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, false, or_, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from assurance.levels import AssuranceLevel, highest, suffices
from consent import allocations
from consent.authority import MandateTerms
from consent.mandates import Mandate, is_a_moment_ago
from directory.organisations import Organisation
from state.db import Base, LevelColumn, UtcDateTime, new_id


class ChainMandate(Base):
    """One chain mandate. ``granted_by``: the administrator who gave it, or the request that its
    client signed; None where a document did. ``by_link``: that request, by who read its mail.
    """

    __tablename__ = "chain_mandate"
    __table_args__ = (Index("ix_chain_mandate_intermediary", "intermediary_id", "service_uuid"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    intermediary_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    service_uuid: Mapped[str] = mapped_column(String(36))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[str | None] = mapped_column(String(26))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(26))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # as of a mandate
    # With a default of the database too: what a version before this one writes has no such thing.
    by_link: Mapped[bool] = mapped_column(default=False, server_default=false())
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    intermediary: Mapped[Organisation] = relationship(foreign_keys=[intermediary_id])

    @property
    def key(self) -> tuple[str, str, str]:
        """People see those with the same key as one: whom, through whom, where."""
        return self.organisation_id, self.intermediary_id, self.service_uuid

    @property
    def is_by_administrator(self) -> bool:
        """Did somebody who was logged in give it?"""
        return self.granted_by is not None and not self.by_link

    def again(self, until: datetime, *, by: str, now: datetime) -> ChainMandate:
        """The same anew, given by an administrator, from now or from its own beginning on."""
        return ChainMandate(
            organisation_id=self.organisation_id,
            intermediary_id=self.intermediary_id,
            service_uuid=self.service_uuid,
            level=self.level,
            valid_from=max(self.valid_from, now),
            valid_until=until,
            granted_by=by,
            confirmed_at=now,
        )


@dataclass(frozen=True)
class ChainWish:
    """One intermediary at one service, at least at this level."""

    intermediary_id: str
    service_uuid: str
    level: AssuranceLevel

    def is_met_by(self, chain: ChainMandate) -> bool:
        """Does it let the intermediary do this? Whether it stands is not asked here."""
        return (chain.intermediary_id, chain.service_uuid) == (
            self.intermediary_id,
            self.service_uuid,
        ) and suffices(chain.level, self.level)


def needed_level(
    service: MandateTerms, level: AssuranceLevel, least: AssuranceLevel
) -> AssuranceLevel:
    """At which level a chain mandate here is given. ``level``: of the service itself; ``least``:
    of every chain mandate.
    """
    return highest(level, service.chain_level, least)


def counts_by_link(
    level: AssuranceLevel, link_level: AssuranceLevel | None, *, by_link: bool
) -> bool:
    """Is a chain mandate worth something by how it was given? ``link_level``: up to which level one
    is that was given with a link; None: at none.
    """
    return not by_link or (link_level is not None and suffices(link_level, level))


def switched_off(rows: Iterable[ChainMandate], link_level: AssuranceLevel | None) -> frozenset[str]:
    """Ids of those of these that count no more (or not now) because a link gave them."""
    return frozenset(
        row.id for row in rows if not counts_by_link(row.level, link_level, by_link=row.by_link)
    )


def of_client(
    session: Session,
    organisation_id: str,
    now: datetime,
    *,
    intermediary_id: str | None = None,
    ended_since: datetime | None = None,
) -> list[ChainMandate]:
    """What this organisation gave and what stands or is still to begin, by the name of the
    intermediary. ``ended_since``: with what was taken back since then.
    """
    query = _listed(ChainMandate.intermediary, ChainMandate.organisation, now, ended_since).where(
        ChainMandate.organisation_id == organisation_id
    )
    if intermediary_id is not None:
        query = query.where(ChainMandate.intermediary_id == intermediary_id)
    return list(session.scalars(query))


def of_intermediary(
    session: Session,
    intermediary_id: str,
    now: datetime,
    *,
    organisation_id: str | None = None,
    ended_since: datetime | None = None,
) -> list[ChainMandate]:
    """What stands or is still to begin at an intermediary, by the name of the client."""
    query = _listed(ChainMandate.organisation, ChainMandate.intermediary, now, ended_since).where(
        ChainMandate.intermediary_id == intermediary_id
    )
    if organisation_id is not None:
        query = query.where(ChainMandate.organisation_id == organisation_id)
    return list(session.scalars(query))


def one(session: Session, chain_id: str) -> ChainMandate | None:
    """One as it is now, with both organisations; also one that was taken back."""
    query = (
        select(ChainMandate)
        .where(ChainMandate.id == chain_id)
        .options(joinedload(ChainMandate.organisation), joinedload(ChainMandate.intermediary))
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).first()


def held(
    session: Session,
    organisation_id: str,
    intermediary_id: str,
    now: datetime,
    *,
    service_uuid: str | None = None,
) -> list[ChainMandate]:
    """What stands or is still to begin between these two, locked until the transaction ends."""
    query = (
        select(ChainMandate)
        .where(
            ChainMandate.organisation_id == organisation_id,
            ChainMandate.intermediary_id == intermediary_id,
            *_standing(now),
        )
        .order_by(ChainMandate.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if service_uuid is not None:
        query = query.where(ChainMandate.service_uuid == service_uuid)
    return list(session.scalars(query))


def taken_with(session: Session, chain: ChainMandate) -> list[ChainMandate]:
    """What was taken back in the same stroke as this one, locked until the transaction ends."""
    query = (
        select(ChainMandate)
        .where(
            ChainMandate.organisation_id == chain.organisation_id,
            ChainMandate.intermediary_id == chain.intermediary_id,
            ChainMandate.revoked_at == chain.revoked_at,
            ChainMandate.revoked_by == chain.revoked_by,
        )
        .order_by(ChainMandate.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def through(
    session: Session,
    person_id: str,
    now: datetime,
    *,
    most: int,
    link_level: AssuranceLevel | None,
) -> list[ChainMandate]:
    """Through which this person may act now, by the name of the client, no more than ``most``: with
    a mandate of the intermediary for the whole of it, its allocation, and a place that did not end.
    ``link_level``: up to which one counts that a link gave. Levels are not asked otherwise.
    """
    link_counts = [one for one in AssuranceLevel if counts_by_link(one, link_level, by_link=True)]
    is_allocated = allocations.is_allocated(
        person_id,
        ChainMandate.intermediary_id,
        ChainMandate.organisation_id,
        ChainMandate.service_uuid,
    )
    place, is_there = allocations.place_of(person_id, ChainMandate.intermediary_id)
    ended = allocations.place_end
    query = (
        select(ChainMandate, Mandate)
        .join(Mandate, Mandate.organisation_id == ChainMandate.intermediary_id)
        .join(ChainMandate.organisation)
        .outerjoin(place, is_there)
        .where(
            Mandate.person_id == person_id,
            or_(Mandate.service_uuid.is_(None), Mandate.service_uuid == ChainMandate.service_uuid),
            or_(ended.is_(None), ended > now),
            is_allocated,
            or_(ChainMandate.by_link.is_(False), ChainMandate.level.in_(link_counts)),
            Organisation.suspended_at.is_(None),
            ChainMandate.intermediary.has(Organisation.suspended_at.is_(None)),
            *(
                condition
                for model in (Mandate, ChainMandate)
                for condition in (
                    model.revoked_at.is_(None),
                    model.valid_from <= now,
                    model.valid_until > now,
                )
            ),
        )
        .options(joinedload(ChainMandate.organisation), joinedload(ChainMandate.intermediary))
        .order_by(Organisation.name, ChainMandate.valid_until.desc(), ChainMandate.id)
        .limit(most * 2)
    )
    found = [chain for chain, mandate in session.execute(query) if not mandate.branches]
    return shown(list(dict.fromkeys(found)), now)[:most]


def may_be_restored(chain: ChainMandate, by: str, now: datetime) -> bool:
    """Is a moment ago that this person took it back, and would it hold?"""
    is_own = chain.revoked_by == by and chain.valid_until > now
    return is_own and is_a_moment_ago(chain.revoked_at, now)


def shown(
    rows: Sequence[ChainMandate], now: datetime, off: Collection[str] = frozenset()
) -> list[ChainMandate]:
    """Of those that people see as one, the one that lasts longest, in the order of ``rows``.
    ``off``: ids of those that do not count, as ``switched_off`` says.
    """
    best: dict[tuple[str, str, str], ChainMandate] = {}
    for row in rows:
        known = best.get(row.key)
        if known is None or _rank(row, now, off) > _rank(known, now, off):
            best[row.key] = row
    kept = {row.id for row in best.values()}
    return [row for row in rows if row.id in kept]


def _rank(
    row: ChainMandate, now: datetime, off: Collection[str]
) -> tuple[bool, bool, bool, datetime]:
    """What counts before what does not, what stands before what was taken back, what holds before
    what is still to begin.
    """
    stands = row.revoked_at is None
    return stands and row.id not in off, stands, row.valid_from <= now, row.valid_until


def _standing(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ChainMandate.revoked_at.is_(None), ChainMandate.valid_until > now


def _listed(
    other: Any, own: Any, now: datetime, ended_since: datetime | None
) -> Select[ChainMandate]:
    """``other``: the organisation at the other end, which orders the list; each row is looked up
    once. ``own``: that of the list, the same in all of them, which is read once. What ended since
    both went up in one is of nobody with itself.
    """
    counts: ColumnElement[bool] = ChainMandate.revoked_at.is_(None)
    if ended_since is not None:
        counts = or_(counts, ChainMandate.revoked_at >= ended_since)
    return (
        select(ChainMandate)
        .join(other)
        .where(ChainMandate.valid_until > now, counts)
        .where(ChainMandate.organisation_id != ChainMandate.intermediary_id)
        .options(contains_eager(other), selectinload(own))
        .order_by(Organisation.name, ChainMandate.valid_until, ChainMandate.id)
        .execution_options(populate_existing=True)  # what was read before decides nothing
    )
