"""Changing a means that is active: another level, another role, more organisations. What gives more
is asked and approved like a new one; what gives less is done at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import WORKER
from admin.mandates import administrators, decision_rules
from admin.means import administration, asking, decisions, identity_documents
from admin.means.around import MeansAsker, MeansDesk
from admin.means.identity_documents import DocumentDraft
from admin.means.rules import why_not_level, why_not_role
from assurance import enrolment, means, means_requests
from assurance.factors import BoundBy, FactorKind
from assurance.identity_documents import is_asked
from assurance.levels import AssuranceLevel, is_same, suffices
from assurance.means import IssuedMeans, MeansLink
from assurance.means_requests import (
    FACTORS,
    Contact,
    MeansOutcome,
    MeansRequest,
    RequestKind,
    needs_approval,
    needs_factor,
    needs_identification,
    seal_contact,
)
from consent import mandate_locks
from directory.organisations import Organisation
from directory.people import Person, Role
from state.db import new_id
from state.trace import new_reference

NOTHING: Final = Contact()


@dataclass(frozen=True)
class ChangeWish:
    """What it is to be. ``organisations``: those to link besides what is linked; ``factor`` and
    ``contact`` where a second factor is missing; ``provider_oin``: the only party at whose services
    it is to count, None for an ordinary means.
    """

    means_id: str
    level: AssuranceLevel
    role: Role
    organisations: tuple[str, ...] = ()
    factor: FactorKind | None = None
    contact: Contact = NOTHING
    provider_oin: str | None = None


class ChangeRefused(Exception):
    """Nothing was asked. ``faults``: by the part of the wish, a machine word."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(*faults.values())
        self.faults = faults


def lacks_factor(
    session: Session, made: IssuedMeans, level: AssuranceLevel, around: MeansAsker
) -> bool:
    """Does this level ask a second factor that the person does not have? One that was added for
    less counts no more when a means grows.
    """
    if not needs_factor(level):
        return False
    gave = enrolment.factors_give(made.level)
    grows = not suffices(gave, enrolment.factors_give(level))
    kept = (BoundBy.ADMINISTRATOR, BoundBy.LETTER)
    known = enrolment.of_person(session, made.person_id, around.now)
    return not any(
        one.kind is not FactorKind.RECOVERY_CODES and (one.bound_by in kept if grows else one.lifts)
        for one in known
    )


def faults(session: Session, around: MeansAsker, wish: ChangeWish) -> dict[str, str]:
    """What stands in the way, by part: ``means``, ``level``, ``role``, ``organisations``,
    ``restriction``, ``factor``, ``mobile``, ``address``, ``document``.
    """
    found = dict(_faults(session, around, wish))
    return {part: word for part, word in found.items() if word is not None}


def _faults(session: Session, around: MeansAsker, wish: ChangeWish) -> list[tuple[str, str | None]]:
    made = session.get(IssuedMeans, wish.means_id)
    link = _link(session, around, wish.means_id)
    if made is None or link is None or made.activated_at is None:
        return [("means", "gone")]
    if made.person_id == around.actor.person_id:
        return [("means", "own")]
    if means_requests.pending(session, made.id) is not None:
        return [("means", "pending")]
    if made.ends_at is not None:
        return [("means", "ends")]
    found = [
        ("level", why_not_level(wish.level, around.login.level)),
        (
            "role",
            why_not_role(wish.level, wish.role) or _why_not_lower(session, around, made, wish),
        ),
    ]
    if not suffices(around.login.level, made.level):
        found.append(("level", "above_own_level"))
    if wish.organisations:
        wanted = (around.organisation_id, *wish.organisations)
        lack = asking.why_not_organisations(session, around, wish.level, wanted)
        found.append(("organisations", lack))
    found.append(("restriction", _why_not_restricted(session, around, made, wish)))
    is_as_it_is = is_same(wish.level, made.level) and wish.role is link.role
    if is_as_it_is and wish.provider_oin == made.provider_oin and not _new(session, wish):
        found.append(("means", "same"))
    if lacks_factor(session, made, wish.level, around):
        if wish.factor not in FACTORS:
            found.append(("factor", "no_factor"))
        if wish.factor is FactorKind.SMS:
            found.append(("mobile", asking.why_not_mobile(around, wish.contact.mobile)))
        found.append(("address", None if wish.contact.address else "no_address"))
    if asks_document(session, around, wish):
        lack = identity_documents.why_not(session, around, document_draft(made))
        found.append(("document", lack))
    return found


def _why_not_restricted(
    session: Session, around: MeansAsker, made: IssuedMeans, wish: ChangeWish
) -> str | None:
    linked = {one.organisation_id for one in means.links(session, made.id, around.now)}
    return asking.why_not_restriction(
        session,
        around,
        wish.provider_oin,
        linked | set(wish.organisations),
        means_id=made.id,
        was=made.provider_oin,
    )


def document_draft(made: IssuedMeans) -> DocumentDraft:
    """Where files belong that are brought for a change of this means."""
    return DocumentDraft(made.id, made.person_id)


def asks_document(session: Session, around: MeansAsker, wish: ChangeWish) -> bool:
    """Does a scan of the identity document come with it? Where it grows to what asks one, and what
    it was asked none.
    """
    rules, now = around.site.rules, around.now
    made, link = session.get_one(IssuedMeans, wish.means_id), _link(session, around, wish.means_id)
    if not rules.asks_documents or link is None:
        return False
    role = administration.judged_role(session, made.person_id, wish.role, now)
    was = administration.judged_role(session, made.person_id, link.role, now)
    return (
        is_asked(wish.level, role, rules.approval)
        and not is_asked(made.level, was, rules.approval)
        and waits_for_approval(session, around, wish)
    )


def _why_not_lower(
    session: Session, around: MeansAsker, made: IssuedMeans, wish: ChangeWish
) -> str | None:
    """An organisation keeps an administrator, also at a level at which nobody may be one."""
    for link in means.links(session, made.id, around.now):
        is_here = link.organisation_id == around.organisation_id
        stays = (wish.role if is_here else link.role) is Role.ADMINISTRATOR
        too_low = not suffices(wish.level, AssuranceLevel.EH2_PLUS)
        if stays and not too_low:
            continue
        was = administration.is_administrator(
            session, link.organisation_id, made.person_id, around.now
        )
        if was and not administration.left_without(
            session, link.organisation_id, made.person_id, around.now
        ):
            return "last_administrator"
        if stays and too_low:
            return "too_low_for_administrators"
    return None


def change(session: Session, around: MeansAsker, wish: ChangeWish) -> MeansRequest:
    """Ask it, or do it where nobody needs to decide, in the transaction of the caller. Raises
    NotAdministrator, LoginNotEnough, ChangeRefused.
    """
    now, by = around.now, around.actor.logged_in
    linked = [one.organisation_id for one in means.links(session, wish.means_id, now)]
    administration.hold(session, linked)
    place = administrators.demand(session, by, around.organisation_id, now)
    asking.hold_restriction(session, around, wish.provider_oin)
    mandate_locks.hold(session, around.organisation_id, *linked, *wish.organisations)
    made = session.get(IssuedMeans, wish.means_id, with_for_update=True, populate_existing=True)
    found = faults(session, around, wish)
    if found or made is None:
        raise ChangeRefused(found or {"means": "gone"})
    decision_rules.demand(decision_rules.lack_to_grant(around.login, wish.level, now))
    wanted = asks_document(session, around, wish)
    request = _kept(session, around, wish, made)
    asking.note_asked(session, around, request)
    brought = document_draft(made)
    identity_documents.send_along(session, around, brought, request, wanted=wanted)
    if waits_for_approval(session, around, wish):
        _tell(session, around, request, made, place)
    else:
        decisions.carry_out(session, MeansDesk(WORKER, around.site, now), request)
    return request


def waits_for_approval(session: Session, around: MeansAsker, wish: ChangeWish) -> bool:
    """Does it give more than there is, at a level that is approved?"""
    made, link = session.get_one(IssuedMeans, wish.means_id), _link(session, around, wish.means_id)
    was_member = link is None or link.role is Role.MEMBER
    gives_more = (
        not suffices(made.level, wish.level)
        or (was_member and wish.role is Role.ADMINISTRATOR)
        or bool(_new(session, wish))
        or made.provider_oin not in (None, wish.provider_oin)
    )
    role = administration.judged_role(session, made.person_id, wish.role, around.now)
    return gives_more and needs_approval(wish.level, role, around.site.rules.approval)


def _kept(
    session: Session, around: MeansAsker, wish: ChangeWish, made: IssuedMeans
) -> MeansRequest:
    lacks = lacks_factor(session, made, wish.level, around)
    request = MeansRequest(
        id=new_id(),
        means_id=made.id,
        kind=RequestKind.CHANGE,
        organisation_id=around.organisation_id,
        asked_by=around.actor.logged_in,
        asked_at=around.now,
        reference=new_reference(),
        level=wish.level,
        role=wish.role,
        factor=wish.factor if lacks else None,
        provider_oin=wish.provider_oin,
        organisations=list(dict.fromkeys((around.organisation_id, *wish.organisations))),
        contact=b"",
    )
    if lacks:
        request.contact = seal_contact(around.site.sealer, request.id, wish.contact)
    role = administration.judged_role(session, made.person_id, wish.role, around.now)
    _identified_before(session, request, role)
    session.add(request)
    session.flush()
    return request


def _identified_before(session: Session, request: MeansRequest, role: Role) -> None:
    """Who was identified for as much is not identified again."""
    if not needs_identification(request.level, role):
        return
    for earlier in reversed(means_requests.of_means(session, [request.means_id])):
        counts = earlier.outcome is MeansOutcome.APPROVED and earlier.checked_by is not None
        if counts and suffices(earlier.level, request.level):
            request.proof, request.proof_reference = earlier.proof, earlier.proof_reference
            request.proof_on, request.checked_by = earlier.proof_on, earlier.checked_by
            request.checked_at = earlier.checked_at
            return


def _new(session: Session, wish: ChangeWish) -> set[str]:
    query = select(MeansLink.organisation_id).where(
        MeansLink.means_id == wish.means_id, MeansLink.until.is_(None)
    )
    return set(wish.organisations) - set(session.scalars(query))


def _link(session: Session, around: MeansAsker, means_id: str) -> MeansLink | None:
    found = means.links(session, means_id, around.now)
    return next((one for one in found if one.organisation_id == around.organisation_id), None)


def _tell(
    session: Session,
    around: MeansAsker,
    request: MeansRequest,
    made: IssuedMeans,
    place: Organisation,
) -> None:
    person = session.get_one(Person, made.person_id)
    asking.tell_asker(session, around, asking.told_of(request, person, place))
