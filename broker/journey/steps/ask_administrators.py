"""A request for a mandate: a row that the administrators see in the console, and a mail to each of
them.
"""

from __future__ import annotations

from broker.journey.dispatch import Turn
from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from broker.texts.quoting import written
from consent import requests
from consent.requests import MandateRequest
from directory.consoles import BEHEER
from directory.organisations import Organisation
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.db import writing

MAX_MESSAGE = 500


def ask_administrators(turn: Turn) -> Organisation | None:
    """Ask at the organisation that the form names; None when this person does not belong to it.

    Asking twice makes one request and no second round of mail.
    """
    login, now = turn.login, turn.now
    assert login.person_id is not None
    name = turn.context.person.display_name
    with writing(turn.rt.session) as session:
        places = requests.organisations_to_ask(session, login.person_id, now)
        place = next((p for p in places if p.id == turn.form.get("organisation")), None)
        if place is None:
            return None
        request, is_new = requests.send(
            session,
            person_id=login.person_id,
            organisation_id=place.id,
            service_uuid=login.request.service_uuid,
            level=turn.context.needed,
            own_level=turn.context.reached,
            message=written(turn.form.get("message", "")[:MAX_MESSAGE]),
            reference=login.reference,
            now=now,
        )
        if is_new:
            for person in requests.administrators_of(session, place.id, now):
                if person.email:
                    facts = _facts(turn, name, place.name, request, person.locale)
                    letter = mandate_mails.to_administrator(person.email, person.locale, facts)
                    outbox.enqueue(session, turn.rt.sealer, letter, now)
            audit.record(session, _event(turn, place.id))
    return place


def _facts(
    turn: Turn, person: str, organisation: str, request: MandateRequest, locale: str
) -> RequestFacts:
    return RequestFacts(
        person=person,
        organisation=organisation,
        service=turn.context.service.name.in_(locale),
        level=turn.context.needed.label,
        message=request.message,
        reference=turn.login.reference,
        console_url=f"{turn.rt.base_url}{BEHEER.path}/verzoek/{request.id}",
    )


def _event(turn: Turn, organisation_id: str) -> AuditEvent:
    return AuditEvent(
        tag=EventTag.MANDATE_REQUESTED,
        at=turn.now,
        reference=turn.login.reference,
        person_id=turn.login.person_id,
        client_id=turn.login.request.client_id,
        service_uuid=turn.login.request.service_uuid,
        organisation_id=organisation_id,
        level=turn.context.needed,
    )
