"""Search in traces: lists, counts, and everything under one reference. For people who look, off the
path of a login.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from state.trace import NOT_BEGUN, OPEN, Trace, TraceRecord, logins_first, record_of

MOST_ROWS: Final = 101  # a page, and one row more
MOST_CAUSES: Final = 50


@dataclass(frozen=True)
class Wanted:
    """Every condition that is given must be met. Values that nobody wrote find nothing. Requests
    that were refused before there was a login are found by their outcome or cause alone.
    """

    service_uuid: str | None = None
    provider_id: str | None = None
    outcome: str | None = None
    cause: str | None = None
    since: datetime | None = None
    until: datetime | None = None  # this moment too


@dataclass(frozen=True)
class CauseCount:
    """How often something was the cause, and when last."""

    cause: str
    number: int
    last_at: datetime


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
    query = newest_first(wanted).limit(min(limit, MOST_ROWS))
    last = session.get(Trace, before) if before and _may_be_id(before) else None
    if last is not None:
        earlier = and_(Trace.ended_at == last.ended_at, Trace.id < last.id)
        # The first part alone lets an index begin in the middle.
        query = query.where(
            Trace.ended_at <= last.ended_at, or_(Trace.ended_at < last.ended_at, earlier)
        )
    return [FoundTrace(row.id, record_of(row)) for row in session.scalars(query)]


def newest_first(wanted: Wanted) -> Select[Trace]:
    """The statement behind a list."""
    conditions = list(_conditions(wanted))
    if not wanted.outcome and not wanted.cause:
        conditions.append(Trace.outcome != NOT_BEGUN)
    return select(Trace).where(*conditions).order_by(Trace.ended_at.desc(), Trace.id.desc())


def causes(session: Session, wanted: Wanted, *, most: int = MOST_CAUSES) -> Sequence[CauseCount]:
    """Why logins did not succeed, and requests were refused: what happened most comes first. The
    caller bounds the time.
    """
    number, last_at = func.count(), func.max(Trace.ended_at)
    query = (
        select(Trace.cause, number, last_at)
        .where(Trace.cause.is_not(None), Trace.outcome.not_in(("success", OPEN)))
        .where(*_conditions(wanted))
        .group_by(Trace.cause)
        .order_by(number.desc(), last_at.desc(), Trace.cause)
        .limit(min(most, MOST_CAUSES))
    )
    return [CauseCount(cause or "", many, last) for cause, many, last in session.execute(query)]


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


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (Trace.service_uuid, wanted.service_uuid),
        (Trace.provider_id, wanted.provider_id),
        (Trace.outcome, wanted.outcome),
        (Trace.cause, wanted.cause),
    ):
        if value:
            yield column == value
    if wanted.since is not None:
        yield Trace.ended_at >= wanted.since
    if wanted.until is not None:
        yield Trace.ended_at <= wanted.until
