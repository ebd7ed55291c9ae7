"""Identities of people from documents: a document that names one gives it, also where a login made
it; what the document names no more goes, and whoever comes by it later is somebody new.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations import beside
from admin.registrations.applier import Applier
from admin.registrations.documents import Entry, PersonDocument
from admin.registrations.identity_keys import key_of, keys_of
from consent.mandates import Mandate
from directory.origin import Origin
from directory.people import ExternalIdentity, Person
from state.registrations import Kind, names


def write(applier: Applier, entry: Entry, takes: list[str]) -> None:
    """Raises DocumentsRefused for an identity that another installation exported."""
    document: PersonDocument = entry.model
    session, named = applier.session, set[tuple[str, str]]()
    for identity in document.identities:
        key = key_of(applier.sealer, entry, identity)
        named.add(key)
        known = applier.at_hand.identity(key)
        if known is None:
            known = ExternalIdentity(
                provider_id=key[0],
                subject_hash=key[1],
                person_id=document.id,
                created_at=applier.now,
            )
            session.add(known)
            applier.at_hand.has_identity(key, known)
        elif known.person_id != document.id and _has_rights(applier, known.person_id):
            takes.append(f"identity at {key[0]} from {known.person_id}")
        known.person_id, known.means_active_until = document.id, identity.means_active_until
        known.origin = Origin.DOCUMENT
    had = ExternalIdentity in applier.at_hand.person(document.id).had
    lost = [
        row
        for row in (_given(session, document.id) if had else ())
        if (row.provider_id, row.subject_hash) not in named
    ]
    makelaars = names(session, Kind.IDENTITY_PROVIDER) if lost else ()
    for row in lost:
        # No document can name one at a makelaar that left: it waits for that to come back.
        if row.provider_id in makelaars:
            takes.append(f"identity at {row.provider_id}")
            applier.at_hand.has_identity((row.provider_id, row.subject_hash), None)
            session.delete(row)


def former_owners(applier: Applier, entry: Entry) -> set[str]:
    """Other people whose identities this document names."""
    document: PersonDocument = entry.model
    rows = [applier.at_hand.identity(key) for key in keys_of(applier.sealer, entry)]
    return {row.person_id for row in rows if row is not None} - {document.id}


def mistakes(entries: list[Entry]) -> Iterator[str]:
    """One identity in the documents of two people: whose it is would be chance."""
    seen: dict[tuple[str, str], str] = {}
    for entry in entries:
        for identity in entry.model.identities:
            name = identity.provider, identity.subject or identity.subject_hash
            holder = seen.setdefault(name, entry.model.id)
            if holder != entry.model.id:
                yield f"{entry.place}: identities: one at {name[0]} is that of {holder}"


def _has_rights(applier: Applier, person_id: str) -> bool:
    """Somebody of a document, or with anything beside the way to log in: not who only came by."""
    person = applier.session.get_one(Person, person_id)
    if person.origin is Origin.DOCUMENT:
        return True
    mandate = select(Mandate.id).where(
        Mandate.person_id == person_id,
        Mandate.revoked_at.is_(None),
        Mandate.valid_until > applier.now,
    )
    if applier.session.scalars(mandate).first() is not None:
        return True
    held = beside.of_person(applier.session, person_id, applier.now)
    return any(not one.startswith("identity ") for one in held)


def _given(session: Session, person_id: str) -> list[ExternalIdentity]:
    query = select(ExternalIdentity).where(
        ExternalIdentity.person_id == person_id, ExternalIdentity.origin == Origin.DOCUMENT
    )
    return list(session.scalars(query))
