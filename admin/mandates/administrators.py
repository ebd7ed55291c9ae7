"""Administrators (gebruikersbeheerders): for which organisations somebody may act in the console,
today.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory.administrator_role import administers
from directory.organisations import Organisation
from directory.people import Membership, Person


class NotAdministrator(Exception):
    """The person is no administrator of this organisation, or no longer."""


def organisations_of(session: Session, person_id: str, now: datetime) -> list[Organisation]:
    """The organisations that this person administers now, by name. Empty for a blocked person."""
    query = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.person_id == person_id,
            administers(now),
            Membership.since <= now,
            or_(Membership.until.is_(None), Membership.until > now),
            Person.blocked_at.is_(None),
            Organisation.suspended_at.is_(None),
        )
        .order_by(Organisation.name, Organisation.id)
    )
    return list(session.scalars(query))


def demand(session: Session, person_id: str, organisation_id: str, now: datetime) -> Organisation:
    """The organisation, when this person administers it now. Raises NotAdministrator."""
    for organisation in organisations_of(session, person_id, now):
        if organisation.id == organisation_id:
            return organisation
    raise NotAdministrator(organisation_id)


def name_to_tell(session: Session, organisation: Organisation, person_id: str) -> str | None:
    """Who decided, by name, for the person that it is about; None where the organisation does not
    share who its administrators are.
    """
    if not organisation.shares_administrators:
        return None
    person = session.get(Person, person_id)
    return person.display_name if person is not None else None
