"""What an administrator does with requests for a mandate: see those of the own organisations, and
refuse one. What was asked is given in ``giving``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import decision_rules
from admin.mandates.administrators import demand
from admin.mandates.decision_rules import DeciderLogin
from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from broker.texts.quoting import written
from consent import requests
from consent.requests import MandateRequest
from directory.fields import LocalizedText
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag

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


def one_request(session: Session, person_id: str, request_id: str, now: datetime) -> MandateRequest:
    """One request that this person may decide on. Raises NoSuchRequest, NotAdministrator."""
    request = requests.get(session, request_id)
    if request is None:
        raise NoSuchRequest(request_id)
    demand(session, person_id, request.organisation_id, now)
    return request


def demand_open(session: Session, request_id: str) -> None:
    """Nobody decided on it yet, and nobody else does before the transaction ends. Raises
    AlreadyDecided.
    """
    if not requests.hold_open(session, request_id):
        raise AlreadyDecided


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
    _tell_requester(session, request, decision, reason)
    _note(session, request, decision)


def _tell_requester(
    session: Session, request: MandateRequest, decision: Decision, reason: str
) -> None:
    """``until``: how long the mandate holds that was given; None where the request was refused."""
    person = request.person
    if not person.email:
        return
    facts = RequestFacts(
        person=request.person.display_name,
        organisation=request.organisation.name,
        service=decision.service.name.in_(person.locale),
        level=request.level.label,
        message=reason,
        reference=request.reference,
    )
    mail = mandate_mails.to_requester(person.email, person.locale, facts, granted=False)
    outbox.enqueue(session, decision.sealer, mail, decision.now)


def _note(session: Session, request: MandateRequest, decision: Decision) -> None:
    audit.record(
        session,
        AuditEvent(
            tag=EventTag.MANDATE_REQUEST_REFUSED,
            at=decision.now,
            reference=request.reference,
            person_id=decision.actor.logged_in,
            service_uuid=request.service_uuid,
            organisation_id=request.organisation_id,
            level=request.level,
            details={"request": request.id},
        ),
    )
