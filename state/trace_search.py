"""Search in traces: lists, counts, and everything under one reference. For people who look, off the
path of a login.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from state.trace import NOT_BEGUN, OPEN, Trace, TraceRecord, logins_first, record_of

MOST_ROWS: Final = 100


@dataclass(frozen=True)
class Wanted:
    """Every condition that is given must be met. Values that nobody wrote find nothing. Requests
    that were refused before there was a login are found by their outcome alone.
    """

    service_uuid: str | None = None
    provider_id: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class FoundTrace:
    """A trace and its row's id, which tells logins with the same reference apart."""

    id: str
    record: TraceRecord


def newest(
    session: Session, wanted: Wanted, *, limit: int, before: str | None = None
) -> Sequence[FoundTrace]:
    """Logins that ended last, newest first; ``before``: those that ended earlier than the one with
    this id. At most MOST_ROWS.
    """
    query = _matching(wanted)
    last = session.get(Trace, before) if before and _may_be_id(before) else None
    if last is not None:
        earlier = and_(Trace.ended_at == last.ended_at, Trace.id < last.id)
        query = query.where(or_(Trace.ended_at < last.ended_at, earlier))
    ordered = query.order_by(Trace.ended_at.desc(), Trace.id.desc()).limit(min(limit, MOST_ROWS))
    return [FoundTrace(row.id, record_of(row)) for row in session.scalars(ordered)]


def with_reference(session: Session, reference: str) -> Sequence[FoundTrace]:
    """Every login with this reference (as from parse_reference), newest first: they may collide.
    After them what was refused before a login or beside it.
    """
    query = select(Trace).where(Trace.reference == reference).order_by(*logins_first())
    return [FoundTrace(row.id, record_of(row)) for row in session.scalars(query.limit(MOST_ROWS))]


def one(session: Session, trace_id: str) -> FoundTrace | None:
    """The login in this row."""
    row = session.get(Trace, trace_id) if _may_be_id(trace_id) else None
    return FoundTrace(row.id, record_of(row)) if row is not None else None


def outcomes_since(session: Session, since: datetime) -> Mapping[str, int]:
    """How many logins ended in which way since this moment."""
    query = (
        select(Trace.outcome, func.count())
        .where(Trace.ended_at >= since, Trace.outcome.not_in((NOT_BEGUN, OPEN)))
        .group_by(Trace.outcome)
    )
    return {outcome: number for outcome, number in session.execute(query)}  # noqa: C416  typed rows


def _may_be_id(text: str) -> bool:
    """What comes from an address may hold what a database refuses to read, such as NUL."""
    return text.isascii() and text.isalnum()


def _matching(wanted: Wanted) -> Select[Trace]:
    query = select(Trace)
    if not wanted.outcome:
        query = query.where(Trace.outcome != NOT_BEGUN)
    for column, value in (
        (Trace.service_uuid, wanted.service_uuid),
        (Trace.provider_id, wanted.provider_id),
        (Trace.outcome, wanted.outcome),
    ):
        if value:
            query = query.where(column == value)
    return query
