"""Pruning of rows: what documents gave to people who stand in no file, and mandates of documents
that stand in no file, end. Rows stay, so that history keeps their names; organisations stay too,
for they alone give nobody a right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations import mandate_rows, rows
from admin.registrations.applier import Applier
from admin.registrations.differences import IN_NO_FILE, DocumentOutcome
from admin.registrations.documents import Entry, PersonDocument
from admin.registrations.mandate_keys import key_of_row
from admin.registrations.pruning import Prune
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.origin import Origin
from directory.people import Person
from state import audit, registrations
from state.audit import AuditEvent, EventTag
from state.registrations import Kind


def remove(applier: Applier, prune: Prune | None) -> list[DocumentOutcome]:
    """End it in the transaction of the others, after everything else was written."""
    if prune is None:
        return []
    held = {entry.kind for entry in applier.entries} if prune.of_files else set[str]()
    outcomes: list[DocumentOutcome] = []
    if "Mandate" in held | prune.mandates:
        outcomes += _ended(applier, "Mandate", _mandates_in_no_file(applier))
    if "ChainMandate" in held | prune.mandates:
        outcomes += _ended(applier, "ChainMandate", _chains_in_no_file(applier))
    if "Person" in held:
        outcomes += _people(applier)
    return outcomes


def unnamed(applier: Applier) -> list[DocumentOutcome]:
    """What ``remove`` would end of the kinds that the files hold, left as it is."""
    found = (
        *(("Mandate", mandate_rows.told(row)) for row in _mandates_in_no_file(applier)),
        *(("ChainMandate", mandate_rows.told(row)) for row in _chains_in_no_file(applier)),
        *(("Person", row.id) for row in _people_in_no_file(applier)),
    )
    held = {entry.kind for entry in applier.entries}
    return [DocumentOutcome(kind, name, IN_NO_FILE) for kind, name in found if kind in held]


def _ended(
    applier: Applier, kind: str, rows: Sequence[Mandate | ChainMandate]
) -> Iterator[DocumentOutcome]:
    for row in rows:
        told = mandate_rows.told(row)
        mandate_rows.end(applier, row, "in_no_document")
        yield DocumentOutcome(kind, told, "removed", takes=(told,))


def _mandates_in_no_file(applier: Applier) -> list[Mandate]:
    services = _services(applier.session) | {None}
    return [
        row
        for row in mandate_rows.given(applier.session, applier.now)
        if key_of_row(row) not in applier.named_mandates and row.service_uuid in services
    ]


def _chains_in_no_file(applier: Applier) -> list[ChainMandate]:
    named = {
        (entry.model.organisation, entry.model.intermediary, entry.model.service)
        for entry in applier.entries
        if entry.kind == "ChainMandate"
    }
    query = select(ChainMandate).where(
        ChainMandate.granted_by.is_(None),
        ChainMandate.revoked_at.is_(None),
        ChainMandate.valid_until > applier.now,
    )
    services = _services(applier.session)
    return [
        row
        for row in applier.session.scalars(query)
        if (row.organisation.kvk, row.intermediary.kvk, row.service_uuid) not in named
        and row.service_uuid in services
    ]


def _people(applier: Applier) -> Iterator[DocumentOutcome]:
    """As if their document named nothing any more."""
    for row in _people_in_no_file(applier):
        empty = PersonDocument(
            id=row.id,
            name=row.display_name,
            email=row.email,
            locale="en" if row.locale == "en" else "nl",
            blocked=row.blocked_at is not None,
        )
        outcome = rows.write_person(applier, Entry("Person", empty, f"Person {row.id}", Path()))
        row.origin = Origin.WITHDRAWN
        if outcome.word != "unchanged":
            _note(applier, row)
            yield replace(outcome, word="removed")


def _services(session: Session) -> set[str]:
    """Mandates at a service that left are worth nothing, and wait for it to come back."""
    return registrations.names(session, Kind.SERVICE)


def _people_in_no_file(applier: Applier) -> list[Person]:
    named = {entry.model.id for entry in applier.entries if entry.kind == "Person"}
    query = select(Person).where(Person.origin == Origin.DOCUMENT).order_by(Person.id)
    return [row for row in applier.session.scalars(query) if row.id not in named]


def _note(applier: Applier, row: Person) -> None:
    audit.record(
        applier.session,
        AuditEvent(
            EventTag.REGISTRATION_REMOVED,
            applier.now,
            person_id=applier.actor.person_id,
            outcome="removed",
            details={"kind": "Person", "name": None, "person": row.id},
        ),
    )
