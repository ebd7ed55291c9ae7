"""What operators decide about means that were asked: recording how somebody was identified,
approving, and refusing with a reason. Each request is decided once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import ActorKind
from admin.factor_resets.colleagues import colleague
from admin.mandates import administrators
from admin.mandates.requests import AlreadyDecided, NoReason
from admin.means import administration, applying, letters
from admin.means.around import MeansDesk, MeansRules
from admin.means.rules import (
    LONGEST_REASON,
    LONGEST_REFERENCE,
    MeansApproval,
    MeansVerdict,
    is_involved,
)
from admin.means.rules import verdict as judge
from admin.operators.roles import Permission
from assurance import identity_documents, means, means_requests
from assurance.means import IssuedMeans
from assurance.means_requests import Identification, MeansOutcome, MeansRequest, RequestKind
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from broker.texts.quoting import written
from consent import mandate_locks
from directory import dates
from directory.organisations import Organisation
from directory.people import Person, Role
from state import audit, outbox
from state.audit import AuditEvent, EventTag

OLDEST_PROOF_DAYS: Final = 365
DECIDES: Final = Permission.DECIDE_MEANS


class NoSuchMeansRequest(Exception):
    """There is no such request."""


class IdentificationRefused(Exception):
    """What was filled in is no identification. ``faults``: ``proof``, ``reference``, ``day``."""

    def __init__(self, faults: frozenset[str]) -> None:
        super().__init__(*sorted(faults))
        self.faults = faults


def identify(
    session: Session, desk: MeansDesk, request_id: str, *, proof: str, reference: str, day: str
) -> MeansVerdict | None:
    """Record who checked the person, how, and when; a later one takes the place of an earlier one.
    What stands in the way for who asked it or gets it, which is audited: the caller commits; None:
    it is recorded. Raises NoSuchMeansRequest, AlreadyDecided, IdentificationRefused.
    """
    request = _open(session, request_id)
    known = approval(session, request, desk.actor.logged_in, desk.now)
    involved = is_involved(known, known.approver)
    if involved is not None:
        _record(session, EventTag.ACCESS_DENIED, desk, request, reason=str(involved))
        return involved
    reference = " ".join(reference.split())
    on = _day(day, desk.now)
    found = {
        "proof": proof in set(Identification),
        "reference": 0 < len(reference) <= LONGEST_REFERENCE and reference.isprintable(),
        "day": on is not None,
    }
    faults = frozenset(name for name, is_good in found.items() if not is_good)
    if faults:
        raise IdentificationRefused(faults)
    request.proof, request.proof_reference = Identification(proof), reference
    request.proof_on, request.checked_at = on, desk.now
    request.checked_by = desk.actor.logged_in
    _record(session, EventTag.MEANS_IDENTIFIED, desk, request, reason=proof)
    return None


def approve(
    session: Session, desk: MeansDesk, request_id: str, contract_until: date | None = None
) -> MeansVerdict:
    """Judge an approval and do what it allows; of two at once one gets GRANTED. The caller commits
    whatever the verdict: an approval by somebody who may not is audited. ``contract_until``: the
    last day of the subscription, where there is one. Raises NoSuchMeansRequest.
    """
    _hold_mandates(session, request_id, desk.now)
    request = means_requests.locked(session, request_id)
    if request is None:
        raise NoSuchMeansRequest(request_id)
    found = verdict(session, request, desk.actor.logged_in, desk.site.rules, desk.now)
    if found is MeansVerdict.GRANTED:
        if contract_until is not None:
            made = means.locked(session, request.means_id)
            made.contract_until = dates.end_of(contract_until)
        carry_out(session, desk, request)
    elif found is not MeansVerdict.DECIDED:
        _record(session, EventTag.ACCESS_DENIED, desk, request, reason=str(found))
    return found


def _hold_mandates(session: Session, request_id: str, now: datetime) -> None:
    """Where places begin, mandates of before may end: before any row (``state/locks.py``)."""
    request = session.get(MeansRequest, request_id, populate_existing=True)
    if request is not None:
        linked = {one.organisation_id for one in means.links(session, request.means_id, now)}
        mandate_locks.hold(session, *linked, *request.organisations)


def verdict(
    session: Session, request: MeansRequest, approver_id: str, rules: MeansRules, now: datetime
) -> MeansVerdict:
    """What an approval by this operator would come to now. Changes nothing."""
    known = approval(session, request, approver_id, now)
    gone = document_is_gone(session, request, rules, now)
    return judge(replace(known, document_gone=gone))


def document_is_gone(
    session: Session, request: MeansRequest, rules: MeansRules, now: datetime
) -> bool:
    """Does this open request wait so long that its scan was erased before somebody decided?"""
    is_old = request.is_open and request.asked_at <= now - identity_documents.OPEN
    if not (rules.asks_documents and is_old):
        return False
    level = session.get_one(IssuedMeans, request.means_id).level
    asked = identity_documents.is_asked
    came = asked(request.level, request.role, rules.approval) and (
        request.kind is RequestKind.NEW or not asked(level, Role.MEMBER, rules.approval)
    )
    return came and not identity_documents.of_request(session, request.id)


def approval(
    session: Session, request: MeansRequest, approver_id: str, now: datetime
) -> MeansApproval:
    """What is known when this operator would approve it now."""
    subject = session.get_one(IssuedMeans, request.means_id).person_id
    checked_by = request.checked_by
    own = {one.id for one in administrators.organisations_of(session, request.asked_by, now)}
    return MeansApproval(
        is_open=request.is_open,
        level=request.level,
        role=administration.judged_role(session, subject, request.role, now),
        asker=colleague(session, request.asked_by, DECIDES, now),
        subject=colleague(session, subject, DECIDES, now),
        approver=colleague(session, approver_id, DECIDES, now),
        checker=colleague(session, checked_by, DECIDES, now) if checked_by is not None else None,
        asker_may=own.issuperset(request.organisations),
    )


def refuse(session: Session, desk: MeansDesk, request_id: str, reason: str) -> None:
    """Refuse it; the organisation reads the reason for thirty days, and who asked gets it by mail.
    Raises NoSuchMeansRequest, AlreadyDecided, NoReason.
    """
    reason = written(reason)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise NoReason
    request = _open(session, request_id)
    _decide(request, desk, MeansOutcome.REFUSED)
    request.refusal_reason = reason
    request.close(desk.now)
    if request.kind is RequestKind.NEW:
        means.locked(session, request.means_id).refused_at = desk.now
    _record(session, EventTag.MEANS_REFUSED, desk, request)
    _tell(session, desk, request, reason)


def carry_out(session: Session, desk: MeansDesk, request: MeansRequest) -> None:
    """What follows an approval: a new means gets its letter, and so does a change that waits for
    a second factor; other changes are done.
    """
    made = means.locked(session, request.means_id)
    _decide(request, desk, MeansOutcome.APPROVED)
    if request.kind is RequestKind.NEW:
        made.approved_at = desk.now
    if request.kind is RequestKind.NEW or request.factor is not None:
        letters.send(session, desk, request)
    else:
        applying.apply(session, desk, request)
    _record(session, EventTag.MEANS_APPROVED, desk, request)
    if request.kind is RequestKind.NEW or desk.actor.kind is ActorKind.OPERATOR:
        _tell(session, desk, request, None)  # what was done at once, who asked saw on the page


def _decide(request: MeansRequest, desk: MeansDesk, outcome: MeansOutcome) -> None:
    request.outcome, request.decided_at = outcome, desk.now
    request.decided_by = desk.actor.person_id


def _open(session: Session, request_id: str) -> MeansRequest:
    request = means_requests.locked(session, request_id)
    if request is None:
        raise NoSuchMeansRequest(request_id)
    if not request.is_open:
        raise AlreadyDecided(request_id)
    return request


def _day(text: str, now: datetime) -> date | None:
    """A day that was, within the last year."""
    found = dates.typed(text)
    today = dates.day_of(now)
    if found is None or found > today or (today - found).days > OLDEST_PROOF_DAYS:
        return None
    return found


def _tell(session: Session, desk: MeansDesk, request: MeansRequest, reason: str | None) -> None:
    """Who asked hears what became of it."""
    asker = session.get_one(Person, request.asked_by)
    made = session.get_one(IssuedMeans, request.means_id)
    if not asker.email:
        return
    told = MeansTold(
        person=session.get_one(Person, made.person_id).display_name,
        organisation=session.get_one(Organisation, request.organisation_id).name,
        level=request.level.label,
        reference=request.reference,
        url=f"{desk.site.base_url}/beheer/gebruikers/{made.person_id}",
    )
    if reason is None:
        is_new = request.kind is RequestKind.NEW
        mail = means_mails.approved(asker.email, asker.locale, told, is_new=is_new)
    else:
        mail = means_mails.refused(asker.email, asker.locale, told, reason)
    outbox.enqueue(session, desk.site.sealer, mail, desk.now)


def _record(
    session: Session,
    tag: EventTag,
    desk: MeansDesk,
    request: MeansRequest,
    reason: str | None = None,
) -> None:
    made = session.get_one(IssuedMeans, request.means_id)
    is_operator = desk.actor.kind is ActorKind.OPERATOR
    audit.record(
        session,
        AuditEvent(
            tag,
            desk.now,
            reference=request.reference,
            person_id=desk.actor.person_id,
            organisation_id=request.organisation_id,
            level=request.level,
            reason=reason,
            details={
                "request": request.id,
                "means": made.id,
                "person": made.person_id,
                "by_rule": not is_operator,
            },
        ),
    )
