"""Places of people in organisations, from documents."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.applier import Applier
from admin.registrations.documents import PersonDocument
from directory.origin import Origin
from directory.people import Membership, Role


def write(applier: Applier, document: PersonDocument, takes: list[str]) -> None:
    """What the document names holds from now on; what a document gave and none names ends now."""
    session, now, named = applier.session, applier.now, set[str]()
    had = Membership in applier.at_hand.person(document.id).had
    places = {row.organisation_id: row for row in (_of(session, document.id) if had else ())}
    for place in document.organisations:
        organisation_id = applier.at_hand.organisation(place.kvk).id
        named.add(organisation_id)
        known = places.get(organisation_id)
        if known is None:
            known = Membership(
                person_id=document.id,
                organisation_id=organisation_id,
                role=Role(place.role),
                since=now,
            )
            session.add(known)
            places[organisation_id] = known
        elif known.until is not None:  # it was over: a place anew
            known.since, known.until, known.role_since = now, None, None
        elif known.role is Role.ADMINISTRATOR and Role(place.role) is Role.MEMBER:
            takes.append(f"administrator of {place.kvk}")
        elif known.role is Role.MEMBER and Role(place.role) is Role.ADMINISTRATOR:
            known.role_since = now
        known.role, known.origin = Role(place.role), Origin.DOCUMENT
        known.level = place.level
    for organisation_id, row in places.items():
        is_given = row.origin is Origin.DOCUMENT and row.until is None
        if is_given and organisation_id not in named:
            takes.append(f"{row.role} of {row.organisation.kvk}")
            row.until = now


def _of(session: Session, person_id: str) -> list[Membership]:
    return list(session.scalars(select(Membership).where(Membership.person_id == person_id)))
