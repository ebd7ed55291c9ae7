"""Grants: one row per finished login; revoking it ends every token that the login gave."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from broker.downstream.interface import GrantFacts
from state.db import Base, UtcDateTime, table_of
from state.prepared import Prepared, insert_into


class Grant(Base):
    """What a portal holds because of one login."""

    __tablename__ = "grant"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    service_uuid: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_c = table_of(Grant).c
_INSERT: Final = Prepared(insert_into(table_of(Grant)))
_LIVE: Final = Prepared(
    select(_c.person_id).where(
        _c.id == bindparam("grant"), _c.revoked_at.is_(None), _c.expires_at > bindparam("now")
    )
)


def insert(session: Session, facts: GrantFacts, now: datetime) -> None:
    """Write a grant with the transaction of the login that it belongs to."""
    _INSERT.run(
        session,
        {
            "id": facts.id,
            "client_id": facts.client_id,
            "person_id": facts.person_id,
            "service_uuid": facts.service_uuid,
            "created_at": now,
            "expires_at": facts.expires_at,
            "revoked_at": None,
        },
    )


def live(session: Session, grant_id: str, now: datetime) -> str | None:
    """The id of the person while the grant stands: neither revoked nor over. One read, never from
    a cache.
    """
    row = _LIVE.first(session, {"grant": grant_id, "now": now})
    return str(row[0]) if row is not None else None


def revoke(session: Session, grant_id: str, now: datetime) -> bool:
    """End every token of this login, with the transaction of the caller. False if it had ended
    before.
    """
    grant = session.get(Grant, grant_id, with_for_update=True, populate_existing=True)
    if grant is None or grant.revoked_at is not None:
        return False
    grant.revoked_at = now
    return True
