"""Withdrawals: a registration leaves, and what was given because of it ends in the same
transaction.

Its row stays, so that history keeps its name. Mandates and the identities of people stay as well:
they are worth nothing without it, and hold again when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from assurance import sessions
from broker.sso import grants, logout
from broker.sso.grants import Grant
from broker.sso.logout import Teller
from broker.sso.session import made_at
from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from consent import register, requests
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.register import Consent
from consent.requests import MandateRequest, RequestState
from directory.people import ExternalIdentity
from directory.services import Service
from keys.sealing import Sealer
from state import audit, outbox, registrations
from state.audit import AuditEvent, EventTag
from state.registrations import Kind


@dataclass(frozen=True)
class Dependent:
    """``number`` of things that depend on a registration; ``one`` and ``many`` are their names."""

    number: int
    one: str
    many: str

    def __str__(self) -> str:
        return f"{self.number} {self.one if self.number == 1 else self.many}"


def dependents(
    session: Session, sealer: Sealer, kind: Kind, name: str, now: datetime
) -> tuple[Dependent, ...]:
    """What people would miss if this registration left now; nothing for what is only told."""
    found: Iterable[Dependent] = ()
    if kind is Kind.SERVICE:
        found = _of_service(session, name, now)
    elif kind is Kind.CLIENT:
        found = _of_client(session, name, now)
    elif kind is Kind.IDENTITY_PROVIDER:
        found = _of_makelaar(session, sealer, name, now)
    return tuple(one for one in found if one.number)


def withdraw(session: Session, teller: Teller, kind: Kind, name: str) -> bool:
    """Withdraw with the transaction of the caller: tokens and consents of a portal or service end
    and open requests are closed; so do sessions that began at a makelaar, which portals are told.
    False when it did not stand.
    """
    if not registrations.withdraw(session, kind, name, teller.now):
        return False
    ended: dict[str, int] = {}
    if kind is Kind.SERVICE:
        ended = _end_given(session, teller.now, service_uuid=name)
        ended["requests"] = _close_requests(session, teller, name)
    elif kind is Kind.CLIENT:
        ended = _end_given(session, teller.now, client_id=name)
    elif kind is Kind.IDENTITY_PROVIDER:
        ended = _end_sessions(session, teller, name)
    audit.record(
        session,
        AuditEvent(
            EventTag.REGISTRATION_REMOVED,
            teller.now,
            outcome="removed",
            service_uuid=name if kind is Kind.SERVICE else None,
            client_id=name if kind is Kind.CLIENT else None,
            provider_id=name if kind is Kind.IDENTITY_PROVIDER else None,
            details={"kind": str(kind), "name": name, **ended},
        ),
    )
    return True


def _of_service(session: Session, name: str, now: datetime) -> Iterator[Dependent]:
    for one, table in (("mandate", Mandate), ("chain mandate", ChainMandate)):
        holds = (table.service_uuid == name, table.revoked_at.is_(None), table.valid_until > now)
        yield _counted(session, one, table.id, *holds)
    is_open = MandateRequest.state == RequestState.OPEN
    of_service = MandateRequest.service_uuid == name
    yield _counted(session, "open mandate request", MandateRequest.id, of_service, is_open)
    yield from _given(session, now, Grant.service_uuid == name, Consent.service_uuid == name)


def _of_client(session: Session, name: str, now: datetime) -> Iterator[Dependent]:
    yield from _given(session, now, Grant.client_id == name, Consent.client_id == name)


def _of_makelaar(session: Session, sealer: Sealer, name: str, now: datetime) -> Iterator[Dependent]:
    person, of_makelaar = ExternalIdentity.person_id, ExternalIdentity.provider_id == name
    yield _counted(session, "person", person, of_makelaar, many="people")
    yield Dependent(len(_sessions_of(session, sealer, name, now)), "session", "sessions")


def _given(
    session: Session, now: datetime, granted: ColumnElement[bool], agreed: ColumnElement[bool]
) -> Iterator[Dependent]:
    stands = (granted, Grant.revoked_at.is_(None), Grant.expires_at > now)
    yield _counted(session, "login with tokens", Grant.id, *stands, many="logins with tokens")
    yield _counted(session, "consent", Consent.id, agreed, Consent.withdrawn_at.is_(None))


def _counted(
    session: Session,
    one: str,
    column: InstrumentedAttribute[str],
    *conditions: ColumnElement[bool],
    many: str | None = None,
) -> Dependent:
    number = session.scalar(select(func.count(distinct(column))).where(*conditions))
    return Dependent(number or 0, one, many or f"{one}s")


def _end_given(
    session: Session,
    now: datetime,
    *,
    client_id: str | None = None,
    service_uuid: str | None = None,
) -> dict[str, int]:
    """Whoever is registered under this name later finds no token and no consent of before."""
    ended = grants.revoke_withdrawn(
        session, client_id=client_id, service_uuid=service_uuid, now=now
    )
    taken = register.withdraw_all(session, client_id=client_id, service_uuid=service_uuid, now=now)
    return {"grants": len(ended), "consents": taken}


def _close_requests(session: Session, teller: Teller, service_uuid: str) -> int:
    """Nobody could decide on them; who asked is told."""
    row = session.get_one(registrations.Registration, (Kind.SERVICE, service_uuid))
    service = Service.model_validate(row.document)
    found = requests.open_at(session, service_uuid)
    for request in found:
        requests.refuse(request, by=None, now=teller.now)
        _tell_requester(session, teller, request, service)
        audit.record(
            session,
            AuditEvent(
                EventTag.MANDATE_REQUEST_REFUSED,
                teller.now,
                reference=request.reference,
                service_uuid=service_uuid,
                organisation_id=request.organisation_id,
                reason="service_withdrawn",
                level=request.level,
                details={"request": request.id},
            ),
        )
    return len(found)


def _tell_requester(
    session: Session, teller: Teller, request: MandateRequest, service: Service
) -> None:
    person = request.person
    if not person.email:
        return
    facts = RequestFacts.about(request, service.name, request.reference)
    letter = mandate_mails.service_left(person.email, person.locale, facts)
    outbox.enqueue(session, teller.sealer, letter, teller.now)


def _end_sessions(session: Session, teller: Teller, provider_id: str) -> dict[str, int]:
    """Nobody stays logged in on the word of a makelaar that is not believed any more."""
    found = _sessions_of(session, teller.sealer, provider_id, teller.now)
    for session_id in found:
        logout.end_and_tell(session, teller, session_id, "makelaar_withdrawn")
    return {"sessions": len(found)}


def _sessions_of(session: Session, sealer: Sealer, provider_id: str, now: datetime) -> list[str]:
    standing = sessions.all_standing(session, sealer, now)
    return [id_ for id_, facts in standing if made_at(facts) == provider_id]
