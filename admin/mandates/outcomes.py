"""What follows a mandate that was given, made longer or made shorter: the audit, requests that are
answered with it, and the people who hear of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates.administrators import name_to_tell
from assurance.levels import suffices
from broker.texts import mandate_changes, mandate_mails
from broker.texts.mandate_changes import ToldChange
from broker.texts.mandate_mails import RequestFacts
from consent import requests
from consent.changes import MandateWish, TermChange
from consent.requests import MandateRequest
from directory import dates
from directory.organisations import Organisation
from directory.people import Person
from directory.portals import where_it_begins
from directory.services import RelyingParty, Service
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, Detail, EventTag
from state.outbox import Message

_TAGS: Final = {
    TermChange.NEW: EventTag.MANDATE_GRANTED,
    TermChange.EXTENDED: EventTag.MANDATE_CHANGED,
    TermChange.SHORTENED: EventTag.MANDATE_CHANGED,
}


@dataclass(frozen=True)
class Done:
    """One change that was made. ``was``: the day on which it ended before."""

    wish: MandateWish
    change: TermChange
    was: date | None
    until: date


class Around(Protocol):
    """What is read of the circumstances of a decision."""

    @property
    def organisation_id(self) -> str: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def services(self) -> Mapping[str, Service]: ...
    @property
    def portals(self) -> Collection[RelyingParty]: ...
    @property
    def sealer(self) -> Sealer: ...
    @property
    def now(self) -> datetime: ...


def follow(session: Session, around: Around, done: Sequence[Done], reference: str) -> None:
    """In the transaction of the change."""
    organisation = session.get_one(Organisation, around.organisation_id)
    waiting = requests.open_for(session, [around.organisation_id])
    answered = {id(one): _answered(session, around, one, waiting) for one in done}
    for one in done:
        asked = answered[id(one)]
        _note(session, around, one, reference if not asked else asked[0].reference)
    of_people: dict[str, list[Done]] = {}
    for one in done:
        of_people.setdefault(one.wish.person_id, []).append(one)
    for person_id, theirs in of_people.items():
        person = session.get_one(Person, person_id)
        for one in theirs:
            for request in answered[id(one)]:
                _tell_requester(session, around, person, organisation, request, one.until)
        rest = [one for one in theirs if not answered[id(one)]]
        _tell(session, around, person, organisation, rest, reference)
        if person_id == around.actor.person_id:
            _tell_colleagues(session, around, person, organisation, theirs, reference)


def _answered(
    session: Session, around: Around, one: Done, open_ones: Sequence[MandateRequest]
) -> list[MandateRequest]:
    """Requests of this person that ask no more than was given now."""
    wish, by = one.wish, around.actor.logged_in
    found = [
        request
        for request in open_ones
        if request.person_id == wish.person_id
        and wish.service_uuid in (None, request.service_uuid)
        and suffices(wish.level, request.level)
    ]
    return [one for one in found if requests.answer(session, one, by=by, now=around.now)]


def _note(session: Session, around: Around, one: Done, reference: str) -> None:
    details: dict[str, Detail] = {
        "person": one.wish.person_id,
        "until": one.until.isoformat(),
        "was": one.was.isoformat() if one.was is not None else None,
    }
    if one.wish.person_id == around.actor.person_id:
        details["to_oneself"] = True
    audit.record(
        session,
        AuditEvent(
            tag=_TAGS[one.change],
            at=around.now,
            reference=reference,
            person_id=around.actor.logged_in,
            service_uuid=one.wish.service_uuid,
            organisation_id=around.organisation_id,
            reason=str(one.change),
            level=one.wish.level,
            details=details,
        ),
    )


def _tell(
    session: Session,
    around: Around,
    person: Person,
    organisation: Organisation,
    done: Sequence[Done],
    reference: str,
) -> None:
    if not person.email or not done:
        return
    told = [_told(around, one, person.locale) for one in done]
    by = name_to_tell(session, organisation, around.actor.logged_in)
    place = organisation.name
    mail = mandate_changes.told(person.email, person.locale, place, told, reference, by=by)
    _send(session, around, mail)


def _tell_requester(
    session: Session,
    around: Around,
    person: Person,
    organisation: Organisation,
    request: MandateRequest,
    until: date,
) -> None:
    if not person.email:
        return
    service = around.services.get(request.service_uuid)
    facts = RequestFacts(
        person=person.display_name,
        organisation=organisation.name,
        service=service.name.in_(person.locale) if service else request.service_uuid,
        level=request.level.label,
        message=None,
        reference=request.reference,
        by=name_to_tell(session, organisation, around.actor.logged_in),
        until=dates.end_of(until),
        portal_url=where_it_begins(around.portals, request.service_uuid),
    )
    mail = mandate_mails.to_requester(person.email, person.locale, facts, granted=True)
    _send(session, around, mail)


def _tell_colleagues(
    session: Session,
    around: Around,
    person: Person,
    organisation: Organisation,
    done: Sequence[Done],
    reference: str,
) -> None:
    """One of several could give rights to an own account that somebody else is using."""
    for other in requests.administrators_of(session, organisation.id, around.now):
        if other.id == person.id or not other.email:
            continue
        told = [_told(around, one, other.locale) for one in done]
        mail = mandate_changes.to_oneself(
            other.email, other.locale, person.display_name, organisation.name, told, reference
        )
        _send(session, around, mail)


def _told(around: Around, one: Done, locale: str) -> ToldChange:
    service = around.services.get(one.wish.service_uuid or "")
    name = service.name.in_(locale) if service is not None else None
    return ToldChange(name, one.wish.level.label, one.change, one.until)


def _send(session: Session, around: Around, mail: Message) -> None:
    outbox.enqueue(session, around.sealer, mail, around.now)
