"""Registrations: services, clients and identity providers as documents, one row each.

The document is validated by the model of its kind (``directory.services``, ``providers.registry``),
so that what ``sluis apply`` reads, what the table holds, what ``export`` writes and what the
process runs on are one thing. A revision number that rises with every change tells each process
when to load again. What is withdrawn counts no more, and keeps its row: audit and history tell of
it by its name.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import JSON, Integer, String, cast, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from state.db import Base, UtcDateTime, enum_column_type

MOST_FIELDS: Final = 5  # that are named
_RAISES: Final = "sluis_raises_revision"  # in Session.info: the transaction that asked
M = TypeVar("M", bound=BaseModel)


class Kind(enum.StrEnum):
    SERVICE = "Service"
    IDENTITY_PROVIDER = "IdentityProvider"
    CLIENT = "Client"
    ANNOUNCEMENT = "Announcement"
    HELP_DESK = "HelpDesk"
    FEDERATION = "Federation"


class OfAnotherVersion(Exception):
    """The table holds what this version of the program does not know. The text names what, and no
    value of it.
    """


class KindUnknown(OfAnotherVersion):
    """A kind."""


class DocumentUnknown(OfAnotherVersion):
    """A field of a document, or what stands in one."""


class Registration(Base):
    """One registered thing: its kind, its name and its document."""

    __tablename__ = "registration"

    kind: Mapped[Kind] = mapped_column(
        enum_column_type(Kind, 20),
        primary_key=True,
    )
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RegistrationRevision(Base):
    """A single row: how often registrations changed. Read by the poll, raised by every write."""

    __tablename__ = "registration_revision"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    revision: Mapped[int] = mapped_column(Integer, default=0)


def current_revision(session: Session) -> int:
    """The stamp that a process compares with what it has loaded; 0 for an empty database."""
    return session.scalar(select(func.max(RegistrationRevision.revision))) or 0


def all_registrations(session: Session, *, withdrawn: bool = False) -> list[Registration]:
    """Every registration that stands, by kind and name; or every one that was withdrawn.

    Raises KindUnknown where a newer version wrote one: leaving it out could leave out a rule.
    """
    is_withdrawn = Registration.withdrawn_at.is_not(None)
    query = (
        select(Registration)
        .where(is_withdrawn if withdrawn else ~is_withdrawn)
        .order_by(Registration.kind, Registration.name)
    )
    try:
        return list(session.scalars(query))
    except LookupError:  # what the column's type says of a value that it does not have
        raise KindUnknown(_unknown_kinds(session)) from None


def read_as(row: Registration, model: type[M]) -> M:
    """What its document says. Raises DocumentUnknown."""
    try:
        return model.model_validate(row.document)
    except ValidationError as error:
        raise DocumentUnknown(f"{row.kind} {row.name}: {_not_read(error)}") from None


def _not_read(error: ValidationError) -> str:
    """Fields that this version has none of, and fields whose value it does not take. No value."""
    unknown: dict[str, None] = {}
    refused: dict[str, None] = {}
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        kept = unknown if one["type"] == "extra_forbidden" else refused
        kept[".".join(map(str, one["loc"]))] = None
    told = []
    if unknown:
        told.append(f"does not know {', '.join([*unknown][:MOST_FIELDS])}")
    if refused:
        told.append(f"does not take what stands in {', '.join([*refused][:MOST_FIELDS])}")
    way_on = "run the version that wrote it" + (", or register it anew" if refused else "")
    return f"this version of Sluis {' and '.join(told)}; {way_on}"


def names(session: Session, kind: Kind) -> set[str]:
    """The names of every registration of this kind that stands."""
    query = select(Registration.name).where(
        Registration.kind == kind, Registration.withdrawn_at.is_(None)
    )
    return set(session.scalars(query))


def standing(session: Session, kind: Kind, name: str) -> Registration | None:
    """The registration of this name, unless it was withdrawn."""
    row = session.get(Registration, (kind, name))
    return row if row is not None and row.withdrawn_at is None else None


def save(session: Session, kind: Kind, name: str, document: dict[str, Any], now: datetime) -> bool:
    """Write one document; True when it differs from what was there. One that was withdrawn stands
    again.
    """
    row = session.get(Registration, (kind, name))
    if row is None:
        add(session, kind, name, document, now)
        return True
    return change(session, row, document, now)


def add(
    session: Session, kind: Kind, name: str, document: dict[str, Any], now: datetime
) -> Registration:
    """One that never stood."""
    row = Registration(kind=kind, name=name, document=document, changed_at=now)
    session.add(row)
    raise_revision(session)
    return row


def change(session: Session, row: Registration, document: dict[str, Any], now: datetime) -> bool:
    """As ``save``, of a row that the caller read in this transaction."""
    if row.document == document and row.withdrawn_at is None:
        return False
    row.document, row.changed_at, row.withdrawn_at = document, now, None
    raise_revision(session)
    return True


def withdraw(session: Session, kind: Kind, name: str, now: datetime) -> bool:
    """End one registration with the transaction of the caller; False when it did not stand. What
    must end with it is in ``admin.registrations.withdrawal``.
    """
    row = standing(session, kind, name)
    if row is None:
        return False
    row.withdrawn_at = now
    raise_revision(session)
    return True


def _unknown_kinds(session: Session) -> str:
    found = session.scalars(select(cast(Registration.kind, String)).distinct())
    names = ", ".join(sorted(set(found) - set(Kind)))
    return f"registrations of kind {names} are of a newer version of Sluis; run that version"


def raise_revision(session: Session) -> None:
    """With the transaction of the caller: every process loads its configuration, keys among it,
    anew at its next look.

    However often it is asked, the row is raised once and last, just before the commit. Everybody
    who changes anything writes this row: whoever held it while waiting for something else would
    stop all others, and one who waits the other way round for good.
    """
    session.connection()  # where nothing was asked yet, there is no transaction
    session.info[_RAISES] = session.get_transaction()


@event.listens_for(Session, "before_commit")
def _raise_last(session: Session) -> None:
    """One that was rolled back asked in vain; a savepoint is not the end."""
    asked = session.info.get(_RAISES)
    if asked is None or session.in_nested_transaction():
        return
    del session.info[_RAISES]
    if asked is not session.get_transaction():
        return
    session.flush()  # first all that others may hold
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(RegistrationRevision).values(id=1, revision=1)
    raised = {"revision": RegistrationRevision.revision + 1}
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_=raised))
