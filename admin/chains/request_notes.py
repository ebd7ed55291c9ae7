"""What is written of a request for chain mandates: the audit, in the history of both organisations,
and the mail to administrators of one of them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from admin.chains.telling import ChainAround
from broker.texts.chain_request_mails import AskedFacts
from consent import requests
from consent.chain_requests import ChainRequest
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.outbox import Message
from state.trace import new_reference


def note(
    session: Session,
    around: ChainAround,
    tag: EventTag,
    request: ChainRequest,
    *,
    at: str,
    reason: str | None = None,
) -> None:
    """In the audit of both, with one reference. ``at``: the organisation of who did it, whose
    history alone names the person.
    """
    reference = new_reference()
    for place, other in (
        (request.intermediary, request.organisation),
        (request.organisation, request.intermediary),
    ):
        event = AuditEvent(
            tag,
            around.now,
            reference=reference,
            person_id=around.actor.person_id if place.id == at else None,
            organisation_id=place.id,
            reason=reason,
            details={
                "chain_request": request.id,
                "other": other.kvk,
                "services": len(request.services),
            },
        )
        audit.record(session, event)


def tell_administrators(
    session: Session,
    around: ChainAround,
    organisation_id: str,
    write: Callable[[str, str], Message],
) -> None:
    """``write``: the mail, for an address and a language."""
    for person in requests.administrators_of(session, organisation_id, around.now):
        if person.email:
            mail = write(person.email, person.locale)
            outbox.enqueue(session, around.sealer, mail, around.now)


def facts_of(request: ChainRequest, around: ChainAround, locale: str) -> AskedFacts:
    """What mails say of it, in this language. A service that is gone is named by its UUID."""
    names = []
    for uuid in request.services:
        service = around.services.get(uuid)
        names.append(service.name.in_(locale) if service is not None else uuid)
    return AskedFacts(
        client=request.organisation.name,
        client_kvk=request.organisation.kvk,
        intermediary=request.intermediary.name,
        intermediary_kvk=request.intermediary.kvk,
        services=tuple(names),
        until=request.until,
    )
