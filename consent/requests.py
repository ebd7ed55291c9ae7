"""Requests for a mandate: somebody who may not act yet asks the administrators, who grant or refuse
it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assurance.levels import AssuranceLevel, suffices
from directory.administrator_role import administers
from directory.organisations import Organisation
from directory.people import Membership, Person
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, new_id
from state.locks import Held, one_at_a_time


class RequestState(enum.StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"  # nobody decided in time


class AboveOwnLevel(Exception):
    """Somebody asks for more than the own login is worth."""


class MandateRequest(Base):
    """One request: who, for which organisation, service and level, and what became of it.
    ``refusal_reason``: what the administrator wrote to who asked.
    """

    __tablename__ = "mandate_request"
    __table_args__ = (
        Index("ix_mandate_request_organisation_id_state", "organisation_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    service_uuid: Mapped[str] = mapped_column(String(36))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    message: Mapped[str | None] = mapped_column(String(500))
    reference: Mapped[str] = mapped_column(String(8))
    state: Mapped[RequestState] = mapped_column(enum_column_type(RequestState, 10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(26))
    refusal_reason: Mapped[str | None] = mapped_column(String(500))
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


def send(
    session: Session,
    *,
    person_id: str,
    organisation_id: str,
    service_uuid: str,
    level: AssuranceLevel,
    own_level: AssuranceLevel,
    message: str | None,
    reference: str,
    now: datetime,
) -> tuple[MandateRequest, bool]:
    """The open request for this, and whether it is new: asking twice makes one, also at the same
    time. ``own_level``: of the login of who asks. Raises AboveOwnLevel.
    """
    if not suffices(own_level, level):
        raise AboveOwnLevel
    wanted = f"{person_id}:{organisation_id}:{service_uuid}"
    one_at_a_time(session, Held.MANDATE_REQUEST, wanted)
    known = session.scalars(
        select(MandateRequest)
        .where(
            MandateRequest.person_id == person_id,
            MandateRequest.organisation_id == organisation_id,
            MandateRequest.service_uuid == service_uuid,
            MandateRequest.state == RequestState.OPEN,
        )
        .limit(1)
    ).first()
    if known is not None:
        return known, False
    request = MandateRequest(
        person_id=person_id,
        organisation_id=organisation_id,
        service_uuid=service_uuid,
        level=level,
        message=(message or "").strip()[:500] or None,
        reference=reference,
        state=RequestState.OPEN,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    return request, True


def open_for(session: Session, organisation_ids: Sequence[str]) -> list[MandateRequest]:
    """Open requests at these organisations, oldest first."""
    query = (
        select(MandateRequest)
        .where(
            MandateRequest.organisation_id.in_(organisation_ids),
            MandateRequest.state == RequestState.OPEN,
        )
        .options(joinedload(MandateRequest.person), joinedload(MandateRequest.organisation))
        .order_by(MandateRequest.asked_at, MandateRequest.id)
    )
    return list(session.scalars(query))


def of_person(session: Session, person_id: str) -> list[MandateRequest]:
    """Every request of this person, with the organisation, the newest first."""
    query = (
        select(MandateRequest)
        .where(MandateRequest.person_id == person_id)
        .options(joinedload(MandateRequest.organisation))
        .order_by(MandateRequest.asked_at.desc(), MandateRequest.id)
    )
    return list(session.scalars(query))


def last_of(session: Session, person_id: str, service_uuid: str) -> dict[str, MandateRequest]:
    """The last request of this person for this service at each organisation, by its id."""
    query = (
        select(MandateRequest)
        .where(
            MandateRequest.person_id == person_id,
            MandateRequest.service_uuid == service_uuid,
        )
        .order_by(MandateRequest.asked_at, MandateRequest.id)
    )
    return {request.organisation_id: request for request in session.scalars(query)}


def get(session: Session, request_id: str) -> MandateRequest | None:
    """One request with person and organisation, as it is now."""
    return session.get(
        MandateRequest,
        request_id,
        options=[joinedload(MandateRequest.person), joinedload(MandateRequest.organisation)],
        populate_existing=True,
    )


def answer(session: Session, request: MandateRequest, *, by: str, now: datetime) -> bool:
    """Note that what was asked has been given, once. False when it was decided already."""
    return _decide(session, request, RequestState.GRANTED, by, now)


def hold_open(session: Session, request_id: str) -> bool:
    """Is it still open? Nobody decides on it before the transaction ends."""
    request = session.get(MandateRequest, request_id, with_for_update=True, populate_existing=True)
    return request is not None and request.state is RequestState.OPEN


def open_at(session: Session, service_uuid: str) -> list[MandateRequest]:
    """Open requests at this service, oldest first, with person and organisation."""
    query = (
        select(MandateRequest)
        .where(
            MandateRequest.service_uuid == service_uuid,
            MandateRequest.state == RequestState.OPEN,
        )
        .options(joinedload(MandateRequest.person), joinedload(MandateRequest.organisation))
        .order_by(MandateRequest.asked_at, MandateRequest.id)
    )
    return list(session.scalars(query))


def refuse(
    session: Session,
    request: MandateRequest,
    *,
    by: str | None,
    now: datetime,
    reason: str | None = None,
) -> bool:
    """Refuse it, once. ``by``: None where its service left; ``reason``: in the words of who
    refused. False when it was decided already, or at this very moment.
    """
    return _decide(session, request, RequestState.REFUSED, by, now, reason)


def lapse(session: Session, request: MandateRequest, now: datetime) -> bool:
    """Close it because nobody decided in time, once. False when somebody did meanwhile."""
    return _decide(session, request, RequestState.LAPSED, None, now)


def _decide(
    session: Session,
    request: MandateRequest,
    state: RequestState,
    by: str | None,
    now: datetime,
    reason: str | None = None,
) -> bool:
    """Whatever was read before, what counts is what stands now, and the lock keeps it so: of two
    decisions at once the second one sees the first.
    """
    session.refresh(request, ["state"], with_for_update=True)
    if request.state is not RequestState.OPEN:
        return False
    request.state, request.decided_at, request.decided_by = state, now, by
    request.refusal_reason = reason
    session.flush()  # reading anew throws away what was not written yet
    return True


def organisations_to_ask(session: Session, person_id: str, now: datetime) -> list[Organisation]:
    """Where somebody may ask for a mandate: the organisations that this person belongs to, by
    name.
    """
    query = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.since <= now,
            or_(Membership.until.is_(None), Membership.until > now),
            Organisation.suspended_at.is_(None),
        )
        .order_by(Organisation.name, Organisation.id)
    )
    return list(session.scalars(query))


def administrators_of(session: Session, organisation_id: str, now: datetime) -> list[Person]:
    """Who can decide: the administrators of the organisation who are not blocked, by name."""
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            administers(now),
            Membership.since <= now,
            or_(Membership.until.is_(None), Membership.until > now),
            Person.blocked_at.is_(None),
        )
        .order_by(Person.display_name, Person.id)
    )
    return list(session.scalars(query))
