"""Rows: organisations and people from documents. Written by name, so that applying twice changes
nothing; what a document gave and names no more ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from admin.people import changes
from admin.people.changes import Standing
from admin.registrations import (
    account_rows,
    beside,
    branch_rows,
    factor_rows,
    identity_rows,
    membership_rows,
)
from admin.registrations.applier import Applier, Write
from admin.registrations.at_hand import UNKNOWN
from admin.registrations.differences import Difference, DocumentOutcome, of_rows
from admin.registrations.documents import Entry, OrganisationDocument, PersonDocument
from admin.registrations.registered import of_new
from directory.organisations import Organisation
from directory.origin import Origin
from directory.people import Person

WriteRow = Callable[[Applier, Entry, list[str]], bool]


def writer(write_row: WriteRow, main: type) -> Write:
    """``write_row`` says whether it made one, and adds what it takes from people to its list;
    ``main`` is the table of the thing itself.
    """

    def write(applier: Applier, entry: Entry) -> DocumentOutcome:
        session, found, takes = applier.session, list[Difference](), list[str]()

        def note(flushed: Session, *_: Any) -> None:
            found.extend(of_rows(flushed, main))

        session.flush()  # what came before is not of this entry
        # A query flushes what was set before it, so looking once at the end would miss that.
        event.listen(session, "before_flush", note)
        try:
            created = write_row(applier, entry, takes)
            session.flush()
        finally:
            event.remove(session, "before_flush", note)
        name = entry.model.key
        if created:
            return DocumentOutcome(
                entry.kind, name, "created", of_new(entry.model), takes=tuple(takes)
            )
        word = "changed" if found else "unchanged"
        return DocumentOutcome(entry.kind, name, word, tuple(found), takes=tuple(takes))

    return write


def write_person(applier: Applier, entry: Entry) -> DocumentOutcome:
    """A person, and what follows for them and for whoever had an identity that is theirs now."""
    session, person_id = applier.session, entry.model.id
    people = [person_id, *sorted(identity_rows.former_owners(applier, entry))]
    before = {one: changes.standing(session, one, applier.now) for one in people[1:]}
    before[person_id] = _standing(applier, person_id)
    outcome = _write_person(applier, entry)
    if _is_plainly_new(applier, entry):
        people.remove(person_id)
    if outcome.word != "unchanged":
        for one in people:
            changes.follow(
                session,
                applier.notifier,
                applier.settings.base_url,
                one,
                before[one],
                actor=applier.actor,
            )
    other = applier.at_hand.person(person_id).had_other
    return replace(outcome, stays=beside.of_person(session, person_id, applier.now, other))


def _is_plainly_new(applier: Applier, entry: Entry) -> bool:
    """Nobody is told anything of who only came, unblocked and without account or factor."""
    document: PersonDocument = entry.model
    is_plain = not document.blocked and document.account is None and not factor_rows.said(document)
    known = applier.at_hand.person(document.id)
    return is_plain and known is not UNKNOWN and known.row is None


def _row_of(applier: Applier, person_id: str) -> Person | None:
    known = applier.at_hand.person(person_id)
    return applier.session.get(Person, person_id) if known is UNKNOWN else known.row


def _standing(applier: Applier, person_id: str) -> Standing:
    """Before anything is written. Who is new has nothing that must be asked for."""
    if _row_of(applier, person_id) is None:
        return Standing()
    had = applier.at_hand.person(person_id).had
    return changes.standing(applier.session, person_id, applier.now, had)


def _organisation(applier: Applier, entry: Entry, takes: list[str]) -> bool:
    document: OrganisationDocument = entry.model
    session = applier.session
    row = session.scalars(select(Organisation).where(Organisation.kvk == document.kvk)).first()
    created = row is None
    if row is None:
        row = Organisation(kvk=document.kvk, name=document.name)
        session.add(row)
        session.flush()
    row.rsin, row.name = document.rsin, document.name
    row.shares_administrators = document.shares_administrators
    branch_rows.write(applier, row, document, takes)
    return created


def _person(applier: Applier, entry: Entry, takes: list[str]) -> bool:
    document: PersonDocument = entry.model
    session, now = applier.session, applier.now
    row = _row_of(applier, document.id)
    created = row is None
    if row is None:
        row = Person(id=document.id, display_name=document.name, created_at=now)
        session.add(row)
    row.display_name, row.email, row.locale = document.name, document.email, document.locale
    row.origin = Origin.DOCUMENT
    if document.blocked != (row.blocked_at is not None):
        row.blocked_at = now if document.blocked else None
    session.flush() if created else None
    identity_rows.write(applier, entry, takes)
    membership_rows.write(applier, document, takes)
    factor_rows.write(applier, entry, takes)
    account_rows.write(applier, entry, takes)
    return created


write_organisation: Final = writer(_organisation, Organisation)
_write_person: Final = writer(_person, Person)
