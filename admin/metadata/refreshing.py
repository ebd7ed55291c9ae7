"""The addresses of metadata are looked at when they are due: never in a login, by one process at a
time, and a look that fails or is refused changes nothing for logins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.orm import Session

from admin.metadata import alarms
from admin.metadata.parties import KnownParty, known_party
from admin.metadata.taking import counted, take
from admin.registrations.metadata_sources import unfit
from admin.registrations.rule import failure, refusal
from broker.process import Process
from providers.saml.metadata_pace import next_look, next_try
from providers.saml.metadata_source import FetchedMetadata, fetch_metadata
from providers.saml.wire.metadata_changes import Judgement, MetadataVerdict, judged
from providers.saml.wire.metadata_facts import MetadataFacts
from providers.saml.wire.metadata_refused import MetadataRefused
from state import audit, party_metadata
from state.addresses import OutgoingRefused
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.outgoing import OutgoingFailed
from state.party_metadata import PartyMetadata
from state.registrations import Kind

MOST: Final = 20  # looked at in one go
AT_ONCE: Final = 4
CLAIM: Final = timedelta(minutes=5)  # longer than a look takes
OUR_ERROR: Final = "our_error"
_LONGEST: Final = 500
Which = tuple[Kind, str]
log = structlog.get_logger()


@dataclass(frozen=True)
class Look:
    """What one look brought. ``trouble``: in words, where nothing could be taken. ``facts``: of
    what is judged; ``fetched``: None where it was as before. ``is_news``: operators do not know.
    """

    kind: Kind
    name: str
    judgement: Judgement
    trouble: str = ""
    facts: MetadataFacts | None = None
    fetched: FetchedMetadata | None = None
    is_news: bool = False
    failures: int = 0


def refresh_due(process: Process) -> list[Look]:
    """Those that are due, claimed so that no other process looks as well."""
    now = process.clock()
    with process.sessions() as session:
        if not party_metadata.has_due(session, now):
            return []  # the usual case costs no write lock
        with writing(session):
            claimed = party_metadata.claim_due(session, now, until=now + CLAIM, most=MOST)
    looks = _all(process, claimed)
    for look in looks:
        _log(look)
    return looks


def refresh(process: Process, which: Iterable[Which]) -> list[Look]:
    """These, due or not; for who tells of it himself, so nothing is logged."""
    return _all(process, list(which))


def _all(process: Process, which: Sequence[Which]) -> list[Look]:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="metadata") as pool:
        looks = pool.map(lambda one: _one_of(process, one), which)
        return [look for look in looks if look is not None]


def _one_of(process: Process, which: Which) -> Look | None:
    """None for what has no address any more, or changed meanwhile."""
    try:
        return _one(process, *which)
    except Exception as error:  # the others go on, and this one comes again after its claim
        judgement = Judgement(MetadataVerdict.REFUSED, reason=OUR_ERROR)
        return Look(*which, judgement, trouble=type(error).__name__)


def _log(look: Look) -> None:
    verdict, reason = look.judgement.verdict, look.judgement.reason
    about = counted(look.kind, look.name, look.judgement.changes)
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


def _one(process: Process, kind: Kind, name: str) -> Look | None:
    with process.sessions() as session:
        known = known_party(session, kind, name)
        row = party_metadata.row_of(session, kind, name)
        if known is None or row is None or row.origin != known.party.origin:
            return None
        session.expunge_all()
    if known.party.address is None:
        return None
    look = _looked(process, known, row)
    with process.sessions() as session, writing(session):
        now_kept = party_metadata.row_of(session, kind, name, lock=True)
        if now_kept is None or _held(now_kept) != _held(row):
            return None  # somebody applied, approved or refreshed in between
        return _written(process, session, known, now_kept, look)


def _held(row: PartyMetadata) -> tuple[str, str | None, str | None]:
    """What a look is judged against."""
    return row.origin, row.document, row.waiting


def _looked(process: Process, known: KnownParty, row: PartyMetadata) -> Look:
    """What the address says, and what that is worth. Nothing is written."""
    party, now = known.party, process.clock()
    look = Look(party.kind, party.name, Judgement(MetadataVerdict.REFUSED))
    kept = known.kept_facts(row)
    # Without a copy that can be read there is nothing that "as before" would be of.
    last = row.waiting or row.rejected or row.document  # what the address said then
    has_copy = kept is not None and last is not None
    try:
        fetched = fetch_metadata(
            party,
            process.outgoing,
            etag=row.etag if has_copy else None,
            last_modified=row.last_modified if has_copy else None,
        )
        document = fetched.document if fetched is not None else last or known.in_use(row)
        assert document is not None
        facts = party.facts(document)
        judgement = judged(
            kept,
            facts,
            expected=party.entity_id,
            voucher=party.voucher,
            withdrawn=row.withdrawn,
            now=now,
        )
        if judgement.verdict in _WOULD_HOLD:
            for field, told in unfit(known.model, document, now, process.outgoing.check):
                judgement = replace(judgement, verdict=MetadataVerdict.REFUSED, reason="unfit")
                return replace(look, judgement=judgement, trouble=f"saml.{field}: {told}")
    except OutgoingRefused as refused:
        return _failed(look, refused.reason, "; ".join(refusal(refused)))
    except OutgoingFailed as failed:
        return _failed(look, failed.reason, "; ".join(failure(failed)))
    except MetadataRefused as refused_for:
        return _failed(look, refused_for.reason, str(refused_for))
    told = _TOLD.get(judgement.reason, "").format(seen=facts.entity_id, expected=party.entity_id)
    return replace(look, judgement=judgement, trouble=told, facts=facts, fetched=fetched)


_WOULD_HOLD: Final = (MetadataVerdict.TAKEN, MetadataVerdict.WAITS, MetadataVerdict.RENEWED)
_TOLD: Final = {
    "entity_other": "they are of {seen!r}, and {expected!r} is registered",
    "ended": "their validUntil has passed",
    "older": "they are older than those that are kept, and say something else",
}


def _failed(look: Look, reason: str, trouble: str) -> Look:
    return replace(look, judgement=replace(look.judgement, reason=reason), trouble=trouble)


def _written(
    process: Process, session: Session, known: KnownParty, row: PartyMetadata, look: Look
) -> Look:
    """The look, with what becomes known while it is written."""
    now, judgement = process.clock(), look.judgement
    row.tried_at = now
    if judgement.verdict is MetadataVerdict.REFUSED or look.facts is None:
        return _write_failure(session, row, look, now)
    row.checked_at, row.failures, row.failing_since = now, 0, None
    row.reason, row.trouble, row.told_failing_at = None, None, None
    if look.fetched is not None:
        row.etag, row.last_modified = look.fetched.etag, look.fetched.last_modified
        if row.rejected is not None and not _says_the_same(known, row.rejected, look.facts):
            row.rejected, row.rejected_at = None, None  # the address says something else by now
    kept = known.kept_facts(row)
    row.due_at = next_look(kept if kept is not None else look.facts, now)
    if judgement.verdict is MetadataVerdict.WAITS:
        return _let_wait(process, session, known, row, look)
    if look.fetched is not None and judgement.verdict is not MetadataVerdict.SAME:
        _write_taken(session, row, look, look.fetched.document, now)
        row.due_at = next_look(look.facts, now)
    elif judgement.verdict is MetadataVerdict.TAKEN and (held := row.waiting or row.rejected):
        # Nothing was fetched: what waited, or was rejected, is vouched for by now.
        _write_taken(session, row, look, held, now)
    elif judgement.verdict is not MetadataVerdict.SAME:  # the party took back what waited
        row.waiting, row.waiting_since, row.waiting_reason = None, None, None
    return look


def _write_taken(
    session: Session, row: PartyMetadata, look: Look, document: str, now: datetime
) -> None:
    assert look.facts is not None
    changes = look.judgement.changes
    take(session, row, document, look.facts, changes, now)
    if changes:
        audit.record(session, _event(EventTag.METADATA_TAKEN, look, now))


def _let_wait(
    process: Process, session: Session, known: KnownParty, row: PartyMetadata, look: Look
) -> Look:
    assert look.facts is not None
    if row.rejected is not None and _says_the_same(known, row.rejected, look.facts):
        # The party may make it anew each hour; what was rejected is what it says.
        row.waiting, row.waiting_since, row.waiting_reason = None, None, None
        return replace(look, judgement=replace(look.judgement, verdict=MetadataVerdict.REJECTED))
    document = look.fetched.document if look.fetched is not None else row.waiting
    assert document is not None
    is_new = row.waiting is None or not _says_the_same(known, row.waiting, look.facts)
    row.waiting, row.waiting_reason = document, look.judgement.reason
    if is_new:
        row.waiting_since = process.clock()
        audit.record(session, _event(EventTag.METADATA_WAITS, look, process.clock()))
        alarms.tell_waits(process, session, known, row)
    return replace(look, is_news=is_new)


def _says_the_same(known: KnownParty, document: str, facts: MetadataFacts) -> bool:
    try:
        return known.party.facts(document).says_the_same(facts)
    except MetadataRefused:
        return False


def _write_failure(session: Session, row: PartyMetadata, look: Look, now: datetime) -> Look:
    reason = look.judgement.reason
    is_news = row.reason != reason
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.reason, row.trouble = reason, look.trouble[:_LONGEST]
    row.due_at = next_try(row.failures, now)
    if is_news:  # every hour of a long failure would drown what else is told
        audit.record(session, _event(EventTag.METADATA_REFUSED, look, now))
    return replace(look, is_news=is_news, failures=row.failures)


def _event(tag: EventTag, look: Look, now: datetime) -> AuditEvent:
    return AuditEvent(
        tag,
        now,
        client_id=look.name if look.kind is Kind.CLIENT else None,
        provider_id=look.name if look.kind is Kind.IDENTITY_PROVIDER else None,
        reason=look.judgement.reason or None,
        details=counted(look.kind, look.name, look.judgement.changes),
    )
