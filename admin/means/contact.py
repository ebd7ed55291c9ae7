"""The number for SMS and the mail address of somebody with a means, changed by an administrator:
what may be changed, and why the rest may not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.mandates import administrators, decision_rules
from admin.means import asking, overview
from admin.means.around import MeansAsker, administered
from admin.means.overview import MeansView
from assurance import enrolment, means, means_letters, second_factor, sms
from assurance.factors import BoundBy, FactorKind
from assurance.levels import suffices
from assurance.means_requests import Contact, contact_of, seal_contact
from broker.texts import means_mails, notices
from broker.texts.means_mails import MeansTold
from broker.texts.notices import Change
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import ExternalIdentity, MeansStatus, Membership, Person, Role
from providers.accounts import canonical_email
from state import audit, outbox
from state.audit import AuditEvent, EventTag

_BEFORE = (
    MeansStatus.WAITS_FOR_APPROVAL,
    MeansStatus.WAITS_FOR_ACTIVATION,
    MeansStatus.ACTIVATION_EXPIRED,
)


class ContactRefused(Exception):
    """Nothing changed. ``why``: a machine word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def why_not_mobile(session: Session, around: MeansAsker, view: MeansView) -> str | None:
    """Why an administrator may not change the number: ``administrator``, ``status``, ``no_sms``,
    ``own`` or ``above_own_level``.
    """
    if view.means.person_id == around.actor.person_id:
        return "own"
    if not suffices(around.login.level, view.means.level):
        return "above_own_level"
    if _is_administrator(session, around, view):
        return "administrator"
    if view.status is MeansStatus.WAITS_FOR_ACTIVATION:
        asked = view.pending
        return None if asked is not None and asked.factor is FactorKind.SMS else "no_sms"
    if view.status is not MeansStatus.ACTIVE:
        return "status"
    known = enrolment.of_person(session, view.means.person_id, around.now)
    return None if any(one.kind is FactorKind.SMS for one in known) else "no_sms"


def why_not_email(session: Session, around: MeansAsker, view: MeansView) -> str | None:
    """Why an administrator may not change the address: ``active`` (then its person does),
    ``known`` (by a makelaar, which is the one to say so), ``elsewhere`` (an organisation of others:
    who reads the mail gets what that one gave), ``own`` or ``above_own_level``.
    """
    if view.means.person_id == around.actor.person_id:
        return "own"
    if not suffices(around.login.level, view.means.level):
        return "above_own_level"
    if view.status not in _BEFORE:
        return "active"
    query = select(ExternalIdentity.person_id).where(
        ExternalIdentity.person_id == view.means.person_id
    )
    if session.scalars(query).first() is not None:
        return "known"
    own = set(administered(session, around))
    return None if _organisations_of(session, view, around.now) <= own else "elsewhere"


def change_mobile(session: Session, around: MeansAsker, person_id: str, text: str) -> None:
    """Codes go to this number from now on; the one before hears of it. In the transaction of the
    caller, with an application context for the texts. Raises NotAdministrator, LoginNotEnough,
    ContactRefused.
    """
    view = _view(session, around, person_id)
    lack = why_not_mobile(session, around, view) or asking.why_not_mobile(around, text)
    if lack is not None:
        raise ContactRefused(lack)
    number = sms.accepted_number(text, around.site.rules.sms_countries)
    sealer, now = around.site.sealer, around.now
    person, asked = session.get_one(Person, person_id), view.pending
    if view.status is MeansStatus.WAITS_FOR_ACTIVATION and asked is not None:
        address = contact_of(sealer, asked).address
        asked.contact = seal_contact(sealer, asked.id, Contact(address, number))
        _note(session, around, view, "mobile")
        return
    old = None
    for one in enrolment.of_person(session, person_id, now):
        if one.kind is FactorKind.SMS:
            old = second_factor.number_of(session, sealer, one.id)
            enrolment.end(session, person_id, one.id, now)
    second_factor.bind_sms(
        session,
        sealer,
        person_id=person_id,
        number=number,
        bound_by=BoundBy.ADMINISTRATOR,
        now=now,
    )
    base_url = around.site.base_url
    notices.tell(
        session,
        sealer,
        person,
        Change.ADDED,
        FactorKind.SMS,
        base_url=base_url,
        now=now,
        old_number=old,
    )
    _note(session, around, view, "mobile")


def change_email(session: Session, around: MeansAsker, person_id: str, text: str) -> None:
    """The code of the mail goes there, anew where a letter is under way; the address before hears
    of it. The same.
    """
    view = _view(session, around, person_id)
    lack = why_not_email(session, around, view) or asking.why_not_email(session, around, text)
    if lack is not None:
        raise ContactRefused(lack)
    person, now, sealer = session.get_one(Person, person_id), around.now, around.site.sealer
    old, person.email = person.email, canonical_email(text)
    if old:
        message = notices.address_changed(around.site.base_url, person, old)
        outbox.enqueue(session, sealer, message, now)
    letter = view.letters[-1] if view.letters else None
    if letter is not None and letter.holds(now):
        code = means_letters.another_mail(session, sealer, letter.id, now)
        if code is not None:
            told = _told(session, around, view)
            mail = means_mails.mail_code(person.email, person.locale, told, code)
            outbox.enqueue(session, sealer, mail, now, until=letter.until)
    _note(session, around, view, "email")


def _organisations_of(session: Session, view: MeansView, now: datetime) -> set[str]:
    """Where this person has a place, may act or gets this means for."""
    person_id = view.means.person_id
    places = select(Membership.organisation_id).where(
        Membership.person_id == person_id,
        or_(Membership.until.is_(None), Membership.until > now),
    )
    mandates = select(Mandate.organisation_id).where(
        Mandate.person_id == person_id, Mandate.revoked_at.is_(None), Mandate.valid_until > now
    )
    linked = {one.organisation_id for one in means.links(session, view.means.id, now)}
    return linked | set(session.scalars(places)) | set(session.scalars(mandates))


def _view(session: Session, around: MeansAsker, person_id: str) -> MeansView:
    administrators.demand(session, around.actor.logged_in, around.organisation_id, around.now)
    decision_rules.demand(decision_rules.lack_to_decide(around.login, around.now))
    found = overview.one(session, around.organisation_id, person_id, around.now)
    if found is None:
        raise ContactRefused("gone")
    means.locked(session, found.means.id)
    session.expire_all()  # it may have become active while we waited
    view = overview.one(session, around.organisation_id, person_id, around.now)
    if view is None:
        raise ContactRefused("gone")
    return view


def _is_administrator(session: Session, around: MeansAsker, view: MeansView) -> bool:
    """Anywhere, or on the way to be one: such a number opens Beheer."""
    query = select(Membership.id).where(
        Membership.person_id == view.means.person_id,
        Membership.role == Role.ADMINISTRATOR,
        or_(Membership.until.is_(None), Membership.until > around.now),
    )
    links = means.links(session, view.means.id, around.now)
    return session.scalars(query).first() is not None or any(
        one.role is Role.ADMINISTRATOR for one in links
    )


def _told(session: Session, around: MeansAsker, view: MeansView) -> MeansTold:
    person = session.get_one(Person, view.means.person_id)
    asked = view.requests[-1]
    return MeansTold(
        person=person.display_name,
        organisation=session.get_one(Organisation, asked.organisation_id).name,
        level=asked.level.label,
        reference=asked.reference,
        until=view.deadline,
        url=f"{around.site.base_url}/activeren",
        site=around.site.name,
    )


def _note(session: Session, around: MeansAsker, view: MeansView, what: str) -> None:
    audit.record(
        session,
        AuditEvent(
            EventTag.MEANS_CHANGED,
            around.now,
            person_id=around.actor.logged_in,
            organisation_id=around.organisation_id,
            level=view.means.level,
            reason=what,
            details={"person": view.means.person_id, "means": view.means.id},
        ),
    )
