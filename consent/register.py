"""The register of consents: what somebody agreed may leave for a portal, as a fingerprint of
exactly that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from state.db import Base, UtcDateTime, new_id, table_of
from state.prepared import PreparedStatement

_SET: Final = ("person_id", "client_id", "service_uuid", "shown")
_STANDS: Final = text("withdrawn_at IS NULL")


class Consent(Base):
    """One consent. ``shown``: keyed fingerprint of the set that the person saw; another set asks
    again. Of the same set one stands at a time; those that were withdrawn stay.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_person_client_service", "person_id", "client_id", "service_uuid"),
        Index(
            "uq_consent_standing",
            *_SET,
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    client_id: Mapped[str] = mapped_column(String(200))
    service_uuid: Mapped[str] = mapped_column(String(36))
    shown: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Names of the claims that were shown, without their values; None: given before they were kept.
    claims: Mapped[str | None] = mapped_column(String(200))


_table = table_of(Consent)
_c = _table.c
_COVERS: Final = PreparedStatement(
    select(_c.id)
    .where(
        _c.person_id == bindparam("person"),
        _c.client_id == bindparam("client"),
        _c.service_uuid == bindparam("service"),
        _c.shown == bindparam("shown"),
        _c.withdrawn_at.is_(None),
    )
    .limit(1)
)
_ROW: Final = {column.name: bindparam(column.name, type_=column.type) for column in _c}
# Both databases know this clause, but SQLAlchemy has no word for it that both understand.
_GIVE: Final = {
    "sqlite": PreparedStatement(
        sqlite.insert(_table)
        .values(_ROW)
        .on_conflict_do_nothing(index_elements=_SET, index_where=_STANDS)
        .inline()
    ),
    "postgresql": PreparedStatement(
        postgresql.insert(_table)
        .values(_ROW)
        .on_conflict_do_nothing(index_elements=_SET, index_where=_STANDS)
        .inline()
    ),
}


def covers(
    session: Session, *, person_id: str, client_id: str, service_uuid: str, shown: str
) -> bool:
    """True where exactly this was agreed to earlier, and not withdrawn. One read."""
    asked = {"person": person_id, "client": client_id, "service": service_uuid, "shown": shown}
    return _COVERS.first(session, asked) is not None


def give(
    session: Session,
    *,
    person_id: str,
    client_id: str,
    service_uuid: str,
    shown: str,
    now: datetime,
    claims: Sequence[str] = (),
) -> None:
    """Write down a consent, once for the same set, whoever does so at the same time. ``claims``:
    their names, for the person to read back.
    """
    _GIVE[session.get_bind().dialect.name].run(
        session,
        {
            "id": new_id(),
            "person_id": person_id,
            "client_id": client_id,
            "service_uuid": service_uuid,
            "shown": shown,
            "given_at": now,
            "withdrawn_at": None,
            "claims": " ".join(claims) or None,
        },
    )


def of_person(session: Session, person_id: str) -> list[Consent]:
    """Every consent of this person, those that stand first, then the newest first."""
    query = (
        select(Consent)
        .where(Consent.person_id == person_id)
        .order_by(Consent.withdrawn_at.is_not(None), Consent.given_at.desc(), Consent.id.desc())
    )
    return list(session.scalars(query))


def withdraw(session: Session, person_id: str, consent_id: str, now: datetime) -> bool:
    """Take a consent back; the next login asks again. False if this person has no such consent, or
    took it back at this very moment.
    """
    row = session.get(Consent, consent_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != person_id or row.withdrawn_at is not None:
        return False
    row.withdrawn_at = now
    return True


def withdraw_all(
    session: Session,
    *,
    client_id: str | None = None,
    service_uuid: str | None = None,
    now: datetime,
) -> int:
    """Take back every consent that was given to this portal, or for this service; how many."""
    wanted = Consent.client_id == client_id if client_id else Consent.service_uuid == service_uuid
    done = session.execute(
        update(Consent)
        .where(wanted, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(Consent.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
