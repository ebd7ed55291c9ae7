"""``sluis apply``: documents become registrations and rows, all in one transaction, with an audit
event per change.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from broker.cli import rows
from broker.cli.documents import DocumentsRefused, Entry, read
from broker.cli.references import check_references
from broker.settings import Settings
from broker.tables import TABLES
from directory.services import OidcClient, Service
from keys.sealing import Sealer, load_master_key
from providers.registry import ProviderRecord
from providers.saml.metadata import MAX_BYTES, MetadataRefused, describe_metadata
from state import audit, registrations
from state.addresses import OutgoingRefused
from state.audit import AuditEvent, EventTag
from state.clock import utc_now
from state.db import writing
from state.engine import make_engine
from state.outgoing import OutgoingClient, OutgoingFailed
from state.registrations import Kind

KINDS = {"Service": Kind.SERVICE, "IdentityProvider": Kind.IDENTITY_PROVIDER, "Client": Kind.CLIENT}


@dataclass(frozen=True)
class Applier:
    """What writing needs."""

    session: Session
    sealer: Sealer
    now: datetime


class _DryRun(Exception):
    """Ends the transaction without a trace."""


def apply_files(settings: Settings, path: Path, *, dry_run: bool = False) -> tuple[list[str], int]:
    """The lines to print and how many things changed. Raises DocumentsRefused; then nothing was
    changed.
    """
    assert TABLES
    entries = [_with_metadata(entry, settings) for entry in read(path)]
    engine = make_engine(settings.database.url)
    sealer = Sealer(load_master_key(settings.keys.master_key_file))
    outcomes: list[tuple[str, str, str]] = []
    with Session(engine, expire_on_commit=False) as session:
        mistakes = check_references(session, entries)
        if mistakes:
            raise DocumentsRefused(mistakes)
        try:
            with writing(session):
                applier = Applier(session, sealer, utc_now())
                outcomes = [_apply(applier, entry) for entry in entries]
                if dry_run:
                    raise _DryRun
        except _DryRun:
            pass
    return _lines(outcomes), sum(word != "unchanged" for _, _, word in outcomes)


def _apply(applier: Applier, entry: Entry) -> tuple[str, str, str]:
    """Kind, name, and created, changed or unchanged."""
    if entry.kind in KINDS:
        name, word = _register(applier, entry)
    else:
        name, word = (
            entry.model.key,
            rows.write(applier.session, applier.sealer, applier.now, entry),
        )
    if word != "unchanged":
        audit.record(
            applier.session,
            AuditEvent(
                tag=EventTag.REGISTRATION_CHANGED,
                at=applier.now,
                outcome=word,
                details={"kind": entry.kind, "name": name if entry.kind in KINDS else None},
            ),
        )
    return entry.kind, name, word


def _register(applier: Applier, entry: Entry) -> tuple[str, str]:
    model = entry.model
    name = (
        model.uuid
        if isinstance(model, Service)
        else (model.client_id if isinstance(model, OidcClient) else model.id)
    )
    kind = KINDS[entry.kind]
    known = applier.session.get(registrations.Registration, (kind, name)) is not None
    document = model.model_dump(mode="json", exclude_none=True)
    saved = registrations.save(applier.session, kind, name, document, applier.now)
    return name, ("changed" if known else "created") if saved else "unchanged"


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


def _lines(outcomes: list[tuple[str, str, str]]) -> list[str]:
    lines = [
        f"{word:<10} {kind:<17} {name}" for kind, name, word in outcomes if word != "unchanged"
    ]
    counts = Counter(word for _, _, word in outcomes)
    words = ("created", "changed", "unchanged")
    return [*lines, ", ".join(f"{counts[word]} {word}" for word in words)]
