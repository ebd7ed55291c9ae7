"""Outbox: messages to be sent, written in the transaction of their cause, sent by the worker
afterwards.

Content is sealed while it waits and blanked once it was sent. What was given up is kept sealed for
``state.undelivered.KEPT``, for an operator to offer it again, unless its time is over. A message is
claimed before it is sent, so two workers never send the same one; if a worker dies in between, it
is sent again with the same message id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol, get_args

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Integer, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.sealing import SealBroken, Sealer
from state import audit
from state.audit import AuditEvent, EventTag
from state.clock import Clock
from state.db import Base, UtcDateTime, new_id, writing

CLAIM: Final = timedelta(minutes=5)  # longer than any adapter takes
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
TOO_LATE: Final = "too_late"
MOST_ATTEMPTS: Final = 12  # about seven hours
_CONTEXT: Final = "outbox"
log = structlog.get_logger()


Channel = Literal["mail", "sms", "letter", "logout"]
CHANNELS: Final[tuple[str, ...]] = get_args(Channel)


@dataclass(frozen=True)
class Message:
    """A message to one person, or (``logout``) to one portal. ``reference`` is that of the login or
    request it came from.
    """

    channel: Channel
    recipient: str
    subject: str
    text: str
    reference: str | None = None

    def __post_init__(self) -> None:
        # A line break in a header adds headers and recipients (CWE-93).
        if not (self.recipient + self.subject).isprintable():
            raise ValueError("recipient and subject are one line each")

    def __repr__(self) -> str:
        return f"Message(channel={self.channel!r}, reference={self.reference!r})"


class DeliveryFailed(Exception):
    """Not delivered. ``reason`` is a machine word; ``permanent``: trying again makes no sense."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class Adapter(Protocol):
    """A way to send."""

    def send(self, message_id: str, message: Message) -> None:
        """Hand over one message; ``message_id`` is the same every time. Raises DeliveryFailed."""
        ...


class OutboxRow(Base):
    """A message on its way. ``sealed`` is None once it was sent, or given up a while ago."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str | None] = mapped_column(String(8))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # None: nothing to do
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of no use from then on
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(80))  # of the last failure


Sessions = Callable[[], AbstractContextManager[Session]]
_MESSAGE: Final = TypeAdapter(Message)


def enqueue(
    session: Session,
    sealer: Sealer,
    message: Message,
    now: datetime,
    *,
    until: datetime | None = None,
) -> str:
    """Write the message with the transaction of the caller; returns its id. From ``until`` on it is
    not sent any more.
    """
    row = OutboxRow(
        id=new_id(),
        channel=message.channel,
        reference=message.reference,
        created_at=now,
        due_at=now,
        attempts=0,
        until=until,
    )
    row.sealed = sealer.seal(_MESSAGE.dump_json(message), f"{_CONTEXT}:{row.id}")
    session.add(row)
    return row.id


def waiting(session: Session) -> dict[str, tuple[int, datetime]]:
    """Channel → how many messages wait, and since when the oldest does. One read."""
    query = (
        select(OutboxRow.channel, func.count(), func.min(OutboxRow.created_at))
        .where(OutboxRow.due_at.is_not(None))
        .group_by(OutboxRow.channel)
    )
    return {channel: (number, since) for channel, number, since in session.execute(query)}


def deliver_due(
    sessions: Sessions,
    sealer: Sealer,
    adapter: Adapter,
    clock: Clock,
    limit: int = 20,
    channels: Collection[Channel] | None = None,
) -> int:
    """Send what is due, each message with transactions of its own; how many were sent. Without
    ``channels`` those of every channel.
    """
    among = CHANNELS if channels is None else tuple(channels)
    sent = 0
    for _ in range(limit):
        with sessions() as session:
            claimed = _claim(session, clock(), among)
        if claimed is None:
            break
        sent += _deliver(sessions, sealer, adapter, clock, claimed)
    return sent


@dataclass(frozen=True)
class _Claimed:
    id: str
    sealed: bytes
    attempts: int
    until: datetime | None


def _claim(session: Session, now: datetime, channels: tuple[str, ...]) -> _Claimed | None:
    due = (
        select(OutboxRow)
        .where(OutboxRow.due_at <= now, OutboxRow.channel.in_(channels))
        .order_by(OutboxRow.due_at)
        .limit(1)
    )
    if session.scalar(due.with_only_columns(OutboxRow.id)) is None:
        return None  # the usual case costs no write lock
    with writing(session):
        row = session.scalars(due.with_for_update(skip_locked=True)).first()
        if row is None or row.sealed is None:
            return None
        row.due_at, row.attempts = now + CLAIM, row.attempts + 1
        return _Claimed(row.id, row.sealed, row.attempts, row.until)


def _deliver(
    sessions: Sessions, sealer: Sealer, adapter: Adapter, clock: Clock, claimed: _Claimed
) -> bool:
    failure: DeliveryFailed | None = None
    try:
        if claimed.until is not None and claimed.until <= clock():
            raise DeliveryFailed(TOO_LATE, permanent=True)
        content = sealer.open(claimed.sealed, f"{_CONTEXT}:{claimed.id}")
        adapter.send(claimed.id, _MESSAGE.validate_json(content))
    except SealBroken:
        failure = DeliveryFailed("seal_broken", permanent=True)
    except DeliveryFailed as failed:
        failure = failed
    with sessions() as session, writing(session):
        row = session.get_one(OutboxRow, claimed.id)
        _settle(row, claimed.attempts, failure, clock())
        if row.given_up_at is not None:
            audit.record(session, _given_up(row, clock()))
        _tell(row, claimed.attempts)
    return failure is None


def _given_up(row: OutboxRow, now: datetime) -> AuditEvent:
    details: dict[str, audit.Detail] = {
        "message": row.id,
        "channel": row.channel,
        "attempts": row.attempts,
    }
    return AuditEvent(
        EventTag.MESSAGE_GIVEN_UP,
        now,
        row.reference,
        outcome="given_up",
        reason=row.reason,
        details=details,
    )


def _tell(row: OutboxRow, attempts: int) -> None:
    about = {"reference": row.reference, "channel": row.channel, "attempts": attempts}
    if row.sent_at is not None:
        log.info("outbox.delivered", **about)
    elif row.given_up_at is not None:
        log.error("outbox.given_up", reason=row.reason, **about)
    else:
        log.warning("outbox.postponed", reason=row.reason, **about)


def _settle(row: OutboxRow, attempts: int, failure: DeliveryFailed | None, now: datetime) -> None:
    if failure is None:
        row.sealed, row.due_at, row.sent_at, row.reason = None, None, now, None
        return
    row.reason = failure.reason
    if failure.permanent or attempts >= MOST_ATTEMPTS:
        row.due_at, row.given_up_at = None, now
        if failure.reason == TOO_LATE:
            row.sealed = None
    else:
        row.due_at = now + min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
