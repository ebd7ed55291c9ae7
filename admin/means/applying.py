"""What an approved change does to a means that is active, where no second factor has to come first:
level, role and places, and what was opened with more than there is now.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.means.around import MeansDesk
from assurance import enrolment, means
from assurance.levels import suffices
from assurance.means import IssuedMeans
from assurance.means_requests import MeansRequest
from broker.sso import grants, logout
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from directory import administrator_role
from directory.consoles import BEHEER
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from providers import activation
from providers.accounts import Account
from state import audit, outbox
from state.audit import AuditEvent, EventTag


def apply(session: Session, desk: MeansDesk, request: MeansRequest) -> None:
    """In the transaction of the caller, who holds the means."""
    made, now = session.get_one(IssuedMeans, request.means_id), desk.now
    was = made.level
    query = select(Account).where(Account.person_id == made.person_id, Account.ended_at.is_(None))
    account = session.scalars(query.with_for_update()).first()
    if account is not None:
        before = enrolment.factors_give(account.level)
        if not suffices(before, enrolment.factors_give(request.level)):
            enrolment.wait_again(session, made.person_id)
        account.level, account.provider_oin = request.level, request.provider_oin
    was_at = made.provider_oin
    made.level, made.provider_oin = request.level, request.provider_oin
    means.link(session, made.id, request.organisations, request.role, now, request.asked_at)
    for link in means.links(session, made.id, now):
        is_asked = link.organisation_id in request.organisations
        if is_asked:
            activation.take_place(session, made, link, now)
        query_place = select(Membership).where(
            Membership.person_id == made.person_id,
            Membership.organisation_id == link.organisation_id,
        )
        place = session.scalars(query_place.with_for_update()).first()
        if place is None:
            continue
        if is_asked:  # elsewhere others say who does what
            administrator_role.give(place, link.role, now)
        if link.gives_place:
            place.level = request.level
    session.flush()
    is_elsewhere = request.provider_oin not in (None, was_at)
    is_less = is_elsewhere or not suffices(request.level, was)
    if is_less:
        logout.end_all_of(session, desk.site.notifier, made.person_id, "means_lowered")
    elif request.role is Role.MEMBER:
        grants.revoke_console(session, made.person_id, BEHEER.client_id, now)
    request.close(now)
    _tell(session, desk, request, made)
    audit.record(
        session,
        AuditEvent(
            EventTag.MEANS_CHANGED,
            now,
            reference=request.reference,
            person_id=desk.actor.person_id,
            organisation_id=request.organisation_id,
            level=request.level,
            details={
                "person": made.person_id,
                "means": made.id,
                "was": was.label,
                "only_at": request.provider_oin,
                "was_only_at": was_at,
                "role": str(request.role),
            },
        ),
    )


def _tell(session: Session, desk: MeansDesk, request: MeansRequest, made: IssuedMeans) -> None:
    """Whoever it is about hears what others did."""
    person = session.get_one(Person, made.person_id)
    if not person.email:
        return
    told = MeansTold(
        person=person.display_name,
        organisation=session.get_one(Organisation, request.organisation_id).name,
        level=request.level.label,
        reference=request.reference,
        url=f"{desk.site.base_url}/mijn",
        site=desk.site.name,
    )
    mail = means_mails.changed(person.email, person.locale, told)
    outbox.enqueue(session, desk.site.sealer, mail, desk.now)
