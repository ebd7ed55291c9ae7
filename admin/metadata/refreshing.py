"""The addresses of metadata are looked at when they are due: never in a login, by one process at a
time, and a look that fails or is refused changes nothing for logins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from admin.metadata import alarms, federation_looks
from admin.metadata.looks import OUR_ERROR, Look, event, failed, log_look, write_failure
from admin.metadata.parties import KINDS, KnownParty, known_party
from admin.metadata.taking import take
from admin.registrations.metadata_sources import unfit
from admin.registrations.rule import failure, refusal
from broker.process import Process
from providers.saml.metadata_pace import next_look
from providers.saml.metadata_source import fetch_metadata
from providers.saml.wire.metadata_changes import Judgement, MetadataVerdict, judged
from providers.saml.wire.metadata_facts import MetadataFacts
from providers.saml.wire.metadata_refused import MetadataRefused
from state import audit, party_metadata
from state.addresses import OutgoingRefused
from state.audit import EventTag
from state.db import writing
from state.outgoing import OutgoingFailed
from state.party_metadata import PartyMetadata
from state.registrations import Kind

MOST: Final = 20  # looked at in one go
AT_ONCE: Final = 4
CLAIM: Final = timedelta(minutes=5)  # longer than a look takes
Which = tuple[Kind, str]


def refresh_due(process: Process) -> list[Look]:
    """Those that are due, claimed so that no other process looks as well."""
    now = process.clock()
    with process.sessions() as session:
        if not party_metadata.has_due(session, now, KINDS):
            return []  # the usual case costs no write lock
        with writing(session):
            claimed = party_metadata.claim_due(
                session, now, until=now + CLAIM, most=MOST, kinds=KINDS
            )
    looks = _all(process, claimed)
    for look in looks:
        log_look(look)
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
        if which[0] is Kind.FEDERATION:
            return federation_looks.look_at(process, which[1])
        return _one(process, *which)
    except Exception as error:  # the others go on, and this one comes again after its claim
        judgement = Judgement(MetadataVerdict.REFUSED, reason=OUR_ERROR)
        return Look(*which, judgement, trouble=type(error).__name__)


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
        return failed(look, refused.reason, "; ".join(refusal(refused)))
    except OutgoingFailed as of_call:
        return failed(look, of_call.reason, "; ".join(failure(of_call)))
    except MetadataRefused as refused_for:
        return failed(look, refused_for.reason, str(refused_for))
    told = _TOLD.get(judgement.reason, "").format(seen=facts.entity_id, expected=party.entity_id)
    return replace(look, judgement=judgement, trouble=told, facts=facts, fetched=fetched)


_WOULD_HOLD: Final = (MetadataVerdict.TAKEN, MetadataVerdict.WAITS, MetadataVerdict.RENEWED)
_TOLD: Final = {
    "entity_other": "they are of {seen!r}, and {expected!r} is registered",
    "ended": "their validUntil has passed",
    "older": "they are older than those that are kept, and say something else",
}


def _written(
    process: Process, session: Session, known: KnownParty, row: PartyMetadata, look: Look
) -> Look:
    """The look, with what becomes known while it is written."""
    now, judgement = process.clock(), look.judgement
    row.tried_at = now
    if judgement.verdict is MetadataVerdict.REFUSED or look.facts is None:
        return write_failure(session, row, look, now)
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
        _write_taken(session, row, look, look.fetched.document, kept, now)
        row.due_at = next_look(look.facts, now)
    elif judgement.verdict is MetadataVerdict.TAKEN and (held := row.waiting or row.rejected):
        # Nothing was fetched: what waited, or was rejected, is vouched for by now.
        _write_taken(session, row, look, held, kept, now)
    elif judgement.verdict is not MetadataVerdict.SAME:  # the party took back what waited
        row.waiting, row.waiting_since, row.waiting_reason = None, None, None
    return look


def _write_taken(
    session: Session,
    row: PartyMetadata,
    look: Look,
    document: str,
    kept: MetadataFacts | None,
    now: datetime,
) -> None:
    assert look.facts is not None
    changes = look.judgement.changes
    take(session, row, document, look.facts, changes, now, before=kept)
    if changes:
        audit.record(session, event(EventTag.METADATA_TAKEN, look, now))


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
        audit.record(session, event(EventTag.METADATA_WAITS, look, process.clock()))
        alarms.tell_waits(process, session, known, row)
    return replace(look, is_news=is_new)


def _says_the_same(known: KnownParty, document: str, facts: MetadataFacts) -> bool:
    try:
        return known.party.facts(document).says_the_same(facts)
    except MetadataRefused:
        return False
