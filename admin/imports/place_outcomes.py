"""What follows places that an administrator gave or changed: the audit, the end of sessions of who
administers no more, and the people who hear of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin.mandates.administrators import name_to_tell
from admin.mandates.giving import Circumstances
from broker.sso import grants
from broker.texts import place_mails
from consent import requests
from directory.consoles import BEHEER
from directory.organisations import Organisation
from directory.people import Person, Role
from state import audit, outbox
from state.audit import AuditEvent, EventTag


@dataclass(frozen=True)
class PlaceDone:
    """One place that was given or changed. ``was``: the role before; None where there was none."""

    person: Person
    role: Role
    was: Role | None


def follow(
    session: Session, around: Circumstances, done: Sequence[PlaceDone], reference: str
) -> None:
    """In the transaction of the change."""
    organisation = session.get_one(Organisation, around.organisation_id)
    by = name_to_tell(session, organisation, around.actor.logged_in)
    for one in done:
        _note(session, around, one, reference)
        if one.was is Role.ADMINISTRATOR:
            grants.revoke_console(session, one.person.id, BEHEER.client_id, around.now)
        if one.person.email:
            mail = place_mails.told(
                one.person.email,
                one.person.locale,
                organisation.name,
                reference,
                administers=one.role is Role.ADMINISTRATOR,
                is_new=one.was is None,
                by=by,
            )
            outbox.enqueue(session, around.sealer, mail, around.now)
    _tell_administrators(session, around, organisation, done, reference)


def _note(session: Session, around: Circumstances, one: PlaceDone, reference: str) -> None:
    audit.record(
        session,
        AuditEvent(
            EventTag.MEMBERSHIP_GIVEN if one.was is None else EventTag.MEMBERSHIP_CHANGED,
            around.now,
            reference=reference,
            person_id=around.actor.logged_in,
            organisation_id=around.organisation_id,
            details={
                "person": one.person.id,
                "role": str(one.role),
                "was": str(one.was) if one.was is not None else None,
            },
        ),
    )


def _tell_administrators(
    session: Session,
    around: Circumstances,
    organisation: Organisation,
    done: Sequence[PlaceDone],
    reference: str,
) -> None:
    """Who administers beside the one who did it hears who came and who went."""
    came = [one.person.display_name for one in done if one.role is Role.ADMINISTRATOR]
    went = [one.person.display_name for one in done if one.was is Role.ADMINISTRATOR]
    if not came and not went:
        return
    concerned = {around.actor.person_id, *(one.person.id for one in done)}
    who = session.get_one(Person, around.actor.logged_in).display_name
    for other in requests.administrators_of(session, organisation.id, around.now):
        if other.id in concerned or not other.email:
            continue
        mail = place_mails.to_administrators(
            other.email, other.locale, who, organisation.name, came, went, reference
        )
        outbox.enqueue(session, around.sealer, mail, around.now)
