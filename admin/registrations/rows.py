"""Rows: organisations, people and mandates from documents. Written by name, so that applying twice
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from admin.people import changes
from admin.registrations import account_rows, factor_rows
from admin.registrations.applier import Applier, Write
from admin.registrations.differences import Difference, DocumentOutcome, of_rows
from admin.registrations.documents import (
    ChainMandateDocument,
    Entry,
    MandateDocument,
    OrganisationDocument,
    PersonDocument,
)
from admin.registrations.registered import of_new
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.organisations import Establishment, Organisation
from directory.people import ExternalIdentity, Membership, Person, Role, subject_hash
from keys.sealing import Sealer

_WriteRow = Callable[[Session, Sealer, datetime, Entry], bool]


def _writer(write_row: _WriteRow, main: type) -> Write:
    """``write_row`` says whether it made one; ``main`` is the table of the thing itself."""

    def write(applier: Applier, entry: Entry) -> DocumentOutcome:
        session, found = applier.session, list[Difference]()

        def note(flushed: Session, *_: Any) -> None:
            found.extend(of_rows(flushed, main))

        session.flush()  # what came before is not of this entry
        # A query flushes what was set before it, so looking once at the end would miss that.
        event.listen(session, "before_flush", note)
        try:
            created = write_row(session, applier.sealer, applier.now, entry)
            session.flush()
        finally:
            event.remove(session, "before_flush", note)
        name = entry.model.key
        if created:
            return DocumentOutcome(entry.kind, name, "created", of_new(entry.model))
        return DocumentOutcome(entry.kind, name, "changed" if found else "unchanged", tuple(found))

    return write


def write_person(applier: Applier, entry: Entry) -> DocumentOutcome:
    """A person, and what follows for them."""
    session, person_id = applier.session, entry.model.id
    before = changes.standing(session, person_id, applier.now)
    outcome = _write_person(applier, entry)
    if outcome.word != "unchanged":
        changes.follow(
            session,
            applier.notifier,
            applier.settings.base_url,
            person_id,
            before,
            actor=applier.actor,
        )
    return outcome


def _organisation(session: Session, _sealer: Sealer, _now: datetime, entry: Entry) -> bool:
    document: OrganisationDocument = entry.model
    row = session.scalars(select(Organisation).where(Organisation.kvk == document.kvk)).first()
    created = row is None
    if row is None:
        row = Organisation(kvk=document.kvk, name=document.name)
        session.add(row)
        session.flush()
    row.rsin, row.name = document.rsin, document.name
    row.shares_administrators = document.shares_administrators
    for branch in document.establishments:
        known = session.get(Establishment, branch.number)
        if known is None:
            known = Establishment(number=branch.number, organisation_id=row.id, name=branch.name)
            session.add(known)
        known.name, known.address = branch.name, branch.address
    return created


def _person(session: Session, sealer: Sealer, now: datetime, entry: Entry) -> bool:
    document: PersonDocument = entry.model
    row = session.get(Person, document.id)
    created = row is None
    if row is None:
        row = Person(id=document.id, display_name=document.name, created_at=now)
        session.add(row)
    row.display_name, row.email, row.locale = document.name, document.email, document.locale
    if document.blocked != (row.blocked_at is not None):
        row.blocked_at = now if document.blocked else None
    session.flush() if created else None
    _identities(session, sealer, now, document)
    _memberships(session, now, document)
    factor_rows.write(session, sealer, now, entry)
    account_rows.write(session, now, entry)
    return created


def _identities(session: Session, sealer: Sealer, now: datetime, document: PersonDocument) -> None:
    for identity in document.identities:
        hashed = subject_hash(sealer, identity.provider, identity.subject)
        known = session.get(ExternalIdentity, (identity.provider, hashed))
        if known is None:
            known = ExternalIdentity(
                provider_id=identity.provider,
                subject_hash=hashed,
                person_id=document.id,
                created_at=now,
            )
            session.add(known)
        known.person_id, known.means_active_until = document.id, identity.means_active_until


def _memberships(session: Session, now: datetime, document: PersonDocument) -> None:
    for place in document.organisations:
        organisation_id = _organisation_id(session, place.kvk)
        known = session.scalars(
            select(Membership).where(
                Membership.person_id == document.id, Membership.organisation_id == organisation_id
            )
        ).first()
        if known is None:
            known = Membership(
                person_id=document.id,
                organisation_id=organisation_id,
                role=Role(place.role),
                since=now,
            )
            session.add(known)
        known.role = Role(place.role)


def _mandate(session: Session, _sealer: Sealer, now: datetime, entry: Entry) -> bool:
    document: MandateDocument = entry.model
    organisation_id = _organisation_id(session, document.organisation)
    query = select(Mandate).where(
        Mandate.person_id == document.person,
        Mandate.organisation_id == organisation_id,
        Mandate.service_uuid == document.service,
    )
    branches = sorted(document.branches)
    row = next((m for m in session.scalars(query) if sorted(m.branches) == branches), None)
    created = row is None
    if row is None:
        row = Mandate(
            person_id=document.person,
            organisation_id=organisation_id,
            service_uuid=document.service,
            level=document.level,
            branches=branches,
            valid_from=document.begins,
            valid_until=document.until,
        )
        session.add(row)
    _bring_up_to_date(row, document, now)
    return created


def _chain(session: Session, _sealer: Sealer, now: datetime, entry: Entry) -> bool:
    document: ChainMandateDocument = entry.model
    giver = _organisation_id(session, document.organisation)
    through = _organisation_id(session, document.intermediary)
    row = session.scalars(
        select(ChainMandate).where(
            ChainMandate.organisation_id == giver,
            ChainMandate.intermediary_id == through,
            ChainMandate.service_uuid == document.service,
        )
    ).first()
    created = row is None
    if row is None:
        row = ChainMandate(
            organisation_id=giver,
            intermediary_id=through,
            service_uuid=document.service,
            level=document.level,
            valid_from=document.begins,
            valid_until=document.until,
        )
        session.add(row)
    _bring_up_to_date(row, document, now)
    return created


def _bring_up_to_date(
    row: Mandate | ChainMandate, document: MandateDocument | ChainMandateDocument, now: datetime
) -> None:
    row.level, row.valid_from, row.valid_until = document.level, document.begins, document.until
    if document.revoked != (row.revoked_at is not None):
        row.revoked_at = now if document.revoked else None


def _organisation_id(session: Session, kvk: str) -> str:
    return session.scalars(select(Organisation.id).where(Organisation.kvk == kvk)).one()


write_organisation: Final = _writer(_organisation, Organisation)
_write_person: Final = _writer(_person, Person)
write_mandate: Final = _writer(_mandate, Mandate)
write_chain_mandate: Final = _writer(_chain, ChainMandate)
