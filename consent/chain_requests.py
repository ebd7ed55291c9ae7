"""Requests for chain mandates: an intermediary asks a client to let it act at some services. An
administrator of the client decides, or who reads the mail that the request was sent to.

The link in that mail works once and for a while; only a hash of it is kept. Sending one again makes
a new row, so that the older link can tell that there is a newer one.
"""

from __future__ import annotations

import enum
import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from consent.chains import ChainMandate
from directory.organisations import Organisation
from directory.people import Person
from state.db import Base, UtcDateTime, enum_column_type, new_id
from state.purging import delete_some

BYTES: Final = 32  # 256 bits


class ChainRequestState(enum.StrEnum):
    """Where a request stands. LAPSED is never written: the clock says so."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"  # sent again, with a newer link
    LAPSED = "lapsed"


class ChainRequest(Base):
    """One request. ``services``: UUIDs; ``until``: the last day that is asked; ``link_hash``: None
    where no link was sent, because an administrator decides; ``sends``: how often it was sent, this
    time too; ``signer``: the name that was typed by who agreed with the link; ``revoke_hash``:
    of the link with which that is taken back; ``lapse_told_at``: when the intermediary heard that
    nobody answered in time.
    """

    __tablename__ = "chain_request"
    __table_args__ = (
        Index("ix_chain_request_intermediary_id_asked_at", "intermediary_id", "asked_at"),
        Index("ix_chain_request_organisation_id_outcome", "organisation_id", "outcome"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    intermediary_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    services: Mapped[list[str]] = mapped_column(JSON)
    until: Mapped[date] = mapped_column(Date)
    message: Mapped[str | None] = mapped_column(String(500))
    email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(2))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    sends: Mapped[int] = mapped_column(default=1)
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    outcome: Mapped[ChainRequestState | None] = mapped_column(
        enum_column_type(ChainRequestState, 10)
    )
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal_reason: Mapped[str | None] = mapped_column(String(500))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    signer: Mapped[str | None] = mapped_column(String(200))
    revoke_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    lapse_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    intermediary: Mapped[Organisation] = relationship(foreign_keys=[intermediary_id])
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])


def state_of(request: ChainRequest, now: datetime) -> ChainRequestState:
    """What became of it."""
    if request.outcome is not None:
        return request.outcome
    return ChainRequestState.OPEN if now < request.expires_at else ChainRequestState.LAPSED


def new_link() -> tuple[str, str]:
    """The secret part of a link, known to nobody else, and the hash that is kept."""
    secret = secrets.token_urlsafe(BYTES)
    return secret, _hash(secret)


def behind(session: Session, secret: str) -> ChainRequest | None:
    """The request of this link, whatever its state. Looking changes nothing."""
    query = select(ChainRequest).where(ChainRequest.link_hash == _hash(secret))
    return session.scalars(_whole(query)).first()


def revocable_with(session: Session, secret: str) -> ChainRequest | None:
    """The request that was granted, and is taken back with this link."""
    query = select(ChainRequest).where(
        ChainRequest.revoke_hash == _hash(secret),
        ChainRequest.outcome == ChainRequestState.GRANTED,
    )
    return session.scalars(_whole(query)).first()


def one(session: Session, request_id: str) -> ChainRequest | None:
    """One request as it is now, with both organisations and who asked."""
    query = select(ChainRequest).where(ChainRequest.id == request_id)
    return session.scalars(_whole(query)).first()


def of_intermediary(session: Session, intermediary_id: str) -> list[ChainRequest]:
    """Everything that it asked, but for what was sent again; the newest first."""
    query = select(ChainRequest).where(
        ChainRequest.intermediary_id == intermediary_id,
        or_(
            ChainRequest.outcome.is_(None),
            ChainRequest.outcome != ChainRequestState.REPLACED,
        ),
    )
    newest = query.order_by(ChainRequest.asked_at.desc(), ChainRequest.id.desc())
    return list(session.scalars(_whole(newest)))


def sent_in_vain(
    session: Session, intermediary_id: str, organisation_id: str, since: datetime
) -> int:
    """How often this intermediary asked this client since then, but for what was granted."""
    query = select(func.count(ChainRequest.id)).where(
        ChainRequest.intermediary_id == intermediary_id,
        ChainRequest.organisation_id == organisation_id,
        ChainRequest.asked_at > since,
        or_(ChainRequest.outcome.is_(None), ChainRequest.outcome != ChainRequestState.GRANTED),
    )
    return session.scalars(query).one()


def open_at(
    session: Session,
    organisation_ids: Collection[str],
    now: datetime,
    *,
    intermediary_id: str | None = None,
) -> list[ChainRequest]:
    """What waits for a decision at these clients, the oldest first; nothing that a suspended
    intermediary asks.
    """
    if not organisation_ids:
        return []
    query = (
        select(ChainRequest)
        .join(ChainRequest.intermediary)
        .where(
            ChainRequest.organisation_id.in_(organisation_ids),
            ChainRequest.outcome.is_(None),
            ChainRequest.expires_at > now,
            Organisation.suspended_at.is_(None),
        )
    )
    if intermediary_id is not None:
        query = query.where(ChainRequest.intermediary_id == intermediary_id)
    return list(session.scalars(_whole(query.order_by(ChainRequest.asked_at, ChainRequest.id))))


def end(
    session: Session,
    request_id: str,
    outcome: ChainRequestState,
    now: datetime,
    *,
    by: str | None = None,
    signer: str | None = None,
    revoke_hash: str | None = None,
    reason: str | None = None,
) -> bool:
    """Settle it, with the transaction of the caller; of two at once one gets True. What the client
    decides is in time.
    """
    statement = update(ChainRequest).where(
        ChainRequest.id == request_id, ChainRequest.outcome.is_(None)
    )
    if outcome in (ChainRequestState.GRANTED, ChainRequestState.REFUSED):
        statement = statement.where(ChainRequest.expires_at > now)
    done = session.execute(
        statement.values(
            outcome=outcome,
            ended_at=now,
            decided_by=by,
            signer=signer,
            revoke_hash=revoke_hash,
            refusal_reason=reason,
        )
        .returning(ChainRequest.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def lapsed_unheard(session: Session, now: datetime, *, most: int) -> list[str]:
    """Ids of those whose time is over, of which nobody was told; the first to end first."""
    query = (
        select(ChainRequest.id)
        .where(*_lapsed_unheard(now))
        .order_by(ChainRequest.expires_at, ChainRequest.id)
        .limit(most)
    )
    return list(session.scalars(query))


def tell_lapse(session: Session, request_id: str, now: datetime) -> bool:
    """Keep that this is told now, with the transaction of the caller; of two at once one gets True,
    and nobody where it was answered, withdrawn or sent again.
    """
    done = session.execute(
        update(ChainRequest)
        .where(ChainRequest.id == request_id, *_lapsed_unheard(now))
        .values(lapse_told_at=now)
        .returning(ChainRequest.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def standing_of(session: Session, request_id: str, now: datetime) -> list[ChainMandate]:
    """What stands because of this request, given with its link."""
    return list(session.scalars(_given_by(request_id, now)))


def standing_beside(session: Session, request: ChainRequest, now: datetime) -> list[ChainMandate]:
    """What stands because of other requests of the same two that went to the same address."""
    query = select(ChainRequest.id).where(
        ChainRequest.organisation_id == request.organisation_id,
        ChainRequest.intermediary_id == request.intermediary_id,
        ChainRequest.email == request.email,
        ChainRequest.outcome == ChainRequestState.GRANTED,
        ChainRequest.id != request.id,
    )
    return [row for one in session.scalars(query) for row in standing_of(session, one, now)]


def held_of(session: Session, request_id: str, now: datetime) -> list[ChainMandate]:
    """The same, locked until the transaction ends."""
    return list(session.scalars(_given_by(request_id, now).with_for_update()))


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of those that were over before this moment; how many. One whose chain
    mandates stood at that moment stays: it says who agreed, and its link takes them back.
    """
    still_stands = exists(
        select(ChainMandate.id).where(
            ChainMandate.granted_by == ChainRequest.id,
            ChainMandate.by_link.is_(True),
            ChainMandate.valid_until > before,
            or_(ChainMandate.revoked_at.is_(None), ChainMandate.revoked_at > before),
        )
    )
    is_over = or_(ChainRequest.ended_at < before, ChainRequest.expires_at < before)
    return delete_some(session, ChainRequest.id, and_(is_over, ~still_stands))


def _lapsed_unheard(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ChainRequest.outcome.is_(None),
        ChainRequest.expires_at <= now,
        ChainRequest.lapse_told_at.is_(None),
    )


def _given_by(request_id: str, now: datetime) -> Select[ChainMandate]:
    return (
        select(ChainMandate)
        .where(
            ChainMandate.granted_by == request_id,
            ChainMandate.by_link.is_(True),
            ChainMandate.revoked_at.is_(None),
            ChainMandate.valid_until > now,
        )
        .order_by(ChainMandate.id)
        .execution_options(populate_existing=True)
    )


def _whole(query: Select[ChainRequest]) -> Select[ChainRequest]:
    return query.options(
        joinedload(ChainRequest.organisation),
        joinedload(ChainRequest.intermediary),
        joinedload(ChainRequest.asker),
    ).execution_options(populate_existing=True)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret[:200].encode("utf-8", "surrogatepass")).hexdigest()
