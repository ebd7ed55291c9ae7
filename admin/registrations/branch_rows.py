"""Branches (vestigingen) of an organisation from its document. One that it names no more ends, and
with it what mandates give for that branch; it holds again when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.mandates import ending
from admin.registrations.applier import Applier
from admin.registrations.documents import Entry, OrganisationDocument
from consent.mandates import Mandate
from directory.organisations import Establishment, Organisation
from state import audit
from state.audit import AuditEvent, EventTag


def write(
    applier: Applier, row: Organisation, document: OrganisationDocument, takes: list[str]
) -> None:
    """Name, address and place of each; those that the document leaves out end now."""
    session, now = applier.session, applier.now
    for branch in document.establishments:
        known = session.get(Establishment, branch.number)
        if known is None:
            known = Establishment(number=branch.number, organisation_id=row.id, name=branch.name)
            session.add(known)
        elif known.organisation_id != row.id and known.ended_at is None:
            _end(applier, known.organisation, known, takes)  # it moves
        known.organisation_id, known.ended_at = row.id, None
        known.name, known.address = branch.name, branch.address
    named = {branch.number for branch in document.establishments}
    for known in _standing(session, row.id):
        if known.number not in named:
            known.ended_at = now
            _end(applier, row, known, takes)


def mistakes(session: Session, entries: Sequence[Entry]) -> Iterator[str]:
    """A mandate for a branch that ended, ends here, or is that of another organisation. One that
    was never registered is not judged: not every organisation registers its branches.
    """
    said = {entry.model.kvk: _numbers(entry) for entry in entries if entry.kind == "Organisation"}
    for entry in entries:
        if entry.kind != "Mandate" or entry.model.revoked:
            continue
        for number in entry.model.branches:
            owner = _owner(session, said, number)
            if owner is not None and owner != entry.model.organisation:
                yield (
                    f"{entry.place}: branches: {number} is no branch of "
                    f"{entry.model.organisation}, or it ended"
                )


def _end(applier: Applier, row: Organisation, branch: Establishment, takes: list[str]) -> None:
    session = applier.session
    held = [
        mandate
        for mandate in session.scalars(
            select(Mandate).where(
                Mandate.organisation_id == row.id,
                Mandate.revoked_at.is_(None),
                Mandate.valid_until > applier.now,
            )
        )
        if branch.number in mandate.branches
    ]
    takes += [f"branch {branch.number} in the mandate of {one.person_id}" for one in held]
    ending.reach(session, applier.notifier, [ending.of_mandate(one) for one in held])
    audit.record(
        session,
        AuditEvent(
            EventTag.ESTABLISHMENT_ENDED,
            applier.now,
            person_id=applier.actor.person_id,
            organisation_id=row.id,
            details={"establishment": branch.number, "mandates": len(held)},
        ),
    )


def _standing(session: Session, organisation_id: str) -> list[Establishment]:
    query = select(Establishment).where(
        Establishment.organisation_id == organisation_id, Establishment.ended_at.is_(None)
    )
    return list(session.scalars(query))


def _numbers(entry: Entry) -> set[str]:
    return {branch.number for branch in entry.model.establishments}


def _owner(session: Session, said: dict[str, set[str]], number: str) -> str | None:
    """The KvK number of the organisation that has this branch after these documents; empty where
    it ended, None where nobody ever registered it.
    """
    for kvk, numbers in said.items():
        if number in numbers:
            return kvk
    known = session.get(Establishment, number)
    if known is None:
        return None
    kvk = known.organisation.kvk
    return kvk if known.ended_at is None and kvk not in said else ""
