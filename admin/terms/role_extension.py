"""Extending the role of an administrator: by another administrator of the organisation, or by who
runs the installation. Nobody extends the own role.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from admin.actor import Actor, ActorKind
from admin.mandates import administrators, decision_rules
from admin.mandates.decision_rules import DeciderLogin
from broker.texts import term_mails
from consent import lapse
from consent.mandate_locks import hold
from directory import administrator_role, dates
from directory.people import Membership, Role
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.trace import new_reference


class ExtensionFault(enum.StrEnum):
    """Why a role cannot be extended now."""

    NO_ADMINISTRATOR = "no_administrator"
    OWN = "own"
    EARLY = "early"


class ExtensionRefused(Exception):
    """The role stays as it is."""

    def __init__(self, why: ExtensionFault) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class ExtensionWish:
    """Whose role where. ``login``: of an administrator who asks; None for operators."""

    organisation_id: str
    person_id: str
    actor: Actor
    login: DeciderLogin | None
    sealer: Sealer
    now: datetime


def place_of(
    session: Session, organisation_id: str, person_id: str, now: datetime
) -> Membership | None:
    """The place of this person there that stands now."""
    query = (
        select(Membership)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.person_id == person_id,
            Membership.since <= now,
            or_(Membership.until.is_(None), Membership.until > now),
        )
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).first()


def fault(place: Membership | None, by: str | None, now: datetime) -> ExtensionFault | None:
    """None where it may be extended: in its last half year, and after its end. Pure."""
    if place is None or place.role is not Role.ADMINISTRATOR:
        return ExtensionFault.NO_ADMINISTRATOR
    if place.person_id == by:
        return ExtensionFault.OWN
    last, today = administrator_role.last_day(place), dates.day_of(now)
    is_near = last < today or lapse.months_left(last, today) is not None
    return None if is_near else ExtensionFault.EARLY


def extend(session: Session, wish: ExtensionWish) -> Membership:
    """Five years from now. Raises NotAdministrator, LoginNotEnough, ExtensionRefused. The caller
    commits, or rolls back.
    """
    hold(session, wish.organisation_id)
    if wish.actor.kind is ActorKind.ADMINISTRATOR:
        administrators.demand(session, wish.actor.logged_in, wish.organisation_id, wish.now)
        assert wish.login is not None
        decision_rules.demand(decision_rules.lack_to_decide(wish.login, wish.now))
    place = place_of(session, wish.organisation_id, wish.person_id, wish.now)
    found = fault(place, wish.actor.person_id, wish.now)
    if place is None or found is not None:
        raise ExtensionRefused(found or ExtensionFault.NO_ADMINISTRATOR)
    was, reference = administrator_role.last_day(place), new_reference()
    place.role_since = wish.now
    session.flush()
    until = administrator_role.last_day(place)
    audit.record(
        session,
        AuditEvent(
            EventTag.ADMINISTRATOR_EXTENDED,
            wish.now,
            reference,
            person_id=wish.actor.person_id,
            organisation_id=wish.organisation_id,
            details={
                "person": wish.person_id,
                "was": was.isoformat(),
                "until": until.isoformat(),
            },
        ),
    )
    person = place.person
    if person.email:
        mail = term_mails.role_extended(
            person.email, person.locale, place.organisation.name, until, reference
        )
        outbox.enqueue(session, wish.sealer, mail, wish.now)
    return place
