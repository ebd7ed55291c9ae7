"""What hangs on a registration of each kind: counted, for who asks whether it can leave, and ended
when it does.

Mandates and the identities of people stay: they are worth nothing without it, and hold again when
it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from assurance import session_lifetime
from broker.sso import grants, logout
from broker.sso.grants import Grant
from broker.sso.logout import LogoutNotifier
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
from providers import federation_members
from providers.federation_members import BETWEEN, federation_of
from state import audit, outbox, registrations
from state.audit import AuditEvent, EventTag
from state.registrations import Kind

_WITHDRAWN: Final = "makelaar_withdrawn"


@dataclass(frozen=True)
class Dependent:
    """``number`` of things that depend on a registration; ``one`` and ``many`` are their names."""

    number: int
    one: str
    many: str

    def __str__(self) -> str:
        return f"{self.number} {self.one if self.number == 1 else self.many}"


@dataclass(frozen=True)
class Withdrawal:
    """What leaves with a registration of one kind. ``counts``: what people would miss. ``ends``:
    ends it, and says how much of each. ``field``: where the audit event names the registration.
    """

    counts: Callable[[Session, Sealer, str, datetime], Iterable[Dependent]]
    ends: Callable[[Session, LogoutNotifier, str], Mapping[str, int]]
    field: Literal["service_uuid", "client_id", "provider_id"] | None = None


def _of_service(session: Session, _sealer: Sealer, name: str, now: datetime) -> Iterator[Dependent]:
    for one, table in (("mandate", Mandate), ("chain mandate", ChainMandate)):
        holds = (table.service_uuid == name, table.revoked_at.is_(None), table.valid_until > now)
        yield _counted(session, one, table.id, *holds)
    is_open = MandateRequest.state == RequestState.OPEN
    of_service = MandateRequest.service_uuid == name
    yield _counted(session, "open mandate request", MandateRequest.id, of_service, is_open)
    yield from _given(session, now, Grant.service_uuid == name, Consent.service_uuid == name)


def _of_client(session: Session, _sealer: Sealer, name: str, now: datetime) -> Iterator[Dependent]:
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


def _end_service(session: Session, notifier: LogoutNotifier, name: str) -> Mapping[str, int]:
    ended = _end_given(session, notifier.now, service_uuid=name)
    return {**ended, "requests": _close_requests(session, notifier, name)}


def _end_client(session: Session, notifier: LogoutNotifier, name: str) -> Mapping[str, int]:
    return _end_given(session, notifier.now, client_id=name)


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


def _close_requests(session: Session, notifier: LogoutNotifier, service_uuid: str) -> int:
    """Nobody could decide on them; who asked is told."""
    row = session.get_one(registrations.Registration, (Kind.SERVICE, service_uuid))
    service = registrations.read_as(row, Service)
    found = requests.open_at(session, service_uuid)
    closed = [r for r in found if requests.refuse(session, r, by=None, now=notifier.now)]
    for request in closed:
        _tell_requester(session, notifier, request, service)
        audit.record(
            session,
            AuditEvent(
                EventTag.MANDATE_REQUEST_REFUSED,
                notifier.now,
                reference=request.reference,
                service_uuid=service_uuid,
                organisation_id=request.organisation_id,
                reason="service_withdrawn",
                level=request.level,
                details={"request": request.id},
            ),
        )
    return len(closed)


def _tell_requester(
    session: Session, notifier: LogoutNotifier, request: MandateRequest, service: Service
) -> None:
    person = request.person
    if not person.email:
        return
    facts = RequestFacts.about(request, service.name, request.reference)
    letter = mandate_mails.service_left(person.email, person.locale, facts)
    outbox.enqueue(session, notifier.sealer, letter, notifier.now)


def _end_sessions(session: Session, notifier: LogoutNotifier, provider_id: str) -> dict[str, int]:
    """Nobody stays logged in on the word of a makelaar that is not believed any more."""
    found = _sessions_of(session, notifier.sealer, provider_id, notifier.now)
    for session_id in found:
        logout.end_and_tell(session, notifier, session_id, _WITHDRAWN)
    left = grants.given_by(session, provider_id, notifier.now)
    return {
        "sessions": len(found),
        "grants": logout.end_grants(session, notifier, left, _WITHDRAWN),
    }


def _sessions_of(session: Session, sealer: Sealer, provider_id: str, now: datetime) -> list[str]:
    standing = session_lifetime.all_standing(session, sealer, now)
    return [id_ for id_, facts in standing if made_at(facts) == provider_id]


def _of_federation(
    session: Session, sealer: Sealer, name: str, now: datetime
) -> Iterator[Dependent]:
    person, begins = ExternalIdentity.person_id, f"{name}{BETWEEN}"
    of_members = ExternalIdentity.provider_id.startswith(begins, autoescape=True)
    yield _counted(session, "person", person, of_members, many="people")
    yield Dependent(len(_sessions_of_members(session, sealer, name, now)), "session", "sessions")


def _end_federation(session: Session, notifier: LogoutNotifier, name: str) -> dict[str, int]:
    """The same of all its makelaars; and its list is forgotten."""
    found = _sessions_of_members(session, notifier.sealer, name, notifier.now)
    for session_id in found:
        logout.end_and_tell(session, notifier, session_id, _WITHDRAWN)
    left = grants.given_by_members(session, f"{name}{BETWEEN}", notifier.now)
    federation_members.forget(session, name)
    return {
        "sessions": len(found),
        "grants": logout.end_grants(session, notifier, left, _WITHDRAWN),
    }


def _sessions_of_members(session: Session, sealer: Sealer, name: str, now: datetime) -> list[str]:
    standing = session_lifetime.all_standing(session, sealer, now)
    return [id_ for id_, facts in standing if federation_of(made_at(facts) or "") == name]


OF_SERVICE: Final = Withdrawal(_of_service, _end_service, "service_uuid")
OF_CLIENT: Final = Withdrawal(_of_client, _end_client, "client_id")
OF_MAKELAAR: Final = Withdrawal(_of_makelaar, _end_sessions, "provider_id")
OF_FEDERATION: Final = Withdrawal(_of_federation, _end_federation, "provider_id")
OF_TEXT: Final = Withdrawal(lambda *_: (), lambda *_: {})  # what is only told
