"""What an administrator does with requests for a mandate: see those of the own organisations, grant
or refuse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import decision_rules
from admin.mandates.administrators import demand, name_to_tell, organisations_of
from admin.mandates.decision_rules import DeciderLogin
from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from broker.texts.quoting import written
from consent import requests
from consent.requests import MandateRequest
from directory.fields import LocalizedText
from directory.people import Person
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, Detail, EventTag
from state.outbox import Message

LONGEST_REASON: Final = 500


class NoSuchRequest(Exception):
    """There is no such request at an organisation that this person administers."""


class AlreadyDecided(Exception):
    """Another administrator was first."""


class NoReason(Exception):
    """A refusal says why, in 1 to 500 signs."""


class Named(Protocol):
    """A service, as far as its name goes."""

    @property
    def name(self) -> LocalizedText: ...


@dataclass(frozen=True)
class Decision:
    """What a decision needs beside the request. ``login``: of the actor; ``portal_url``: where the
    service begins, for who may now go there.
    """

    actor: Actor
    login: DeciderLogin
    service: Named
    now: datetime
    sealer: Sealer
    portal_url: str | None = None


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


def colleagues_of(
    session: Session, request: MandateRequest, person_id: str, now: datetime
) -> list[Person]:
    """The other administrators of the organisation, by name."""
    found = requests.administrators_of(session, request.organisation_id, now)
    return [person for person in found if person.id != person_id]


def grant(
    session: Session, request: MandateRequest, decision: Decision, until: datetime, max_years: int
) -> None:
    """Give the mandate. Who gives one to oneself is told to the other administrators. Raises
    LoginNotEnough, AlreadyDecided, MandateRefused. The caller commits, or rolls back.
    """
    login, by = decision.login, decision.actor.logged_in
    decision_rules.demand(decision_rules.lack_to_grant(login, request.level, decision.now))
    mandate = requests.grant(
        session,
        request,
        until=until,
        by=by,
        own_level=login.level,
        now=decision.now,
        max_years=max_years,
    )
    if mandate is None:
        raise AlreadyDecided
    _tell_requester(session, request, decision, until=until)
    details: dict[str, Detail] = {"mandate": mandate.id}
    if request.person_id == by:
        details["to_oneself"] = True
        _tell_colleagues(session, request, decision, until)
    _note(session, request, decision, EventTag.MANDATE_GRANTED, details)


def refuse(session: Session, request: MandateRequest, decision: Decision, reason: str) -> None:
    """Refuse the request; ``reason`` goes to who asked. Raises LoginNotEnough, NoReason,
    AlreadyDecided. The caller commits, or rolls back.
    """
    decision_rules.demand(decision_rules.lack_to_decide(decision.login, decision.now))
    reason = written(reason)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise NoReason
    by = decision.actor.logged_in
    if not requests.refuse(session, request, by=by, now=decision.now, reason=reason):
        raise AlreadyDecided
    _tell_requester(session, request, decision, reason=reason)
    _note(session, request, decision, EventTag.MANDATE_REQUEST_REFUSED, {})


def _tell_requester(
    session: Session,
    request: MandateRequest,
    decision: Decision,
    *,
    until: datetime | None = None,
    reason: str | None = None,
) -> None:
    """``until``: how long the mandate holds that was given; None where the request was refused."""
    person = request.person
    if not person.email:
        return
    facts = replace(
        _facts(request, decision, person.locale, reason),
        by=name_to_tell(session, request.organisation, decision.actor.logged_in),
        until=until,
        portal_url=decision.portal_url,
    )
    mail = mandate_mails.to_requester(person.email, person.locale, facts, granted=until is not None)
    _send(session, decision, mail)


def _tell_colleagues(
    session: Session, request: MandateRequest, decision: Decision, until: datetime
) -> None:
    """One of several could give rights to an own account that somebody else is using."""
    by = decision.actor.logged_in
    for person in colleagues_of(session, request, by, decision.now):
        if person.email:
            facts = _facts(request, decision, person.locale)
            mail = mandate_mails.granted_to_oneself(person.email, person.locale, facts, until)
            _send(session, decision, mail)


def _facts(
    request: MandateRequest, decision: Decision, locale: str, message: str | None = None
) -> RequestFacts:
    return RequestFacts(
        person=request.person.display_name,
        organisation=request.organisation.name,
        service=decision.service.name.in_(locale),
        level=request.level.label,
        message=message,
        reference=request.reference,
    )


def _send(session: Session, decision: Decision, mail: Message) -> None:
    outbox.enqueue(session, decision.sealer, mail, decision.now)


def _note(
    session: Session,
    request: MandateRequest,
    decision: Decision,
    tag: EventTag,
    more: dict[str, Detail],
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
            details={"request": request.id, **more},
        ),
    )
