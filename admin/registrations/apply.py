"""``sluis apply``: documents become registrations and rows, all in one transaction, with an audit
event per change.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy.orm import Session

from admin.people import changes
from admin.registrations import pruning, rows
from admin.registrations.differences import Difference, Outcome, between
from admin.registrations.documents import (
    DocumentsRefused,
    Entry,
    MandateDocument,
    PersonDocument,
    read,
)
from admin.registrations.pruning import Prune, StillUsed
from admin.registrations.references import check_references
from admin.tables import TABLES
from broker.protocols import downstreams
from broker.settings import Settings
from broker.sso.logout import Teller
from broker.texts.outside_request import texts
from directory.services import OidcClient
from keys.master_key_file import load_sealer
from keys.sealing import Sealer
from providers.registry import ProviderRecord
from providers.saml.metadata import MAX_BYTES, MetadataRefused, describe_metadata
from state import audit, registrations
from state.addresses import OutgoingRefused
from state.audit import AuditEvent, EventTag
from state.clock import utc_now
from state.db import writing
from state.engine import session_at
from state.outgoing import OutgoingClient, OutgoingFailed
from state.registrations import Kind

KINDS = {str(kind): kind for kind in Kind}


@dataclass(frozen=True)
class Applier:
    """What writing needs."""

    session: Session
    sealer: Sealer
    now: datetime
    settings: Settings

    @cached_property
    def teller(self) -> Teller:
        """With the portals as they are by now."""
        rows = registrations.all_registrations(self.session)
        portals = {
            row.name: OidcClient.model_validate(row.document)
            for row in rows
            if row.kind is Kind.CLIENT
        }
        protocols = downstreams(self.settings, self.sealer)
        return Teller(self.sealer, protocols, portals, self.now)


class _DryRun(Exception):
    """Ends the transaction without a trace."""


def apply_files(
    settings: Settings, path: Path, *, dry_run: bool = False, prune: Prune | None = None
) -> list[Outcome]:
    """What became of each document, and what left. Raises DocumentsRefused and StillUsed; then
    nothing was changed.
    """
    assert TABLES
    entries = [_with_metadata(entry, settings) for entry in read(path)]
    sealer = load_sealer(settings.keys.master_key_file)
    outcomes: list[Outcome] = []
    with session_at(settings.database.url, expire_on_commit=False) as session:
        gone = pruning.leaving(session, entries, prune) if prune is not None else frozenset()
        mistakes = check_references(session, entries, gone)
        if mistakes:
            raise DocumentsRefused(mistakes)
        try:
            with texts(), writing(session):
                applier = Applier(session, sealer, utc_now(), settings)
                outcomes = [_apply(applier, entry) for entry in entries]
                outcomes += pruning.remove(session, settings, sealer, applier.now, gone)
                if not dry_run:
                    _refuse_used(outcomes, prune)
                else:
                    raise _DryRun
        except _DryRun:
            pass
    return outcomes


def _refuse_used(outcomes: list[Outcome], prune: Prune | None) -> None:
    used = [outcome for outcome in outcomes if outcome.used]
    if used and prune is not None and not prune.also_used:
        raise StillUsed(used)


def changed(outcomes: list[Outcome]) -> list[Outcome]:
    """Those that are not as they were."""
    return [outcome for outcome in outcomes if outcome.word != "unchanged"]


def counted(outcomes: list[Outcome]) -> str:
    """The last line: how many of each."""
    counts = Counter(outcome.word for outcome in outcomes)
    words = ("created", "changed", "unchanged", *(("removed",) if counts["removed"] else ()))
    return ", ".join(f"{counts[word]} {word}" for word in words)


def _apply(applier: Applier, entry: Entry) -> Outcome:
    outcome = _register(applier, entry) if entry.kind in KINDS else _write(applier, entry)
    if outcome.word != "unchanged":
        audit.record(
            applier.session,
            AuditEvent(
                tag=EventTag.REGISTRATION_CHANGED,
                at=applier.now,
                outcome=outcome.word,
                details={
                    "kind": entry.kind,
                    "name": outcome.name if entry.kind in KINDS else None,
                    **_about(entry.model),
                },
            ),
        )
    return outcome


def _about(model: BaseModel) -> dict[str, audit.Detail]:
    """The person whom a document is about, by id."""
    if isinstance(model, PersonDocument):
        return {"person": model.id}
    return {"person": model.person} if isinstance(model, MandateDocument) else {}


def _write(applier: Applier, entry: Entry) -> Outcome:
    """A row, and what follows for a person."""
    session, model, now = applier.session, entry.model, applier.now
    is_person = isinstance(model, PersonDocument)
    before = changes.standing(session, model.id, now) if is_person else None
    word, found = rows.write(session, applier.sealer, now, entry)
    if before is not None and word != "unchanged":
        changes.follow(session, applier.teller, applier.settings.base_url, model.id, before)
    if word == "created":
        found = _of_new(model)
    return Outcome(entry.kind, model.key, word, found)


def _register(applier: Applier, entry: Entry) -> Outcome:
    model, name = entry.model, entry.model.key
    kind = KINDS[entry.kind]
    known = registrations.standing(applier.session, kind, name)
    before = None if known is None else dict(known.document)
    document = model.model_dump(mode="json", exclude_none=True, by_alias=True)
    if not registrations.save(applier.session, kind, name, document, applier.now):
        return Outcome(entry.kind, name, "unchanged")
    if before is None:
        return Outcome(entry.kind, name, "created", _of_new(model))
    return Outcome(entry.kind, name, "changed", between(before, document))


def _of_new(model: BaseModel) -> tuple[Difference, ...]:
    """Only what was said: defaults would hide it."""
    return between({}, model.model_dump(mode="json", exclude_defaults=True, by_alias=True))


def _with_metadata(entry: Entry, settings: Settings) -> Entry:
    """A SAML makelaar with its metadata in hand, checked. Raises DocumentsRefused."""
    record = entry.model
    if not isinstance(record, ProviderRecord) or record.saml is None:
        return entry
    saml = record.saml
    try:
        xml = saml.metadata or _fetched(saml.metadata_url, settings)
        described = describe_metadata(xml)
    except (MetadataRefused, OutgoingRefused, OutgoingFailed) as error:
        raise DocumentsRefused([f"{entry.place}: saml.metadata: {error}"]) from None
    if described.entity_id != saml.entity_id:
        raise DocumentsRefused(
            [f"{entry.place}: saml.entity_id: the metadata says {described.entity_id}"]
        )
    full = record.model_copy(update={"saml": saml.model_copy(update={"metadata": xml})})
    return Entry(entry.kind, full, entry.place, entry.folder)


def _fetched(url: str | None, settings: Settings) -> str:
    if url is None:
        raise MetadataRefused("give metadata_file or metadata_url")
    outgoing = OutgoingClient(allowed_loopback=settings.development.loopback)
    answer = outgoing.get(url, accept="application/samlmetadata+xml", max_bytes=MAX_BYTES)
    if answer.status != 200:
        raise MetadataRefused(f"{url} answered {answer.status}")
    return answer.body.decode("utf-8", errors="replace")
