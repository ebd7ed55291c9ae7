"""An organisation keeps an administrator: who is one there, and who would be left. One at a time
asks it and takes one away, and one at a time asks a restricted means.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assurance import means
from directory.administrator_role import administers
from directory.people import Membership, Person, Role
from state.locks import Held, one_at_a_time


def hold(session: Session, organisation_ids: list[str]) -> None:
    """Nobody else takes an administrator away before the transaction of the caller ends."""
    for organisation_id in sorted(set(organisation_ids)):
        one_at_a_time(session, Held.ADMINISTRATORS, organisation_id)


def hold_restricted(session: Session, organisation_ids: list[str]) -> None:
    """Nobody else asks a restricted means there before the transaction of the caller ends. Who
    holds the administrators or the mandates too holds these in between.
    """
    for organisation_id in sorted(set(organisation_ids)):
        one_at_a_time(session, Held.RESTRICTED_MEANS, organisation_id)


def left_without(session: Session, organisation_id: str, person_id: str, now: datetime) -> bool:
    """Does an administrator remain when this person is none any more? One whose last day is known
    is no successor, nor one whose role is over.
    """
    query = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            administers(now),
            Membership.person_id != person_id,
            Membership.until.is_(None),
            Person.blocked_at.is_(None),
        )
    )
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    return found is not None


def has_administrator(session: Session, organisation_id: str, now: datetime) -> bool:
    """Does anybody administer it now?"""
    return bool(_people(session, organisation_id, now, administers_it=True))


def is_administrator(session: Session, organisation_id: str, person_id: str, now: datetime) -> bool:
    """Is this person one there now?"""
    return person_id in _people(session, organisation_id, now, administers_it=True)


def judged_role(session: Session, person_id: str, role: Role, now: datetime) -> Role:
    """As which a means is judged that is asked in this role: who administers an organisation
    already does so with every means.
    """
    query = select(Membership.id).where(
        Membership.person_id == person_id,
        administers(now),
        or_(Membership.until.is_(None), Membership.until > now),
    )
    return Role.ADMINISTRATOR if session.scalars(query).first() is not None else role


def is_alone(session: Session, organisation_id: str, person_id: str, now: datetime) -> bool:
    """Does nobody else work here, and does nobody else have or get a means for it?"""
    others = _people(session, organisation_id, now)
    others |= {
        made.person_id
        for made, _ in means.linked_at(session, organisation_id, now)
        if made.refused_at is None
    }
    return not others - {person_id}


def _people(
    session: Session, organisation_id: str, now: datetime, *, administers_it: bool = False
) -> set[str]:
    query = select(Membership.person_id).where(
        Membership.organisation_id == organisation_id,
        Membership.since <= now,
        or_(Membership.until.is_(None), Membership.until > now),
    )
    if administers_it:
        query = query.where(administers(now))
    return set(session.scalars(query))
