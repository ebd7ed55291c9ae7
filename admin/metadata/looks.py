"""A look at an address of metadata: what it brought, how a failed one is written down and told."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.orm import Session

from admin.metadata.taking import counted
from providers.saml.metadata_pace import next_try
from providers.saml.metadata_source import FetchedMetadata
from providers.saml.wire.metadata_changes import Judgement, MetadataVerdict
from providers.saml.wire.metadata_facts import MetadataFacts
from state import audit
from state.audit import AuditEvent, Detail, EventTag
from state.party_metadata import PartyMetadata
from state.registrations import Kind

OUR_ERROR: Final = "our_error"
_LONGEST: Final = 500
log = structlog.get_logger()


@dataclass(frozen=True)
class ListChanges:
    """What became of the makelaars in the list of a federation; ``left_out``: entities of which no
    login would be believed.
    """

    members: int
    added: int
    removed: int
    changed: int
    left_out: int


@dataclass(frozen=True)
class Look:
    """What one look brought. ``trouble``: in words, where nothing could be taken. ``facts``: of
    what is judged; ``fetched``: None where it was as before. ``is_news``: operators do not know.
    ``listed``: of a federation of which a list was taken.
    """

    kind: Kind
    name: str
    judgement: Judgement
    trouble: str = ""
    facts: MetadataFacts | None = None
    fetched: FetchedMetadata | None = None
    is_news: bool = False
    failures: int = 0
    listed: ListChanges | None = None

    @property
    def counted(self) -> dict[str, Detail]:
        """What log and audit tell: of whom, and how much of each."""
        if self.listed is None:
            return counted(self.kind, self.name, self.judgement.changes)
        return {"kind": str(self.kind), "name": self.name, **asdict(self.listed)}


def failed(look: Look, reason: str, trouble: str) -> Look:
    """The same look, which brought nothing."""
    return replace(look, judgement=replace(look.judgement, reason=reason), trouble=trouble)


def write_failure(session: Session, row: PartyMetadata, look: Look, now: datetime) -> Look:
    """With the transaction of the caller; the look, with what becomes known while it is written."""
    reason = look.judgement.reason
    is_news = row.reason != reason
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.reason, row.trouble = reason, look.trouble[:_LONGEST]
    row.due_at = next_try(row.failures, now)
    if is_news:  # every hour of a long failure would drown what else is told
        audit.record(session, event(EventTag.METADATA_REFUSED, look, now))
    return replace(look, is_news=is_news, failures=row.failures)


def event(tag: EventTag, look: Look, now: datetime) -> AuditEvent:
    """What the audit keeps of it."""
    return AuditEvent(
        tag,
        now,
        client_id=look.name if look.kind is Kind.CLIENT else None,
        provider_id=look.name if look.kind is not Kind.CLIENT else None,
        reason=look.judgement.reason or None,
        details=look.counted,
    )


def log_look(look: Look) -> None:
    """Tell the log, where there is something to tell."""
    verdict, reason = look.judgement.verdict, look.judgement.reason
    about = look.counted
    if reason == OUR_ERROR:
        log.warning("metadata.not_looked_at", kind=look.kind, name=look.name, error=look.trouble)
    elif verdict is MetadataVerdict.REFUSED:
        log.warning(
            "metadata.not_refreshed",
            kind=look.kind,
            name=look.name,
            reason=reason,
            failures=look.failures,
        )
    elif verdict is MetadataVerdict.WAITS and look.is_news:
        log.warning("metadata.waits", reason=reason, **about)
    elif verdict is MetadataVerdict.TAKEN:
        log.info("metadata.taken", **about)
