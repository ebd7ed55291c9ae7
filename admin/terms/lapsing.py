"""Cleaning up after the clock: mandates that lapsed unused are taken back, and requests that nobody
decided on are closed, each once, with its line in the audit and a mail to whom it is about. The
rules hold before this ran.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin.actor import WORKER
from admin.chains import request_notes
from admin.mandates import ending
from admin.terms import coming
from admin.terms.digest import unused_since
from admin.terms.run import TermRun
from broker.process import Process
from broker.texts import chain_request_mails, term_mails
from broker.texts.mandate_mails import RequestFacts
from broker.texts.outside_request import texts
from broker.texts.term_mails import Ending
from consent import chain_requests, lapse, requests
from consent.chain_requests import ChainRequest
from consent.chains import ChainMandate
from consent.mandates import LAPSED, Mandate
from consent.requests import MandateRequest, RequestState
from directory.fields import LocalizedText
from directory.people import Person
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.outbox import Message
from state.trace import new_reference

PORTION: Final = 200
Row = TypeVar("Row", Mandate, ChainMandate)


def end_due(process: Process) -> None:
    """In portions, each a transaction: stopped at any moment, the rest comes the next time."""
    for portion in (end_mandates, end_chains, close_requests, tell_unanswered):
        _until_done(process, portion)


def _until_done(process: Process, portion: Callable[[TermRun, Session, str], str | None]) -> None:
    after: str | None = ""
    while after is not None:
        with process.sessions() as session, writing(session):
            after = portion(TermRun.of(process), session, after)


def end_mandates(run: TermRun, session: Session, after: str = "") -> str | None:
    """A portion of mandates, from this id on; where the next one begins, None at the end."""
    found, last = _unused(run, session, Mandate, after)
    for row in found:
        row.revoked_at, row.revoked_by = run.now, LAPSED
        session.flush()
        ending.reach_of(session, run.notifier(), row)
        _note(run, session, EventTag.MANDATE_LAPSED, row, {"person": row.person_id})
        _tell_holder(run, session, row)
    return last


def end_chains(run: TermRun, session: Session, after: str = "") -> str | None:
    """The same of chain mandates."""
    found, last = _unused(run, session, ChainMandate, after)
    for row in found:
        row.revoked_at, row.revoked_by = run.now, LAPSED
        session.flush()
        ended = ending.of_chain(session, row.organisation_id, row.intermediary_id, row.service_uuid)
        ending.reach(session, run.notifier(), [ended])
        _note(run, session, EventTag.CHAIN_MANDATE_LAPSED, row, {})
    return last


def _unused(
    run: TermRun, session: Session, model: type[Row], after: str
) -> tuple[Sequence[Row], str | None]:
    """Those of the next portion that lapsed, held; and where the one after it begins, None at the
    end.
    """
    now, months = run.now, run.unused_months
    query = (
        select(model)
        .where(
            model.revoked_at.is_(None),
            model.valid_until > now,
            *unused_since(model, lapse.latest_start(now, months)),
            model.id > after,
        )
        .order_by(model.id)
        .limit(PORTION)
        .with_for_update(of=model, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = session.scalars(query).all()
    last = rows[-1].id if len(rows) == PORTION else None
    return [row for row in rows if lapse.has_lapsed(row, now, months)], last


def close_requests(run: TermRun, session: Session, after: str = "") -> str | None:
    """The same of requests for a mandate."""
    now = run.now
    today, oldest = run.today, now - timedelta(days=coming.REQUEST_DAYS)
    query = (
        select(MandateRequest)
        .where(
            MandateRequest.state == RequestState.OPEN,
            MandateRequest.asked_at <= oldest,
            MandateRequest.id > after,
        )
        .options(joinedload(MandateRequest.person), joinedload(MandateRequest.organisation))
        .order_by(MandateRequest.id)
        .limit(PORTION)
    )
    rows = session.scalars(query).all()
    for row in rows:
        if coming.request_lapses(row.asked_at) >= today or not requests.lapse(session, row, now):
            continue
        audit.record(
            session,
            AuditEvent(
                EventTag.MANDATE_REQUEST_LAPSED,
                now,
                row.reference,
                person_id=WORKER.person_id,
                service_uuid=row.service_uuid,
                organisation_id=row.organisation_id,
                level=row.level,
                details={"request": row.id, "person": row.person_id},
            ),
        )
        _tell_requester(run, session, row)
    return rows[-1].id if len(rows) == PORTION else None


def tell_unanswered(run: TermRun, session: Session, _after: str = "") -> str | None:
    """The same of what intermediaries asked clients: their administrators hear that nobody
    answered. The clock closed it before, and it can still be sent again.
    """
    found = chain_requests.lapsed_unheard(session, run.now, most=PORTION)
    for request_id in found:
        row = chain_requests.one(session, request_id)
        if row is None or not chain_requests.tell_lapse(session, request_id, run.now):
            continue
        tag, asker = EventTag.CHAIN_REQUEST_LAPSED, row.intermediary
        request_notes.note(session, run, tag, row, at=asker.id)
        if asker.suspended_at is None:
            request_notes.tell_administrators(
                session, run, asker.id, partial(_unanswered, run, row)
            )
    return found[-1] if len(found) == PORTION else None


def _unanswered(run: TermRun, row: ChainRequest, address: str, locale: str) -> Message:
    facts = request_notes.facts_of(row, run, locale)
    return chain_request_mails.lapsed(address, locale, facts, row.expires_at)


def _note(
    run: TermRun,
    session: Session,
    tag: EventTag,
    row: Mandate | ChainMandate,
    people: dict[str, audit.Detail],
) -> None:
    audit.record(
        session,
        AuditEvent(
            tag,
            run.now,
            person_id=WORKER.person_id,
            service_uuid=row.service_uuid,
            organisation_id=row.organisation_id,
            reason="unused",
            level=row.level,
            details={"mandate": row.id, **people},
        ),
    )


def _tell_holder(run: TermRun, session: Session, row: Mandate) -> None:
    person, now = session.get_one(Person, row.person_id), run.now
    if not person.email:
        return
    service = run.services.get(row.service_uuid or "")
    name = service.name.in_(person.locale) if service is not None else None
    about = Ending("lapsed", run.today, person.display_name, name, row.level.label)
    months = run.unused_months
    with texts():
        mail = term_mails.lapsed(
            person.email, person.locale, row.organisation.name, about, months, new_reference()
        )
    outbox.enqueue(session, run.sealer, mail, now)


def _tell_requester(run: TermRun, session: Session, row: MandateRequest) -> None:
    if not row.person.email:
        return
    service = run.services.get(row.service_uuid)
    name = (
        service.name
        if service is not None
        else LocalizedText(nl=row.service_uuid, en=row.service_uuid)
    )
    facts = RequestFacts.about(row, name, row.reference)
    mail = term_mails.request_lapsed(
        row.person.email, row.person.locale, facts, coming.REQUEST_DAYS
    )
    outbox.enqueue(session, run.sealer, mail, run.now)
