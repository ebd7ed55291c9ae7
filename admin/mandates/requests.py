"""What an administrator does with requests for a mandate: see those of the own organisations, grant
or refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates.administrators import demand, organisations_of
from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from consent import requests
from consent.requests import MandateRequest
from directory.fields import LocalizedText
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag


class NoSuchRequest(Exception):
    """There is no such request at an organisation that this person administers."""


class AlreadyDecided(Exception):
    """Another administrator was first."""


class Named(Protocol):
    """A service, as far as its name goes."""

    @property
    def name(self) -> LocalizedText: ...


@dataclass(frozen=True)
class Decision:
    """What a decision needs beside the request."""

    actor: Actor
    service: Named
    now: datetime
    sealer: Sealer


def open_requests(session: Session, person_id: str, now: datetime) -> list[MandateRequest]:
    """Open requests at the organisations that this person administers, oldest first."""
    places = [place.id for place in organisations_of(session, person_id, now)]
    return requests.open_for(session, places) if places else []


def one_request(session: Session, person_id: str, request_id: str, now: datetime) -> MandateRequest:
    """One request that this person may decide on. Raises NoSuchRequest, NotAdministrator."""
    request = requests.get(session, request_id)
    if request is None:
        raise NoSuchRequest(request_id)
    demand(session, person_id, request.organisation_id, now)
    return request


def grant(
    session: Session, request: MandateRequest, decision: Decision, until: datetime, max_years: int
) -> None:
    """Give the mandate. Raises AlreadyDecided, MandateRefused. The caller commits."""
    mandate = requests.grant(
        session,
        request,
        until=until,
        by=decision.actor.logged_in,
        now=decision.now,
        max_years=max_years,
    )
    if mandate is None:
        raise AlreadyDecided
    _tell(session, request, decision, granted=True)
    _note(session, request, decision, EventTag.MANDATE_GRANTED, mandate.id)


def refuse(session: Session, request: MandateRequest, decision: Decision) -> None:
    """Refuse the request. Raises AlreadyDecided. The caller commits."""
    if not requests.refuse(request, by=decision.actor.logged_in, now=decision.now):
        raise AlreadyDecided
    _tell(session, request, decision, granted=False)
    _note(session, request, decision, EventTag.MANDATE_REQUEST_REFUSED, None)


def _tell(session: Session, request: MandateRequest, decision: Decision, *, granted: bool) -> None:
    person = request.person
    if not person.email:
        return
    facts = RequestFacts.about(request, decision.service.name, request.reference)
    letter = mandate_mails.to_requester(person.email, person.locale, facts, granted=granted)
    outbox.enqueue(session, decision.sealer, letter, decision.now)


def _note(
    session: Session,
    request: MandateRequest,
    decision: Decision,
    tag: EventTag,
    mandate_id: str | None,
) -> None:
    audit.record(
        session,
        AuditEvent(
            tag=tag,
            at=decision.now,
            reference=request.reference,
            person_id=decision.actor.logged_in,
            service_uuid=request.service_uuid,
            organisation_id=request.organisation_id,
            level=request.level,
            details={"request": request.id, **({"mandate": mandate_id} if mandate_id else {})},
        ),
    )
