"""Set-up links: how an operator comes in for the first time, or again. There is no default
password.

A link works once, for half an hour; only a hash of it is kept. Opening it changes nothing, because
mail scanners open links: the first form that is sent takes it, and what follows belongs to the
browser that sent that form.
"""

from __future__ import annotations

import enum
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from state.db import Base, UtcDateTime, new_id

VALID_FOR: Final = timedelta(minutes=30)


class SetUpLink(Base):
    """``used_at``: taken by a browser; ``done_at``: everything was set up with it, or a newer link
    came in its place.
    """

    __tablename__ = "set_up_link"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkRefusal(enum.StrEnum):
    """Why a link opens nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


class LinkRefused(Exception):
    """This link opens nothing (any more)."""

    def __init__(self, why: LinkRefusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class OpenLink:
    """A link that can be used, or that this browser is using."""

    id: str
    person_id: str
    expires_at: datetime


def new_link(session: Session, person_id: str, now: datetime) -> str:
    """The secret part of a new link, with the transaction of the caller; earlier ones end."""
    end_of(session, person_id, now)
    secret = secrets.token_urlsafe(32)
    session.add(
        SetUpLink(
            person_id=person_id,
            link_hash=_hash(secret),
            created_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    return secret


def end_of(session: Session, person_id: str, now: datetime) -> None:
    """No earlier link of this person works any more."""
    session.execute(
        update(SetUpLink)
        .where(SetUpLink.person_id == person_id, SetUpLink.done_at.is_(None))
        .values(done_at=now)
        .execution_options(synchronize_session=False)
    )


def look_at(session: Session, secret: str, now: datetime) -> OpenLink:
    """The link behind this secret, not used by anybody. Changes nothing. Raises LinkRefused."""
    row = session.scalars(select(SetUpLink).where(SetUpLink.link_hash == _hash(secret))).first()
    if row is None:
        raise LinkRefused(LinkRefusal.UNKNOWN)
    if row.used_at is not None or row.done_at is not None:
        raise LinkRefused(LinkRefusal.USED)
    if row.expires_at <= now:
        raise LinkRefused(LinkRefusal.EXPIRED)
    return OpenLink(row.id, row.person_id, row.expires_at)


def take(session: Session, secret: str, now: datetime) -> OpenLink:
    """Use the link up, with the transaction of the caller; of two at once one gets it. Raises
    LinkRefused.
    """
    taken = session.execute(
        update(SetUpLink)
        .where(
            SetUpLink.link_hash == _hash(secret),
            SetUpLink.used_at.is_(None),
            SetUpLink.done_at.is_(None),
            SetUpLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SetUpLink.id, SetUpLink.person_id, SetUpLink.expires_at)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        look_at(session, secret, now)
        raise LinkRefused(LinkRefusal.USED)  # another one took it between the two statements
    return OpenLink(*taken)


def resume(session: Session, link_id: str, now: datetime) -> OpenLink:
    """The link that this browser took, while its time lasts and there is something left to do.
    Raises LinkRefused.
    """
    row = session.get(SetUpLink, link_id, populate_existing=True)
    if row is None or row.used_at is None:
        raise LinkRefused(LinkRefusal.UNKNOWN)
    if row.done_at is not None:
        raise LinkRefused(LinkRefusal.USED)
    if row.expires_at <= now:
        raise LinkRefused(LinkRefusal.EXPIRED)
    return OpenLink(row.id, row.person_id, row.expires_at)


def lock(session: Session, link_id: str, now: datetime) -> OpenLink:
    """As resume, and nobody else goes on with it during the transaction of the caller."""
    session.execute(select(SetUpLink.id).where(SetUpLink.id == link_id).with_for_update())
    return resume(session, link_id, now)


def finish(session: Session, link_id: str, now: datetime) -> None:
    """Everything is set up."""
    row = session.get_one(SetUpLink, link_id, with_for_update=True, populate_existing=True)
    row.done_at = now


def _hash(secret: str) -> str:
    return hashlib.sha256(secret[:200].encode()).hexdigest()
