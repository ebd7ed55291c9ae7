"""Metadata that wait are shown to an operator and taken on his word."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.metadata.parties import KnownParty, known_party
from admin.metadata.taking import counted, take
from admin.registrations.metadata_sources import unfit
from providers.saml.wire.metadata_changes import MetadataChanges, changes_between
from providers.saml.wire.metadata_facts import MetadataFacts
from providers.saml.wire.metadata_refused import MetadataRefused
from state import audit, party_metadata
from state.audit import AuditEvent, EventTag
from state.party_metadata import PartyMetadata
from state.registrations import Kind


class NothingWaits(Exception):
    """No metadata of this party wait, or others than were shown."""


class CannotBeTaken(Exception):
    """What waits would stop logins by now; the message says why."""


@dataclass(frozen=True)
class Waiting:
    """``digest`` names exactly this document."""

    digest: str
    since: datetime
    reason: str
    changes: MetadataChanges


def waiting(known: KnownParty, row: PartyMetadata) -> Waiting | None:
    """What waits of this party, and what it would change."""
    if row.waiting is None or row.origin != known.party.origin:
        return None
    try:
        changes = changes_between(known.kept_facts(row), known.party.facts(row.waiting))
    except MetadataRefused:  # the rules of today are others
        changes = MetadataChanges()
    assert row.waiting_since is not None
    return Waiting(_digest(row.waiting), row.waiting_since, row.waiting_reason or "", changes)


def approve(
    session: Session,
    kind: Kind,
    name: str,
    *,
    digest: str,
    actor: Actor,
    now: datetime,
    check: Callable[[str], object],
) -> MetadataChanges:
    """Take what waits, with the transaction of the caller. ``digest``: of what was shown;
    ``check`` raises OutgoingRefused for an address that is never called. Raises NothingWaits and
    CannotBeTaken.
    """
    known = known_party(session, kind, name)
    row = party_metadata.row_of(session, kind, name, lock=True)
    if known is None or row is None or row.waiting is None:
        raise NothingWaits
    if row.origin != known.party.origin or _digest(row.waiting) != digest:
        raise NothingWaits
    document = row.waiting
    facts = _fit(known, document, now, check)
    changes = changes_between(known.kept_facts(row), facts)
    reason = row.waiting_reason
    take(session, row, document, facts, changes, now)
    audit.record(
        session,
        AuditEvent(
            EventTag.METADATA_APPROVED,
            now,
            person_id=actor.person_id,
            client_id=name if kind is Kind.CLIENT else None,
            provider_id=name if kind is Kind.IDENTITY_PROVIDER else None,
            reason=reason,
            details={"by": str(actor.kind), **counted(kind, name, changes)},
        ),
    )
    return changes


def _fit(
    known: KnownParty, document: str, now: datetime, check: Callable[[str], object]
) -> MetadataFacts:
    try:
        facts = known.party.facts(document)
        if facts.entity_id != known.party.entity_id:
            raise CannotBeTaken(f"they are of {facts.entity_id!r}")
        for field, told in unfit(known.model, document, now, check):
            raise CannotBeTaken(f"saml.{field}: {told}")
    except MetadataRefused as refused:
        raise CannotBeTaken(str(refused)) from None
    return facts


def _digest(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
