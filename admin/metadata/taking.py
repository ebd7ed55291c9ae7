"""Metadata of a party are taken: from here on logins go by them, on every instance at its next look
at the configuration.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from providers.saml.wire.metadata_changes import MetadataChanges
from providers.saml.wire.metadata_facts import MetadataFacts, is_mark
from state.audit import Detail
from state.party_metadata import PartyMetadata
from state.registrations import Kind, raise_revision

MOST_WITHDRAWN: Final = 50  # fingerprints that are remembered of one party, and as many marks


def take(
    session: Session,
    row: PartyMetadata,
    document: str,
    facts: MetadataFacts,
    changes: MetadataChanges,
    now: datetime,
    *,
    before: MetadataFacts | None,
) -> None:
    """With the transaction of the caller. What waited is gone with it. ``before``: what it takes
    the place of, which comes back by nobody's word alone.
    """
    if row.document != document:
        row.document = document
        raise_revision(session)
    if row.ends_at != facts.ends_at:
        row.ends_at, row.told_days = facts.ends_at, _still_told(row, facts, now)
    if changes:
        row.taken_at = now
    here = {facts.mark, *(key.fingerprint for key in facts.keys)}
    gone = [before.mark] if before is not None and before.mark != facts.mark else []
    gone += [key.fingerprint for key in changes.keys_removed if key.fingerprint not in here]
    remembered = [one for one in row.withdrawn if one not in here and one not in gone]
    row.withdrawn = _latest([*remembered, *dict.fromkeys(gone)])
    row.waiting, row.waiting_since, row.waiting_reason = None, None, None
    row.rejected, row.rejected_at = None, None


def _still_told(row: PartyMetadata, facts: MetadataFacts, now: datetime) -> int | None:
    """Of which end operators were told stays so while the new one is no further away than that:
    many products publish what holds for two days, another one at each look.
    """
    if row.told_days is None or facts.ends_at is None:
        return None
    return row.told_days if facts.ends_at - now <= timedelta(days=row.told_days) else None


def _latest(withdrawn: list[str]) -> list[str]:
    """A party whose words change every week does not make a key forgotten that it took away."""
    marks = [one for one in withdrawn if is_mark(one)]
    fingerprints = [one for one in withdrawn if not is_mark(one)]
    return marks[-MOST_WITHDRAWN:] + fingerprints[-MOST_WITHDRAWN:]


def counted(kind: Kind, name: str, changes: MetadataChanges) -> dict[str, Detail]:
    """What an audit event tells: of whom, and how much of each."""
    return {
        "kind": str(kind),
        "name": name,
        "keys_added": len(changes.keys_added),
        "keys_removed": len(changes.keys_removed),
        "addresses_added": len(changes.addresses_added),
        "addresses_removed": len(changes.addresses_removed),
        "words": len(changes.words),
    }
