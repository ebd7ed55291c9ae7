"""Asking the administrators for a longer term of an own mandate that ends soon."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from broker.account.access import AccountContext, owner
from broker.account.factors import blueprint
from broker.errors import PageError
from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from broker.web.endpoints import Endpoint
from consent import end_dates, mandates, places, requests
from consent.mandates import Mandate
from consent.requests import AboveOwnLevel, MandateRequest
from directory.consoles import BEHEER
from directory.services import Service
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.trace import new_reference


def may_be_extended(who: AccountContext, one: Mandate) -> bool:
    """Is it for a service that is here, and does it end within two months? Not where the person
    left: then only giving it anew helps. A general one nobody
    asks for: administrators see in their list that it ends.
    """
    now = who.session.now
    holds = one.revoked_at is None and end_dates.ends_soon(one.valid_until, now)
    if not holds or one.branches or one.service_uuid not in who.rt.configuration.services:
        return False
    return not places.left_behind(who.rt.session, [one], now)


@blueprint.post("/verlenging")
@Endpoint(limit="console", shown_at="mine.front")
def ask_extension() -> Response:
    """Ask; twice makes one request and no second round of mail."""
    who = owner()
    with writing(who.rt.session) as sql:
        mandate = mandates.one(sql, request.form.get("machtiging", ""))
        is_own = mandate is not None and mandate.person_id == who.person.id
        if mandate is None or not is_own or not may_be_extended(who, mandate):
            raise PageError(404, "not_found", "no mandate of this person that ends soon")
        done = "extension_asked" if _ask(who, mandate) else "extension_level"
    return redirect(url_for("mine.front", done=done, _anchor="namens"), 303)


def _ask(who: AccountContext, mandate: Mandate) -> bool:
    """False where this login is below the mandate: nobody asks above the own level."""
    sql, now, service = who.rt.session, who.session.now, _service(who, mandate)
    try:
        asked, is_new = requests.send(
            sql,
            person_id=who.person.id,
            organisation_id=mandate.organisation_id,
            service_uuid=service.uuid,
            level=mandate.level,
            own_level=who.session.level,
            message=None,
            reference=new_reference(),
            now=now,
        )
    except AboveOwnLevel:
        return False
    if is_new:
        for person in requests.administrators_of(sql, mandate.organisation_id, now):
            if person.email:
                facts = _facts(who, mandate, asked, service.name.in_(person.locale))
                mail = mandate_mails.to_administrator(person.email, person.locale, facts)
                outbox.enqueue(sql, who.rt.sealer, mail, now)
        audit.record(
            sql,
            AuditEvent(
                tag=EventTag.MANDATE_REQUESTED,
                at=now,
                reference=asked.reference,
                person_id=who.person.id,
                service_uuid=service.uuid,
                organisation_id=mandate.organisation_id,
                reason="extension",
                level=mandate.level,
            ),
        )
    return True


def _service(who: AccountContext, mandate: Mandate) -> Service:
    return who.rt.configuration.services[mandate.service_uuid or ""]


def _facts(
    who: AccountContext, mandate: Mandate, asked: MandateRequest, service: str
) -> RequestFacts:
    return RequestFacts(
        person=who.person.display_name,
        organisation=mandate.organisation.name,
        service=service,
        level=mandate.level.label,
        message=None,
        reference=asked.reference,
        console_url=f"{who.rt.base_url}{BEHEER.path}/verzoek/{asked.id}",
    )
