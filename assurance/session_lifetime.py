"""Sessions: one login of one browser that other services may build on, and what ends it.

The row is the truth, also about idleness; a process keeps nothing, so a session that ended at one
instance has ended at all. The browser holds ``id.secret``; only a hash of the secret is kept,
and it is replaced at every rise of the session.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, String, Update, bindparam, case, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.opening import open_or_log
from keys.sealing import SealBroken, Sealer
from state.clock import latest_beginning
from state.db import Base, UtcDateTime, new_id, sealed_column, table_of
from state.prepared import PreparedStatement, insert_into

_CONTEXT: Final = "session"
_COOKIE: Final = re.compile(r"([0-9a-hjkmnp-tv-z]{26})\.([A-Za-z0-9_-]{43})")


class BrowserSession(Base):
    """A login that stands. ``facts`` is sealed; what is in it is the caller's."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    group: Mapped[str | None] = mapped_column(String(63))  # of the service where it began
    facts: Mapped[bytes] = sealed_column(f"{_CONTEXT}:{{id}}")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(40))
    browser: Mapped[str | None] = mapped_column(String(40))  # where it began, in two words of ours


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lasts without use, and at most. ``until``: when it must be over at last,
    where its makelaar says so.
    """

    idle: timedelta
    absolute: timedelta
    until: datetime | None = None

    def end_of(self, began: datetime) -> datetime:
        """The last moment of a session that began then."""
        end = began + self.absolute
        return end if self.until is None else min(end, self.until)

    def latest_end(self, now: datetime) -> datetime:
        """No session that began by now ends later: one that does was given more than is given
        today, and serves no login any more.
        """
        return latest_beginning(now) + self.absolute


@dataclass(frozen=True)
class ActiveSession:
    """A session that stands, as its browser showed it. ``until``: when it will be over unless it
    is used again; ``expires_at``: the end that no use moves.
    """

    id: str
    person_id: str
    group: str | None
    facts: bytes
    started_at: datetime
    until: datetime
    expires_at: datetime


@dataclass(frozen=True)
class StandingSession:
    """A session that was not ended, as its person or an operator sees it. ``is_idle``: no login can
    build on it any more, but portals may still hold what it gave. ``facts`` is None where they
    cannot be opened.
    """

    id: str
    person_id: str
    browser: str | None
    started_at: datetime
    last_used_at: datetime
    is_idle: bool
    facts: bytes | None


@dataclass(frozen=True)
class Began:
    """Where a login was made: the group of its service."""

    group: str | None


_table = table_of(BrowserSession)
_c = _table.c
_INSERT: Final = PreparedStatement(insert_into(_table))
_FIND: Final = PreparedStatement(
    select(
        _c.person_id,
        _c.group,
        _c.facts,
        _c.started_at,
        _c.secret_hash,
        _c.last_used_at,
        _c.expires_at,
    ).where(
        _c.id == bindparam("session"),
        _c.ended_at.is_(None),
        _c.expires_at > bindparam("now"),
        _c.expires_at <= bindparam("ends_by"),
        _c.last_used_at > bindparam("used_after"),
        _c.last_used_at <= bindparam("used_by"),
    )
)


def find(
    session: Session, sealer: Sealer, cookie: str, *, limits: SessionLimits, now: datetime
) -> ActiveSession | None:
    """The session of this cookie while it stands, in one read; None for anything else."""
    shown = parts_of(cookie)
    if shown is None:
        return None
    identifier, secret = shown
    moments = {
        "now": now,
        "ends_by": limits.latest_end(now),
        "used_after": now - limits.idle,
        "used_by": latest_beginning(now),
    }
    row = _FIND.first(session, {"session": identifier, **moments})
    if row is None or not hmac.compare_digest(hash_of(secret), row[4]):
        return None
    facts = open_or_log(sealer, row[2], f"{_CONTEXT}:{identifier}", what=_CONTEXT)
    if facts is None:
        return None
    until = min(row[5] + limits.idle, row[6])
    return ActiveSession(identifier, row[0], row[1], facts, row[3], until, row[6])


def start(
    session: Session,
    sealer: Sealer,
    *,
    identifier: str,
    person_id: str,
    group: str | None,
    facts: bytes,
    limits: SessionLimits,
    now: datetime,
    browser: str | None = None,
) -> str:
    """Begin a session with the transaction of the caller; the value of its cookie."""
    secret = secrets.token_urlsafe(32)
    _INSERT.run(
        session,
        {
            "id": identifier,
            "secret_hash": hash_of(secret),
            "person_id": person_id,
            "group": group,
            "facts": sealer.seal(facts, f"{_CONTEXT}:{identifier}"),
            "started_at": now,
            "last_used_at": now,
            "expires_at": limits.end_of(now),
            "ended_at": None,
            "end_reason": None,
            "browser": browser,
        },
    )
    return f"{identifier}.{secret}"


def use(
    session: Session, identifier: str, *, limits: SessionLimits, now: datetime
) -> datetime | None:
    """The session serves a login: when it will be over unless it is used again; None when it has
    ended meanwhile, anywhere.
    """
    done = session.execute(
        _standing(identifier, limits, now)
        .values(last_used_at=now)
        .returning(BrowserSession.expires_at)
    )
    row = done.first()
    return None if row is None else min(now + limits.idle, row[0])


def raise_to(
    session: Session,
    sealer: Sealer,
    identifier: str,
    *,
    facts: bytes,
    began: Began | None,
    limits: SessionLimits,
    now: datetime,
) -> str | None:
    """The session after a rise: new facts under a new secret, so that an identifier from before
    means nothing. ``began``: the person logged in anew; None: a factor came on top.

    The value of its new cookie; None when it has ended meanwhile.
    """
    secret = secrets.token_urlsafe(32)
    values: dict[str, object] = {
        "secret_hash": hash_of(secret),
        "facts": sealer.seal(facts, f"{_CONTEXT}:{identifier}"),
        "last_used_at": now,
    }
    if began is not None:
        values |= {"group": began.group, "expires_at": limits.end_of(now)}
    elif limits.until is not None:
        values["expires_at"] = case(
            (BrowserSession.expires_at > limits.until, limits.until),
            else_=BrowserSession.expires_at,
        )
    done = session.execute(
        _standing(identifier, limits, now).values(**values).returning(BrowserSession.id)
    )
    return f"{identifier}.{secret}" if done.first() is not None else None


def end(session: Session, identifier: str, reason: str, now: datetime) -> bool:
    """End one session with the transaction of the caller. False if it had ended before."""
    done = session.execute(
        update(BrowserSession)
        .where(BrowserSession.id == identifier, BrowserSession.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
        .returning(BrowserSession.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def standing(session: Session, person_id: str, now: datetime) -> Sequence[str]:
    """Ids of the sessions of this person that were not ended."""
    query = select(BrowserSession.id).where(
        BrowserSession.person_id == person_id,
        BrowserSession.ended_at.is_(None),
        BrowserSession.expires_at > now,
    )
    return list(session.scalars(query))


def listed(
    session: Session,
    sealer: Sealer,
    *,
    limits: SessionLimits,
    now: datetime,
    person_id: str | None = None,
    most: int | None = None,
) -> Sequence[StandingSession]:
    """The sessions that were not ended, last used first: of this person, or of everybody."""
    query = (
        select(
            _c.id,
            _c.person_id,
            _c.browser,
            _c.started_at,
            _c.last_used_at,
            _c.facts,
            _c.expires_at,
        )
        .where(_c.ended_at.is_(None), _c.expires_at > now)
        .order_by(_c.last_used_at.desc(), _c.id)
        .limit(most)
    )
    if person_id is not None:
        query = query.where(_c.person_id == person_id)
    return [
        StandingSession(
            *row[:5],
            is_idle=row.last_used_at <= now - limits.idle
            or row.expires_at > limits.latest_end(now),
            facts=open_or_log(sealer, row.facts, f"{_CONTEXT}:{row.id}", what=_CONTEXT),
        )
        for row in session.execute(query)
    ]


def all_standing(session: Session, sealer: Sealer, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Id and facts of every session that was not ended and can be opened; all are read."""
    query = select(BrowserSession.id, BrowserSession.facts).where(
        BrowserSession.ended_at.is_(None), BrowserSession.expires_at > now
    )
    for identifier, sealed in session.execute(query).all():
        try:
            yield identifier, sealer.open(sealed, f"{_CONTEXT}:{identifier}")
        except SealBroken:
            continue  # nobody can use it either


def new_session_id() -> str:
    return new_id()


def _standing(identifier: str, limits: SessionLimits, now: datetime) -> Update:
    return (
        update(BrowserSession)
        .where(
            BrowserSession.id == identifier,
            BrowserSession.ended_at.is_(None),
            BrowserSession.expires_at > now,
            BrowserSession.expires_at <= limits.latest_end(now),
            BrowserSession.last_used_at > now - limits.idle,
        )
        .execution_options(synchronize_session=False)
    )


def parts_of(cookie: str) -> tuple[str, str] | None:
    """Id and secret in the value of a cookie; None for anything else."""
    shown = _COOKIE.fullmatch(cookie)
    return None if shown is None else (shown[1], shown[2])


def hash_of(secret: str) -> str:
    """How the secret of a cookie is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
