"""What an operator sees and does of the outbox. Recipient and content stay sealed throughout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from state import outbox_wakeup
from state.outbox import OutboxRow

KEPT: Final = timedelta(days=7)  # what was given up can be offered again so long
State = Literal["waiting", "sent", "given-up"]
_WHERE: Final = {
    "waiting": OutboxRow.due_at.is_not(None),
    "sent": OutboxRow.sent_at.is_not(None),
    "given-up": OutboxRow.given_up_at.is_not(None),
}


@dataclass(frozen=True)
class Queued:
    """One message. ``at``: when it is due, was sent or given up. ``kept``: can still be sent."""

    id: str
    channel: str
    state: State
    created_at: datetime
    at: datetime
    attempts: int
    reason: str | None
    reference: str | None
    kept: bool


def listed(session: Session, state: State | None = None, most: int = 100) -> list[Queued]:
    """The newest first."""
    query = select(OutboxRow).order_by(OutboxRow.created_at.desc(), OutboxRow.id.desc())
    if state is not None:
        query = query.where(_WHERE[state])
    return [_shown(row) for row in session.scalars(query.limit(most))]


@dataclass(frozen=True)
class StuckMessages:
    """Messages of one channel that wait because their last try failed of the same."""

    channel: str
    reason: str
    number: int


def failing(session: Session, most: int = 5) -> list[StuckMessages]:
    """What keeps most messages waiting, first."""
    query = (
        select(OutboxRow.channel, OutboxRow.reason, func.count())
        .where(OutboxRow.due_at.is_not(None), OutboxRow.reason.is_not(None))
        .group_by(OutboxRow.channel, OutboxRow.reason)
    )
    found = [StuckMessages(one, why or "", many) for one, why, many in session.execute(query)]
    return sorted(found, key=lambda one: (-one.number, one.channel, one.reason))[:most]


def _shown(row: OutboxRow) -> Queued:
    state: State = "waiting"
    if row.sent_at is not None:
        state = "sent"
    elif row.given_up_at is not None:
        state = "given-up"
    return Queued(
        id=row.id,
        channel=row.channel,
        state=state,
        created_at=row.created_at,
        at=row.sent_at or row.given_up_at or row.due_at or row.created_at,
        attempts=row.attempts,
        reason=row.reason,
        reference=row.reference,
        kept=row.sealed is not None,
    )


@dataclass(frozen=True)
class Offered:
    """A message that will be sent again."""

    id: str
    channel: str
    reference: str | None


def offer_again(
    session: Session, now: datetime, message_id: str | None = None
) -> tuple[Offered, ...]:
    """Offer one message that was given up again, or each of them, with the transaction of the
    caller, who audits it. What is not kept any more is left alone.
    """
    in_time = or_(OutboxRow.until.is_(None), OutboxRow.until > now)
    changed = (
        update(OutboxRow)
        .where(OutboxRow.given_up_at.is_not(None), OutboxRow.sealed.is_not(None), in_time)
        .values(due_at=now, given_up_at=None, attempts=0)
        .returning(OutboxRow.id, OutboxRow.channel, OutboxRow.reference)
    )
    if message_id is not None:
        changed = changed.where(OutboxRow.id == message_id)
    rows = session.execute(changed, execution_options={"synchronize_session": False}).all()
    if rows:
        outbox_wakeup.wake_at_commit(session)
    return tuple(Offered(row.id, row.channel, row.reference) for row in rows)


def purge(session: Session, before: datetime) -> int:
    """Blank what was given up before this moment; how many."""
    done = session.execute(
        update(OutboxRow)
        .where(OutboxRow.given_up_at < before, OutboxRow.sealed.is_not(None))
        .values(sealed=None),
        execution_options={"synchronize_session": False},
    )
    return cast("CursorResult[Any]", done).rowcount
