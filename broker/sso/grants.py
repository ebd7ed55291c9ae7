"""Grants: one row per finished login; revoking it ends every token that the login gave."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Select,
    String,
    bindparam,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance.session_lifetime import BrowserSession
from broker.downstream import NewGrant
from consent.recheck import Within, read_where
from directory.consoles import CONSOLES
from directory.people import Person
from providers.accounts import Account
from state.clock import latest_beginning
from state.db import Base, UtcDateTime, table_of
from state.prepared import PreparedStatement, insert_into
from state.purging import delete_some


class Grant(Base):
    """What a portal holds because of one login. ``browser`` and ``provider_id``: where that login
    was made, None where it is not known.
    """

    __tablename__ = "grant"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    service_uuid: Mapped[str] = mapped_column(String(36))
    session_id: Mapped[str | None] = mapped_column(ForeignKey("session.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str | None] = mapped_column(String(40))
    provider_id: Mapped[str | None] = mapped_column(String(63))


@dataclass(frozen=True)
class StandingGrant:
    """A grant that stands: whose it is, since when and until when."""

    person_id: str
    created_at: datetime
    expires_at: datetime


_c, _person = table_of(Grant).c, table_of(Person)
_INSERT: Final = PreparedStatement(insert_into(table_of(Grant)))
_STANDS: Final = (
    _c.id == bindparam("grant"),
    _c.revoked_at.is_(None),
    _c.expires_at > bindparam("now"),
    _c.created_at <= bindparam("begun_by"),
)
_WITH_ITS_LOGIN: Final = read_where(exists().where(*_STANDS))
_LIVE: Final = PreparedStatement(
    select(_c.person_id, _c.created_at, _c.expires_at)
    .join(_person, _person.c.id == _c.person_id)
    .where(
        *_STANDS,
        or_(_person.c.blocked_at.is_(None), _person.c.blocked_at > bindparam("now")),
    )
)


def insert(
    session: Session,
    facts: NewGrant,
    now: datetime,
    *,
    browser: str | None = None,
    provider_id: str | None = None,
) -> None:
    """Write a grant with the transaction of the login that it belongs to."""
    _INSERT.run(
        session,
        {
            "id": facts.id,
            "client_id": facts.client_id,
            "person_id": facts.person_id,
            "service_uuid": facts.service_uuid,
            "session_id": facts.session_id,
            "created_at": now,
            "expires_at": facts.expires_at,
            "revoked_at": None,
            "browser": browser,
            "provider_id": provider_id,
        },
    )


def revoke_at_client(
    session: Session, session_id: str, client_id: str, now: datetime
) -> Sequence[str]:
    """End what one portal holds of a session; the ids of the grants that stood."""
    return _revoke_all(session, now, Grant.session_id == session_id, Grant.client_id == client_id)


def revoke_of_session(session: Session, session_id: str, now: datetime) -> Sequence[str]:
    """End what every portal holds of a session; the ids of the grants that stood."""
    return _revoke_all(session, now, Grant.session_id == session_id)


def revoke_of_person(
    session: Session, person_id: str, now: datetime, *, keep: Collection[str] = ()
) -> Sequence[str]:
    """End everything that is held because of this person, the consoles too; ``keep``: ids of
    grants, or of sessions with all that they gave.
    """
    kept = Grant.session_id.in_(keep), Grant.id.in_(keep)
    others = (or_(Grant.session_id.is_(None), ~kept[0]), ~kept[1]) if keep else ()
    return _revoke_all(session, now, Grant.person_id == person_id, *others)


@dataclass(frozen=True)
class ConsoleGrant:
    """A session at one of our consoles, which a grant is."""

    id: str
    client_id: str
    person_id: str
    service_uuid: str
    browser: str | None
    provider_id: str | None
    created_at: datetime

    @property
    def participant(self) -> Participant:
        return Participant(self.client_id, self.person_id, self.service_uuid)


def at_consoles(
    session: Session,
    now: datetime,
    *,
    person_id: str | None = None,
    ids: Collection[str] | None = None,
    most: int | None = None,
) -> Sequence[ConsoleGrant]:
    """The grants of our consoles that stand, newest first: of this person, or these of them."""
    query = (
        select(
            _c.id,
            _c.client_id,
            _c.person_id,
            _c.service_uuid,
            _c.browser,
            _c.provider_id,
            _c.created_at,
        )
        .where(
            _c.client_id.in_([console.client_id for console in CONSOLES]),
            _c.revoked_at.is_(None),
            _c.expires_at > now,
            _c.created_at <= latest_beginning(now),
        )
        .order_by(_c.created_at.desc(), _c.id)
        .limit(most)
    )
    if person_id is not None:
        query = query.where(_c.person_id == person_id)
    if ids is not None:
        query = query.where(_c.id.in_(ids))
    return [ConsoleGrant(*row) for row in session.execute(query)]


def revoke_withdrawn(
    session: Session,
    *,
    client_id: str | None = None,
    service_uuid: str | None = None,
    now: datetime,
) -> Sequence[str]:
    """End everything that was given to this portal, or for this service."""
    wanted = Grant.client_id == client_id if client_id else Grant.service_uuid == service_uuid
    return _revoke_all(session, now, wanted)


def revoke_console(
    session: Session, person_id: str, client_id: str, now: datetime
) -> Sequence[str]:
    """End what this person holds of one console."""
    return _revoke_all(session, now, Grant.person_id == person_id, Grant.client_id == client_id)


def standing(now: datetime) -> Select[Grant]:
    """Every grant that was not revoked and is not over, to be narrowed by the caller."""
    return select(Grant).where(Grant.revoked_at.is_(None), Grant.expires_at > now)


def held_by_portal(
    session: Session, *, person_id: str, client_id: str, service_uuid: str, now: datetime
) -> Sequence[Grant]:
    """What this portal holds of this person for one service."""
    query = standing(now).where(
        Grant.person_id == person_id,
        Grant.client_id == client_id,
        Grant.service_uuid == service_uuid,
    )
    return list(session.scalars(query))


def given_by(session: Session, provider_id: str, now: datetime) -> Sequence[Grant]:
    """What portals and our consoles hold because of logins at this makelaar."""
    query = standing(now).where(Grant.provider_id == provider_id)
    return list(session.scalars(query.order_by(Grant.created_at, Grant.id)))


def given_to(session: Session, person_id: str, provider_id: str, now: datetime) -> Sequence[Grant]:
    """The same of the logins of one person there."""
    query = standing(now).where(Grant.person_id == person_id, Grant.provider_id == provider_id)
    return list(session.scalars(query.order_by(Grant.created_at, Grant.id)))


def given_by_members(session: Session, prefix: str, now: datetime) -> Sequence[Grant]:
    """The same of all makelaars whose ids begin so."""
    query = standing(now).where(Grant.provider_id.startswith(prefix, autoescape=True))
    return list(session.scalars(query.order_by(Grant.created_at, Grant.id)))


def _revoke_all(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> Sequence[str]:
    done = session.execute(
        update(Grant)
        .where(*conditions, Grant.revoked_at.is_(None), Grant.expires_at > now)
        .values(revoked_at=now)
        .returning(Grant.id)
        .execution_options(synchronize_session=False)
    )
    return list(done.scalars())


@dataclass(frozen=True)
class Participant:
    """A portal that a session was used for."""

    client_id: str
    person_id: str
    service_uuid: str


def participants(session: Session, session_id: str) -> Sequence[Participant]:
    """Every portal and service that this session was used for, first used first."""
    return participants_of_all(session, [session_id]).get(session_id, ())


def participants_of_all(
    session: Session, session_ids: Collection[str]
) -> Mapping[str, Sequence[Participant]]:
    """The same for each of these sessions that was used at all."""
    query = (
        select(Grant.session_id, Grant.client_id, Grant.person_id, Grant.service_uuid)
        .where(Grant.session_id.in_(session_ids))
        .order_by(Grant.created_at, Grant.id)
    )
    found: dict[str, dict[Participant, None]] = {}
    for session_id, *facts in session.execute(query):
        found.setdefault(str(session_id), {})[Participant(*facts)] = None
    return {session_id: tuple(portals) for session_id, portals in found.items()}


def live(session: Session, grant_id: str, now: datetime) -> str | None:
    """The id of the person while the grant stands, neither revoked nor over, and the person is not
    blocked. One read, never from a cache.
    """
    found = standing_grant(session, grant_id, now)
    return found.person_id if found is not None else None


def standing_grant(session: Session, grant_id: str, now: datetime) -> StandingGrant | None:
    """As ``live``, since when and until when."""
    moments = {"now": now, "begun_by": latest_beginning(now)}
    row = _LIVE.first(session, {"grant": grant_id, **moments})
    return StandingGrant(str(row[0]), row[1], row[2]) if row is not None else None


def with_its_login(grant_id: str, now: datetime) -> Within:
    """That it stands as ``live`` says, in the read by which its login is judged."""
    given = {"grant": grant_id, "now": now, "begun_by": latest_beginning(now)}
    return Within(_WITH_ITS_LOGIN, given)


def is_overtaken(session: Session, grant_id: str) -> bool:
    """The person's own password was changed or the account ended after this login: whoever knew
    the old password is out.
    """
    changed = or_(
        Account.password_changed_at > Grant.created_at, Account.ended_at > Grant.created_at
    )
    query = (
        select(Grant.id)
        .join(Account, Account.person_id == Grant.person_id)
        .where(Grant.id == grant_id, changed)
    )
    return session.scalars(query).first() is not None


def revoke(session: Session, grant_id: str, now: datetime) -> bool:
    """End every token of this login, with the transaction of the caller. False if it had ended
    before.
    """
    grant = session.get(Grant, grant_id, with_for_update=True, populate_existing=True)
    if grant is None or grant.revoked_at is not None:
        return False
    grant.revoked_at = now
    return True


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of the grants that were over before this moment; how many."""
    return delete_some(session, Grant.id, Grant.expires_at < before)


def purge_sessions(session: Session, before: datetime) -> int:
    """Delete a portion of the sessions that were over before this moment and that no grant names
    any more; how many.
    """
    named = exists().where(Grant.session_id == BrowserSession.id)
    return delete_some(session, BrowserSession.id, BrowserSession.expires_at < before, ~named)
