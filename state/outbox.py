"""Outbox: messages to be sent, written in the transaction of their cause, sent by the worker
afterwards.

Content is sealed while it waits and blanked once it was sent. What was given up is kept sealed for
``state.outbox_queries.KEPT``, for an operator to offer it again, unless its time is over. A message
is claimed before it is sent, so two workers never send the same one; if a worker dies in between,
it is sent again with the same message id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol, get_args, runtime_checkable

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    Index,
    Integer,
    Select,
    String,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.sealing import SealBroken, Sealer, WrongMasterKey
from state import audit, outbox_wakeup
from state.audit import AuditEvent, EventTag
from state.clock import Clock
from state.db import Base, UtcDateTime, new_id, sealed_column, table_of, writing
from state.prepared import PreparedStatement
from state.purging import delete_some

CLAIM: Final = timedelta(minutes=5)  # longer than any adapter takes
MOST_ATTEMPTS: Final = 12  # about seven hours
TOO_LATE: Final = "too_late"
_CONTEXT: Final = "outbox"
log = structlog.get_logger()


Channel = Literal["mail", "sms", "letter", "logout", "invoicing"]
TO_MAKELAAR: Final = "saml_makelaar"  # subject of a ``logout`` that goes to a makelaar
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)


@dataclass(frozen=True)
class Pace:
    """How a channel tries: the pause doubles from ``first`` to ``longest``; a claim lasts longer
    than the adapter takes.
    """

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    most_attempts: int = MOST_ATTEMPTS
    claim: timedelta = CLAIM

    def pause_after(self, attempts: int) -> timedelta:
        """Until the next attempt, when so many failed."""
        doublings: int = min(attempts - 1, 20)
        return min(self.first * (1 << doublings), self.longest)


PACES: Final[Mapping[str, Pace]] = MappingProxyType(
    {
        "mail": Pace(),
        # Somebody waits for the code, with the telephone in hand.
        "sms": Pace(first=timedelta(seconds=5), most_attempts=18, claim=timedelta(minutes=1)),
        "letter": Pace(longest=timedelta(hours=4), most_attempts=24),  # over two days
        "logout": Pace(claim=timedelta(minutes=1)),
        "invoicing": Pace(longest=timedelta(hours=4), most_attempts=24),  # over two days
    }
)


@dataclass(frozen=True)
class Message:
    """A message to one person, or (``logout``) to one portal or makelaar, or (``invoicing``) about
    one organisation to whoever sends invoices. ``reference`` is that of the login or request it
    came from; ``html`` says what ``text`` says, for a mail alone.
    """

    channel: Channel
    recipient: str
    subject: str
    text: str
    reference: str | None = None
    html: str | None = None

    def __post_init__(self) -> None:
        if self.html is not None and self.channel != "mail":
            raise ValueError("only a mail has HTML")
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


@runtime_checkable
class Remembers(Adapter, Protocol):
    """An adapter whose other side does not drop doubles by their id, but tells what it has."""

    def has(self, message_id: str, message: Message) -> bool:
        """Did an earlier attempt arrive, whose answer was lost? Raises DeliveryFailed."""
        ...


class OutboxRow(Base):
    """A message on its way. ``sealed`` is None once it was sent, or given up a while ago."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_channel_due_at", "channel", "due_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str | None] = mapped_column(String(8))
    sealed: Mapped[bytes | None] = sealed_column(f"{_CONTEXT}:{{id}}")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: nothing to do
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of no use from then on
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(80))  # of the last failure


_c: Final = table_of(OutboxRow).c
_CLAIM: Final = PreparedStatement(
    update(table_of(OutboxRow))
    .where(_c.id == bindparam("message"))
    .values(due_at=bindparam("due"), attempts=_c.attempts + literal_column("1"))
)
_SENT: Final = PreparedStatement(
    update(table_of(OutboxRow))
    .where(_c.id == bindparam("message"), _c.sent_at.is_(None), _c.given_up_at.is_(None))
    .values(sealed=null(), due_at=null(), sent_at=bindparam("now"), reason=null())
    .returning(_c.id)
)
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
    outbox_wakeup.wake_at_commit(session)
    return row.id


def waiting(session: Session) -> dict[str, tuple[int, datetime]]:
    """Channel → how many messages wait, and since when the oldest does. One read."""
    query = (
        select(OutboxRow.channel, func.count(), func.min(OutboxRow.created_at))
        .where(OutboxRow.channel.in_(CHANNELS), OutboxRow.due_at.is_not(None))
        .group_by(OutboxRow.channel)
    )
    return {channel: (number, since) for channel, number, since in session.execute(query)}


# Asked twice a second by every process that delivers.
_DUE: Final = PreparedStatement(
    select(
        *(
            exists()
            .where(OutboxRow.channel == channel, OutboxRow.due_at <= bindparam("now"))
            .label(channel)
            for channel in CHANNELS
        )
    )
)


def due_channels(session: Session, now: datetime) -> list[Channel]:
    """The channels in which something is due. One read, of an index."""
    found = _DUE.first(session, {"now": now})
    assert found is not None
    return [channel for channel, is_due in zip(CHANNELS, found, strict=True) if is_due]


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of the messages that were sent or given up before this moment; how many."""
    ended = or_(OutboxRow.sent_at < before, OutboxRow.given_up_at < before)
    return delete_some(session, OutboxRow.id, OutboxRow.due_at.is_(None), ended)


def deliver_due(
    sessions: Sessions,
    sealer: Sealer,
    adapter: Adapter,
    clock: Clock,
    channels: Collection[Channel],
    *,
    most: int | None = None,
    goes_on: Callable[[], bool] = lambda: True,
    before_each: Callable[[], None] = lambda: None,
) -> int:
    """Try the messages of these channels that are due, those that are due longest first, while it
    ``goes_on``, ``most`` of them; how many were sent. What became of one is written together with
    the claim of the next. ``before_each`` runs outside transactions, and may take a while.
    """
    sent, tried = 0, 0
    with sessions() as session:
        claimed = _claim(session, clock(), channels)
    while claimed is not None:
        before_each()
        message, failure = _tried(sealer, adapter, claimed, clock())
        sent, tried = sent + (failure is None), tried + 1
        with sessions() as session, writing(session):
            _settle(session, claimed, message, failure, clock())
            is_last = tried == most or not goes_on()
            claimed = None if is_last else _claim_now(session, clock(), channels)
    return sent


@dataclass(frozen=True)
class _Claimed:
    id: str
    channel: str
    reference: str | None
    sealed: bytes
    attempt: int
    until: datetime | None


def _claim(session: Session, now: datetime, channels: Collection[Channel]) -> _Claimed | None:
    if session.scalar(_due(now, channels).with_only_columns(OutboxRow.id)) is None:
        return None  # the usual case costs no write lock
    with writing(session):
        return _claim_now(session, now, channels)


def _claim_now(session: Session, now: datetime, channels: Collection[Channel]) -> _Claimed | None:
    """With the transaction of the caller."""
    row = session.execute(_due(now, channels).with_for_update(skip_locked=True)).first()
    if row is None or row.sealed is None:
        return None
    _CLAIM.run(session, {"message": row.id, "due": now + PACES[row.channel].claim})
    return _Claimed(row.id, row.channel, row.reference, row.sealed, row.attempts + 1, row.until)


def _due(now: datetime, channels: Collection[Channel]) -> Select[Any]:
    return (
        select(_c.id, _c.channel, _c.reference, _c.sealed, _c.attempts, _c.until)
        .where(_c.due_at <= now, _c.channel.in_(channels))
        .order_by(_c.due_at, _c.id)
        .limit(1)
    )


def _tried(
    sealer: Sealer, adapter: Adapter, claimed: _Claimed, now: datetime
) -> tuple[Message | None, DeliveryFailed | None]:
    """The message, and what went wrong."""
    try:
        content = sealer.open(claimed.sealed, f"{_CONTEXT}:{claimed.id}")
        message = _MESSAGE.validate_json(content)
    except WrongMasterKey:
        # A process that was not restarted in a rotation; the next attempt may be another's.
        return None, DeliveryFailed("wrong_master_key")
    except SealBroken:
        return None, DeliveryFailed("seal_broken", permanent=True)
    except ValidationError:
        return None, DeliveryFailed("not_understood", permanent=True)
    if claimed.until is not None and claimed.until <= now:
        return message, DeliveryFailed(TOO_LATE, permanent=True)
    try:
        if not _has_it_already(adapter, claimed, message):
            adapter.send(claimed.id, message)
    except DeliveryFailed as failed:
        return message, failed
    except Exception as error:
        # A mistake of an adapter costs this message a try; it may not come back without end.
        return message, DeliveryFailed(f"adapter_{type(error).__name__}")
    return message, None


def _has_it_already(adapter: Adapter, claimed: _Claimed, message: Message) -> bool:
    return (
        claimed.attempt > 1 and isinstance(adapter, Remembers) and adapter.has(claimed.id, message)
    )


def _given_up(row: OutboxRow, message: Message | None, now: datetime) -> AuditEvent:
    details: dict[str, audit.Detail] = {
        "message": row.id,
        "channel": row.channel,
        "attempts": row.attempts,
    }
    party = message.recipient if message and message.channel == "logout" else None
    is_makelaar = message is not None and message.subject == TO_MAKELAAR
    return AuditEvent(
        EventTag.MESSAGE_GIVEN_UP,
        now,
        row.reference,
        client_id=None if is_makelaar else party,
        provider_id=party if is_makelaar else None,
        outcome="given_up",
        reason=row.reason,
        details=details,
    )


def _settle(
    session: Session,
    claimed: _Claimed,
    message: Message | None,
    failure: DeliveryFailed | None,
    now: datetime,
) -> None:
    """Write down what came of it, except where a worker that claimed it later has the word."""
    about = {"reference": claimed.reference, "channel": claimed.channel}
    if failure is None:
        if _SENT.first(session, {"message": claimed.id, "now": now}) is not None:
            log.info("outbox.delivered", **about, attempts=claimed.attempt)
        return
    row = session.get(OutboxRow, claimed.id, with_for_update=True, populate_existing=True)
    if row is None or row.sent_at is not None or row.given_up_at is not None:
        return
    if row.attempts != claimed.attempt:
        return
    pace = PACES[row.channel]
    again = now + pace.pause_after(claimed.attempt)
    too_late = failure.reason == TOO_LATE or (row.until is not None and again >= row.until)
    if failure.permanent or too_late or claimed.attempt >= pace.most_attempts:
        row.due_at, row.given_up_at, row.reason = None, now, failure.reason
        if too_late:
            row.sealed = None
        audit.record(session, _given_up(row, message, now))
        log.error("outbox.given_up", reason=row.reason, **about, attempts=row.attempts)
    else:
        row.due_at, row.reason = again, failure.reason
        log.warning("outbox.postponed", reason=row.reason, **about, attempts=row.attempts)
