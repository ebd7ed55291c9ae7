"""Mandates and chain mandates from documents. A mandate is known by person, organisation, service
and branches. One of a document that was made narrower replaces the wider one; what an administrator
gave stands beside it, and what an administrator took back stays so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from admin.mandates import ending
from admin.registrations import beside, rows
from admin.registrations.applier import Applier
from admin.registrations.differences import DocumentOutcome
from admin.registrations.documents import ChainMandateDocument, Entry, MandateDocument
from admin.registrations.mandate_keys import key_of, key_of_row
from assurance.levels import suffices
from consent.chains import ChainMandate
from consent.mandates import LAPSED, Mandate
from state import audit
from state.audit import AuditEvent, EventTag


def given(session: Session, now: datetime) -> list[Mandate]:
    """What documents gave and what stands."""
    return list(session.scalars(select(Mandate).where(*_of_documents(now))))


def write_mandate(applier: Applier, entry: Entry) -> DocumentOutcome:
    """The mandate of the document; wider ones that it replaces end."""
    outcome = _write_mandate(applier, entry)
    replaced = tuple(_replace_wider(applier, entry.model))
    if replaced and outcome.word == "unchanged":
        outcome = replace(outcome, word="changed")
    other = applier.at_hand.person(entry.model.person).had_other
    stays = beside.of_mandate(applier.session, entry.model, applier.now, other)
    return replace(outcome, takes=outcome.takes + replaced, stays=stays)


def write_chain_mandate(applier: Applier, entry: Entry) -> DocumentOutcome:
    """The chain mandate of the document, beside what the client gave itself."""
    outcome = _write_chain(applier, entry)
    return replace(outcome, stays=beside.of_chain(applier.session, entry.model, applier.now))


def end(applier: Applier, row: Mandate | ChainMandate, reason: str) -> None:
    """It counts no more from now on, also where somebody acted with it."""
    row.revoked_at = applier.now
    _note_end(applier, row, reason)


def told(row: Mandate | ChainMandate) -> str:
    """``mandate of roos for 90001201 at every service``: as a plan says it."""
    if isinstance(row, ChainMandate):
        through = f"{row.organisation.kvk} through {row.intermediary.kvk}"
        return f"chain mandate for {through} at {row.service_uuid}"
    place = row.service_uuid or "every service"
    branches = f", branch {', '.join(row.branches)}" if row.branches else ""
    return f"mandate of {row.person_id} for {row.organisation.kvk} at {place}{branches}"


def _mandate(applier: Applier, entry: Entry, takes: list[str]) -> bool:
    document: MandateDocument = entry.model
    session, wanted = applier.session, key_of(document)
    organisation_id = applier.at_hand.organisation(document.organisation).id
    query = select(Mandate).where(
        Mandate.person_id == document.person,
        Mandate.organisation_id == organisation_id,
        Mandate.service_uuid == document.service,
        Mandate.granted_by.is_(None),
    )
    standing = session.scalars(query) if _had(applier, document) else ()
    row = next((m for m in standing if key_of_row(m) == wanted), None)
    if row is None:
        row = Mandate(
            person_id=document.person,
            organisation_id=organisation_id,
            service_uuid=document.service,
            level=document.level,
            branches=sorted(document.branches),
            valid_from=document.begins,
            valid_until=document.until,
            confirmed_at=applier.now,
        )
        return _add(applier, row, document)
    return _follow(applier, row, document, takes)


def _chain(applier: Applier, entry: Entry, takes: list[str]) -> bool:
    document: ChainMandateDocument = entry.model
    session = applier.session
    giver = applier.at_hand.organisation(document.organisation).id
    through = applier.at_hand.organisation(document.intermediary).id
    row = session.scalars(
        select(ChainMandate).where(
            ChainMandate.organisation_id == giver,
            ChainMandate.intermediary_id == through,
            ChainMandate.service_uuid == document.service,
            ChainMandate.granted_by.is_(None),
        )
    ).first()
    if row is None:
        row = ChainMandate(
            organisation_id=giver,
            intermediary_id=through,
            service_uuid=document.service,
            level=document.level,
            valid_from=document.begins,
            valid_until=document.until,
            confirmed_at=applier.now,
        )
        return _add(applier, row, document)
    return _follow(applier, row, document, takes)


def _add(
    applier: Applier,
    row: Mandate | ChainMandate,
    document: MandateDocument | ChainMandateDocument,
) -> bool:
    """True: it is new."""
    applier.session.add(row)
    _bring_up_to_date(row, document, applier.now)
    return True


def _follow(
    applier: Applier,
    row: Mandate | ChainMandate,
    document: MandateDocument | ChainMandateDocument,
    takes: list[str],
) -> bool:
    """False: it was there. ``takes``: gets what the document takes away of it."""
    lost = _lost(row, document, applier.now)
    _bring_up_to_date(row, document, applier.now)
    if lost is not None:
        takes += [] if document.revoked else [f"{told(row)}: {lost}"]
        _note_end(applier, row, lost)
    return False


def _lost(
    row: Mandate | ChainMandate, document: MandateDocument | ChainMandateDocument, now: datetime
) -> str | None:
    """What of a mandate that stands the document takes back; None where nothing."""
    if row.revoked_at is not None or row.valid_until <= now:
        return None
    if document.revoked:
        return "revoked"
    if not suffices(document.level, row.level):
        return "level_lowered"
    if document.until < row.valid_until or document.begins > max(row.valid_from, now):
        return "term_shortened"
    return None


def _replace_wider(applier: Applier, document: MandateDocument) -> list[str]:
    """What documents gave before to this person for this organisation, that no document at hand
    names, and that this one was made from: another choice of branches at the same service, or
    something that holds all of this one.
    """
    if not _had(applier, document):
        return []
    session, wanted, named = applier.session, key_of(document), applier.named_mandates
    query = select(Mandate).where(
        *_of_documents(applier.now),
        Mandate.person_id == document.person,
        Mandate.organisation_id == applier.at_hand.organisation(document.organisation).id,
    )
    found = []
    for row in session.scalars(query).all():
        key = key_of_row(row)
        if key not in named and (key.service == wanted.service or _holds(row, document)):
            found.append(told(row))
            end(applier, row, "replaced")
    return found


def _holds(row: Mandate, document: MandateDocument) -> bool:
    """Would this document add nothing to what stands already?"""
    if document.revoked or row.service_uuid is not None:
        return False
    branches = set(row.branches)
    inside = not branches or (bool(document.branches) and set(document.branches) <= branches)
    return inside and suffices(row.level, document.level)


def _of_documents(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Mandate.granted_by.is_(None),
        Mandate.revoked_at.is_(None),
        Mandate.valid_until > now,
    )


def _note_end(applier: Applier, row: Mandate | ChainMandate, reason: str) -> None:
    """In the audit, and at who acts with it."""
    session, people = applier.session, dict[str, audit.Detail]()
    if isinstance(row, Mandate):
        people["person"] = row.person_id
        tag = EventTag.MANDATE_REVOKED
    else:
        tag = EventTag.CHAIN_MANDATE_REVOKED
    audit.record(
        session,
        AuditEvent(
            tag,
            applier.now,
            person_id=applier.actor.person_id,
            service_uuid=row.service_uuid,
            organisation_id=row.organisation_id,
            reason=reason,
            level=row.level,
            details={"mandate": row.id, **people},
        ),
    )
    if isinstance(row, Mandate):
        ending.reach_of(session, applier.notifier, row)
    else:
        ending.reach(session, applier.notifier, [ending.of_chain(session, *row.key)])


def _bring_up_to_date(
    row: Mandate | ChainMandate, document: MandateDocument | ChainMandateDocument, now: datetime
) -> None:
    if document.until > row.valid_until:  # longer than before: somebody wants that it holds
        row.confirmed_at = now
        if row.revoked_by == LAPSED:
            row.revoked_at = row.revoked_by = None
    row.level, row.valid_from, row.valid_until = document.level, document.begins, document.until
    if row.revoked_by is not None:
        return  # an administrator took it back, or it lapsed: no document gives it again
    if document.revoked != (row.revoked_at is not None):
        row.revoked_at = now if document.revoked else None


def _had(applier: Applier, document: MandateDocument) -> bool:
    """Had the person any mandate before these documents? Those are of other keys than this one."""
    return Mandate in applier.at_hand.person(document.person).had


_write_mandate: Final = rows.writer(_mandate, Mandate)
_write_chain: Final = rows.writer(_chain, ChainMandate)
