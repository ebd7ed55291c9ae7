"""Allocations (toewijzingen): for which clients of an intermediary somebody who works there acts.
Without a limit for all; with one, for those that are named alone, and for nobody where none is.

Judged at each use, like the place of the person at the intermediary: where that ended, so did the
clients.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    and_,
    delete,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from directory.organisations import Organisation
from directory.people import Membership
from state.db import Base, UtcDateTime, new_id, table_of


class ClientLimit(Base):
    """This person acts for the clients that are named alone. ``set_by``: the administrator."""

    __tablename__ = "client_limit"

    intermediary_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by: Mapped[str] = mapped_column(String(26))


class ClientAllocation(Base):
    """One client that a limit names. ``service_uuid`` None: wherever the client lets the
    intermediary act.
    """

    __tablename__ = "client_allocation"
    __table_args__ = (
        Index("ix_client_allocation_person_id", "person_id", "intermediary_id"),
        Index("ix_client_allocation_client", "organisation_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    intermediary_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    service_uuid: Mapped[str | None] = mapped_column(String(36))


class Client(NamedTuple):
    """A client, at one service or (None) wherever it lets the intermediary act."""

    organisation_id: str
    service_uuid: str | None

    def holds(self, organisation_id: str, service_uuid: str) -> bool:
        """Is this client at this service among it?"""
        return organisation_id == self.organisation_id and self.service_uuid in (
            None,
            service_uuid,
        )


EVERY_CLIENT: Final = None  # no limit
Clients = frozenset[Client]


def may_act(clients: Clients | None, organisation_id: str, service_uuid: str) -> bool:
    """The rule. ``clients``: those of the limit, EVERY_CLIENT where there is none."""
    return clients is EVERY_CLIENT or any(
        one.holds(organisation_id, service_uuid) for one in clients
    )


def is_allocated(
    person: Any, intermediary: Any, organisation: Any, service: Any
) -> ColumnElement[bool]:
    """The same rule in SQL, for the statement that finds a chain mandate."""
    limit, named = table_of(ClientLimit).alias(), table_of(ClientAllocation).alias()
    is_limited = exists(
        select(limit.c.person_id).where(
            limit.c.person_id == person, limit.c.intermediary_id == intermediary
        )
    )
    is_named = exists(
        select(named.c.id).where(
            named.c.person_id == person,
            named.c.intermediary_id == intermediary,
            named.c.organisation_id == organisation,
            or_(named.c.service_uuid.is_(None), named.c.service_uuid == service),
        )
    )
    return or_(~is_limited, is_named)


_place: Final = table_of(Membership).alias("place_at_intermediary")


def place_of(person: Any, intermediary: Any) -> tuple[Any, ColumnElement[bool]]:
    """For an outer join: the place of the person at the intermediary; its end is ``place_end``."""
    return _place, and_(_place.c.person_id == person, _place.c.organisation_id == intermediary)


place_end: Final = _place.c.until


def has_ended(until: datetime | None, now: datetime) -> bool:
    """Is a place with this end over? Who never had one holds a mandate alone, which counts."""
    return until is not None and until <= now


def of_person(session: Session, intermediary_id: str, person_id: str) -> Clients | None:
    """The clients of this person, EVERY_CLIENT without a limit."""
    if session.get(ClientLimit, (intermediary_id, person_id), populate_existing=True) is None:
        return EVERY_CLIENT
    query = select(ClientAllocation.organisation_id, ClientAllocation.service_uuid).where(
        ClientAllocation.intermediary_id == intermediary_id,
        ClientAllocation.person_id == person_id,
    )
    return frozenset(Client(*row) for row in session.execute(query))


def of_people(session: Session, intermediary_id: str) -> dict[str, Clients]:
    """Those of everybody with a limit at this intermediary."""
    limited = select(ClientLimit.person_id).where(ClientLimit.intermediary_id == intermediary_id)
    found: dict[str, set[Client]] = {one: set() for one in session.scalars(limited)}
    query = select(
        ClientAllocation.person_id,
        ClientAllocation.organisation_id,
        ClientAllocation.service_uuid,
    ).where(ClientAllocation.intermediary_id == intermediary_id)
    for person_id, organisation_id, service_uuid in session.execute(query):
        if person_id in found:
            found[person_id].add(Client(organisation_id, service_uuid))
    return {person_id: frozenset(clients) for person_id, clients in found.items()}


def limits_of(session: Session, person_id: str) -> list[tuple[Organisation, datetime, int]]:
    """Every intermediary with a limit of this person, since when, and how many clients it names."""
    query = (
        select(Organisation, ClientLimit.set_at)
        .join(ClientLimit, ClientLimit.intermediary_id == Organisation.id)
        .where(ClientLimit.person_id == person_id)
        .order_by(Organisation.name, Organisation.id)
    )
    return [
        (place, since, len(of_person(session, place.id, person_id) or ()))
        for place, since in session.execute(query).all()
    ]


def put(
    session: Session,
    intermediary_id: str,
    person_id: str,
    clients: Iterable[Client] | None,
    *,
    by: str,
    now: datetime,
) -> None:
    """From now on these clients, or EVERY_CLIENT, with the transaction of the caller."""
    for model in (ClientAllocation, ClientLimit):
        session.execute(
            delete(model)
            .where(model.intermediary_id == intermediary_id, model.person_id == person_id)
            .execution_options(synchronize_session="fetch")
        )
    if clients is EVERY_CLIENT:
        return
    session.add(
        ClientLimit(intermediary_id=intermediary_id, person_id=person_id, set_at=now, set_by=by)
    )
    for client in set(clients):
        session.add(
            ClientAllocation(
                intermediary_id=intermediary_id,
                person_id=person_id,
                organisation_id=client.organisation_id,
                service_uuid=client.service_uuid,
            )
        )
    session.flush()
