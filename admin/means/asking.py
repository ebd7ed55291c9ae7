"""Asking a means for a colleague: judged with what the administrator is worth now, kept, and
approved at once where the installation asks no approval.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin.actor import WORKER
from admin.mandates import administrators, colleagues, decision_rules
from admin.mandates.means import MeansState
from admin.means import administration, decisions, identity_documents
from admin.means.around import MeansAsker, MeansDesk, administered
from admin.means.identity_documents import DocumentDraft
from admin.means.rules import is_name, why_not_level, why_not_restricted, why_not_role
from assurance import means, means_requests, sms
from assurance.factors import FactorKind
from assurance.identity_documents import is_asked
from assurance.levels import AssuranceLevel, suffices
from assurance.means import IssuedMeans
from assurance.means_requests import (
    FACTORS,
    Contact,
    MeansRequest,
    RequestKind,
    needs_approval,
    needs_factor,
    seal_contact,
)
from assurance.sms import NumberRefused
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from directory.organisations import Organisation
from directory.people import Person, Role
from providers import accounts
from providers.accounts import NameRefused, canonical_email
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.db import new_id
from state.locks import Held, one_at_a_time
from state.trace import new_reference


@dataclass(frozen=True)
class MeansWish:
    """What is asked. ``colleague``: who is there already; None for somebody new, by name and
    address; ``provider_oin``: the only party at whose services it is to count; ``documents``: what
    was brought of the identity document, where the installation asks it.
    """

    level: AssuranceLevel
    role: Role
    colleague: str | None
    name: str
    email: str
    factor: FactorKind | None
    contact: Contact
    organisations: tuple[str, ...]
    provider_oin: str | None = None
    documents: DocumentDraft | None = None


class WishRefused(Exception):
    """Nothing was asked. ``faults``: by the part of the wish, a machine word."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(*faults.values())
        self.faults = faults


def faults(session: Session, around: MeansAsker, wish: MeansWish) -> dict[str, str]:
    """What stands in the way of it, by part: ``level``, ``role``, ``person``, ``name``, ``email``,
    ``factor``, ``mobile``, ``address``, ``organisations``, ``restriction``, ``document``.
    """
    checks = (
        ("level", why_not_level(wish.level, around.login.level)),
        ("role", why_not_role(wish.level, wish.role)),
        (
            "restriction",
            why_not_restriction(session, around, wish.provider_oin, wish.organisations),
        ),
        *_person_faults(session, around, wish),
        *_delivery_faults(around, wish),
        ("organisations", why_not_organisations(session, around, wish.level, wish.organisations)),
        ("document", _why_not_document(session, around, wish)),
    )
    return {part: word for part, word in checks if word is not None}


def why_not_organisations(
    session: Session, around: MeansAsker, level: AssuranceLevel, wanted: tuple[str, ...]
) -> str | None:
    """Only those that one administers, each within one's level there, and this one among them."""
    known = administered(session, around)
    if around.organisation_id not in wanted:
        return "not_here"
    if any(one not in known for one in wanted):
        return "not_administered"
    above = [one for one in wanted if not suffices(known[one][1], level)]
    return "above_own_level" if above else None


def why_not_restriction(
    session: Session,
    around: MeansAsker,
    restricted_to: str | None,
    wanted: Collection[str],
    *,
    means_id: str | None = None,
    was: str | None = None,
) -> str | None:
    """One provider that is offered, for one company, that has no other such means. ``means_id`` and
    ``was``: of the means that stands, and what it is restricted to.
    """
    place = around.organisation_id
    return why_not_restricted(
        restricted_to,
        offered={*around.site.rules.restricted_to, *({was} if was is not None else ())},
        companies=len(set(wanted)),
        is_taken=restricted_to is not None
        and means_requests.has_restricted(session, place, around.now, other_than=means_id),
    )


def hold_restriction(session: Session, around: MeansAsker, restricted_to: str | None) -> None:
    """One at a time asks a restricted means at a company."""
    if restricted_to is not None:
        administration.hold_restricted(session, [around.organisation_id])


def why_not_colleague(session: Session, around: MeansAsker, person_id: str) -> str | None:
    """Why nothing new can be asked for somebody who is there already."""
    found = colleagues.one(session, {}, around.organisation_id, person_id, around.now)
    if found is None or found.means.state is MeansState.BLOCKED:
        return "no_colleague"
    if means.of_person(session, person_id, around.now) is not None:
        return "has_means"
    return "has_means" if accounts.of_person(session, person_id) is not None else None


def why_not_email(session: Session, around: MeansAsker, email: str) -> str | None:
    """The address of somebody new: one address, and not that of a colleague here."""
    try:
        address = canonical_email(email)
    except NameRefused:
        return "no_address"
    here = colleagues.at(session, {}, around.organisation_id, around.now)
    return "known_colleague" if address in {(one.email or "").lower() for one in here} else None


def why_not_mobile(around: MeansAsker, mobile: str) -> str | None:
    """A number that gets codes."""
    try:
        sms.accepted_number(mobile, around.site.rules.sms_countries)
    except NumberRefused as refused:
        return refused.reason
    return None


def asks_document(
    session: Session,
    around: MeansAsker,
    level: AssuranceLevel,
    role: Role,
    colleague: str | None,
) -> bool:
    """Does a scan of the identity document come with this request?"""
    rules = around.site.rules
    judged = administration.judged_role(session, colleague or "", role, around.now)
    return rules.asks_documents and is_asked(level, judged, rules.approval)


def _why_not_document(session: Session, around: MeansAsker, wish: MeansWish) -> str | None:
    if not asks_document(session, around, wish.level, wish.role, wish.colleague):
        return None
    if wish.documents is None:
        return "no_document"
    return identity_documents.why_not(session, around, wish.documents)


def _person_faults(
    session: Session, around: MeansAsker, wish: MeansWish
) -> Iterator[tuple[str, str | None]]:
    if wish.colleague is not None:
        yield "person", why_not_colleague(session, around, wish.colleague)
        return
    if wish.documents is not None and session.get(Person, wish.documents.person_id) is not None:
        yield "person", "has_means"  # sent before: the page was sent twice
    yield "name", None if is_name(wish.name) else "no_name"
    yield "email", why_not_email(session, around, wish.email)


def _delivery_faults(around: MeansAsker, wish: MeansWish) -> Iterator[tuple[str, str | None]]:
    is_asked = needs_factor(wish.level)
    if is_asked and wish.factor not in FACTORS:
        yield "factor", "no_factor"
    if not is_asked and wish.factor is not None:
        yield "factor", "not_needed"
    if wish.factor is FactorKind.SMS:
        yield "mobile", why_not_mobile(around, wish.contact.mobile)
    yield "address", None if wish.contact.address else "no_address"


def ask(session: Session, around: MeansAsker, wish: MeansWish) -> MeansRequest:
    """Ask it, in the transaction of the caller. Raises NotAdministrator, LoginNotEnough,
    WishRefused.
    """
    one_at_a_time(session, Held.MEANS_OF, wish.colleague or around.organisation_id)
    hold_restriction(session, around, wish.provider_oin)
    by, now = around.actor.logged_in, around.now
    place = administrators.demand(session, by, around.organisation_id, now)
    found = faults(session, around, wish)
    if found:
        raise WishRefused(found)
    decision_rules.demand(decision_rules.lack_to_grant(around.login, wish.level, now))
    person = _person(session, around, wish)
    made = IssuedMeans(
        id=new_id(),
        person_id=person.id,
        level=wish.level,
        provider_oin=wish.provider_oin,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    means.link(session, made.id, wish.organisations, wish.role, now, now)
    request = _kept(session, around, wish, made)
    note_asked(session, around, request)
    if wish.documents is not None:
        wanted = asks_document(session, around, wish.level, wish.role, wish.colleague)
        identity_documents.send_along(session, around, wish.documents, request, wanted=wanted)
    told = told_of(request, person, place)
    tell_asker(session, around, told)
    rules = around.site.rules
    role = administration.judged_role(session, person.id, wish.role, now)
    if not needs_approval(wish.level, role, rules.approval):
        decisions.carry_out(session, MeansDesk(WORKER, around.site, now), request)
    return request


def _kept(session: Session, around: MeansAsker, wish: MeansWish, made: IssuedMeans) -> MeansRequest:
    request = MeansRequest(
        id=new_id(),
        means_id=made.id,
        kind=RequestKind.NEW,
        organisation_id=around.organisation_id,
        asked_by=around.actor.logged_in,
        asked_at=around.now,
        reference=new_reference(),
        level=wish.level,
        role=wish.role,
        factor=wish.factor,
        provider_oin=wish.provider_oin,
        organisations=list(dict.fromkeys(wish.organisations)),
    )
    request.contact = seal_contact(around.site.sealer, request.id, wish.contact)
    session.add(request)
    session.flush()
    return request


def _person(session: Session, around: MeansAsker, wish: MeansWish) -> Person:
    if wish.colleague is not None:
        return session.get_one(Person, wish.colleague)
    person = Person(
        id=wish.documents.person_id if wish.documents is not None else new_id(),
        display_name=wish.name,
        email=canonical_email(wish.email),
        created_at=around.now,
    )
    session.add(person)
    session.flush()
    return person


def note_asked(session: Session, around: MeansAsker, request: MeansRequest) -> None:
    """In the audit: who asked what for whom."""
    made = session.get_one(IssuedMeans, request.means_id)
    audit.record(
        session,
        AuditEvent(
            EventTag.MEANS_ASKED,
            around.now,
            reference=request.reference,
            person_id=around.actor.logged_in,
            organisation_id=around.organisation_id,
            level=request.level,
            details={
                "person": made.person_id,
                "means": made.id,
                "kind": str(request.kind),
                "role": str(request.role),
                "organisations": len(request.organisations),
                "only_at": request.provider_oin,
            },
        ),
    )


def told_of(request: MeansRequest, person: Person, place: Organisation) -> MeansTold:
    """What mails say of it."""
    return MeansTold(
        person=person.display_name,
        organisation=place.name,
        level=request.level.label,
        reference=request.reference,
    )


def tell_asker(session: Session, around: MeansAsker, told: MeansTold) -> None:
    """The administrator has it in writing."""
    asker = session.get_one(Person, around.actor.logged_in)
    if asker.email:
        mail = means_mails.received(asker.email, asker.locale, told)
        outbox.enqueue(session, around.site.sealer, mail, around.now)
