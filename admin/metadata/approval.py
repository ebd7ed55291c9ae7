"""Metadata that wait are shown to an operator, and taken or rejected on his word. What was rejected
does not wait again while the address says the same, unless somebody reconsiders it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import Actor, ActorKind
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

LONGEST_REASON: Final = 500  # characters


class NothingWaits(Exception):
    """No metadata of this party wait, or others than were shown."""


class CannotBeTaken(Exception):
    """What waits would stop logins by now; the message says why."""


class ReasonMissing(Exception):
    """An operator says why, in at most LONGEST_REASON characters."""


@dataclass(frozen=True)
class Waiting:
    """``digest`` names exactly this document."""

    digest: str
    since: datetime
    reason: str
    changes: MetadataChanges


@dataclass(frozen=True)
class Rejected:
    """What the address published when it was rejected, and what it would have changed."""

    at: datetime
    changes: MetadataChanges


def waiting(known: KnownParty, row: PartyMetadata) -> Waiting | None:
    """What waits of this party, and what it would change."""
    if row.waiting is None or row.origin != known.party.origin:
        return None
    assert row.waiting_since is not None
    return Waiting(
        _digest(row.waiting),
        row.waiting_since,
        row.waiting_reason or "",
        _changes(known, row, row.waiting),
    )


def rejected(known: KnownParty, row: PartyMetadata) -> Rejected | None:
    """What was rejected of this party and never taken since."""
    if row.rejected is None or row.rejected_at is None or row.origin != known.party.origin:
        return None
    return Rejected(row.rejected_at, _changes(known, row, row.rejected))


def approve(
    session: Session,
    kind: Kind,
    name: str,
    *,
    digest: str,
    actor: Actor,
    now: datetime,
    check: Callable[[str], object],
    because: str = "",
) -> MetadataChanges:
    """Take what waits, with the transaction of the caller. ``digest``: of what was shown;
    ``check`` raises OutgoingRefused for an address that is never called; ``because``: the reason,
    which only the command line may leave out. Raises NothingWaits, CannotBeTaken and ReasonMissing.
    """
    known, row, document = _shown(session, kind, name, digest)
    _demand(because, actor)
    facts = _fit(known, document, now, check)
    before = known.kept_facts(row)
    changes, reason = changes_between(before, facts), row.waiting_reason
    take(session, row, document, facts, changes, now, before=before)
    _record(session, EventTag.METADATA_APPROVED, known, changes, reason, because, actor, now)
    return changes


def reject(
    session: Session,
    kind: Kind,
    name: str,
    *,
    digest: str,
    actor: Actor,
    now: datetime,
    because: str,
) -> MetadataChanges:
    """What waits goes on waiting no longer and is not taken, with the transaction of the caller.
    Raises NothingWaits and ReasonMissing.
    """
    known, row, document = _shown(session, kind, name, digest)
    if not because:
        raise ReasonMissing
    _demand(because, actor)
    changes, reason = _changes(known, row, document), row.waiting_reason
    row.rejected, row.rejected_at = document, now
    row.waiting, row.waiting_since, row.waiting_reason = None, None, None
    _record(session, EventTag.METADATA_REJECTED, known, changes, reason, because, actor, now)
    return changes


def reconsider(session: Session, kind: Kind, name: str, *, actor: Actor, now: datetime) -> None:
    """What was rejected waits again, with the transaction of the caller. Raises NothingWaits where
    nothing was, or where something newer waits.
    """
    known = known_party(session, kind, name)
    row = party_metadata.row_of(session, kind, name, lock=True)
    if known is None or row is None or rejected(known, row) is None or row.waiting is not None:
        raise NothingWaits
    row.waiting, row.waiting_since, row.waiting_reason = row.rejected, now, "reconsidered"
    row.rejected, row.rejected_at = None, None
    changes = _changes(known, row, row.waiting or "")
    _record(session, EventTag.METADATA_RECONSIDERED, known, changes, None, "", actor, now)


def _shown(
    session: Session, kind: Kind, name: str, digest: str
) -> tuple[KnownParty, PartyMetadata, str]:
    """The party, its row, locked, and the document that was shown. Raises NothingWaits."""
    known = known_party(session, kind, name)
    row = party_metadata.row_of(session, kind, name, lock=True)
    if known is None or row is None or row.waiting is None:
        raise NothingWaits
    if row.origin != known.party.origin or _digest(row.waiting) != digest:
        raise NothingWaits
    return known, row, row.waiting


def _demand(because: str, actor: Actor) -> None:
    is_missing = not because and actor.kind is not ActorKind.COMMAND_LINE
    if is_missing or len(because) > LONGEST_REASON:
        raise ReasonMissing


def _changes(known: KnownParty, row: PartyMetadata, document: str) -> MetadataChanges:
    try:
        return changes_between(known.kept_facts(row), known.party.facts(document))
    except MetadataRefused:  # the rules of today are others
        return MetadataChanges()


def _record(
    session: Session,
    tag: EventTag,
    known: KnownParty,
    changes: MetadataChanges,
    reason: str | None,
    because: str,
    actor: Actor,
    now: datetime,
) -> None:
    kind, name = known.party.kind, known.party.name
    said = {"because": because} if because else {}
    audit.record(
        session,
        AuditEvent(
            tag,
            now,
            person_id=actor.person_id,
            client_id=name if kind is Kind.CLIENT else None,
            provider_id=name if kind is Kind.IDENTITY_PROVIDER else None,
            reason=reason,
            details={"by": str(actor.kind), **counted(kind, name, changes), **said},
        ),
    )


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
