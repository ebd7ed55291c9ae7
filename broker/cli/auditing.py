"""``sluis audit``: is the chain whole, what does it hold, and its last signed checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from broker.audit import batches, retention, rows
from broker.audit.rows import StoredEvent
from broker.audit.verification import Fault, Found, Report, verify
from broker.settings import Settings
from broker.tables import TABLES
from keys.keyring import load_keyring
from keys.sealing import Sealer, load_master_key
from state import audit
from state.audit import AuditEvent, AuditRow, EventTag
from state.clock import utc_now
from state.db import writing
from state.engine import make_engine

SAID: Final = {
    Fault.ROW_CHANGED: "an event was changed after it was sealed",
    Fault.ROWS_MISSING: "events were removed",
    Fault.ROWS_ADDED: "events were added afterwards",
    Fault.PERSON_CHANGED: "the person of an event was changed",
    Fault.PERSON_ERASED: "the person of an event was erased, and not by `sluis audit forget`",
    Fault.BATCH_CHANGED: "a batch was changed",
    Fault.BATCH_MISSING: "a batch was removed",
    Fault.CHAIN_BROKEN: "a batch does not follow the one before it",
    Fault.SIGNATURE_BAD: "a checkpoint is not signed by this installation",
    Fault.SIGNER_BAD: "a key that signed checkpoints was changed",
    Fault.WRONG_ORDER: "the order is not that of sealing",
    Fault.CHAIN_CUT: "the chain is shorter than the checkpoint that you gave",
    Fault.CHAIN_REWRITTEN: "the chain is another one than that of the checkpoint that you gave",
}
# Common Event Format: what its header and its values may not hold as it is.
_HEADER: Final = str.maketrans({"\\": r"\\", "|": r"\|", "\n": " ", "\r": " "})
_VALUE: Final = str.maketrans({"\\": r"\\", "=": r"\=", "\n": r"\n", "\r": r"\r"})


class NoSuchPerson(Exception):
    """No audit event names this person, or it was forgotten before."""


def verified(settings: Settings, checkpoint: Path | None) -> Report:
    """Read the whole chain. ``checkpoint``: a file that ``sluis audit checkpoint`` wrote."""
    kept = checkpoint.read_text(encoding="ascii") if checkpoint is not None else None
    with _session(settings) as session:
        return verify(session, _sealer(settings), kept)


def told(report: Report, now: datetime) -> Iterator[str]:
    """The report for a person."""
    yield f"Events: {report.rows} in {report.batches} batches, {report.forgotten} of them forgotten"
    if report.begins_after:
        yield f"Begins: after batch {report.begins_after}; what came before had its time"
    if report.unsealed_since is not None:
        age = int((now - report.unsealed_since).total_seconds())
        yield f"Not sealed yet: {report.unsealed}, the oldest for {age} seconds"
    for found in report.faults:
        yield f"WRONG: {_where(found)}{SAID[found.fault]}"
    yield (
        "The audit is whole."
        if report.is_whole
        else ("The audit is NOT whole. Keep the database as it is, and compare it with a back-up.")
    )


def as_json(report: Report) -> str:
    since = report.unsealed_since
    return json.dumps(
        {**asdict(report), "unsealed_since": since, "whole": report.is_whole}, default=str
    )


def checkpoint(settings: Settings) -> str | None:
    """The last checkpoint, a compact JWS; None before anything was sealed."""
    with _session(settings) as session:
        last = batches.newest(session)
        return last.checkpoint if last is not None else None


def exported(
    settings: Settings, *, since: datetime | None, until: datetime | None, as_cef: bool
) -> Iterator[str]:
    """Events of this time, one a line, oldest first, with the checkpoints between them as JSON.

    Written down as an export before the first line leaves.
    """
    with _session(settings) as session:
        with writing(session):
            audit.record(session, AuditEvent(EventTag.EXPORT_MADE, utc_now(), reason="audit"))
        wanted = rows.query().order_by(AuditRow.id)
        if since is not None:
            wanted = wanted.where(AuditRow.at >= since)
        if until is not None:
            wanted = wanted.where(AuditRow.at < until)
        number: int | None = None
        for event in rows.read(session, wanted):
            if not as_cef and number is not None and event.batch != number:
                yield from _checkpoint_line(settings, number)
            number = event.batch
            yield _cef(event) if as_cef else _json(event)
        if not as_cef and number is not None:
            yield from _checkpoint_line(settings, number)


def forget(settings: Settings, person_id: str) -> int:
    """Take a person out of the audit; how many events were theirs. Raises NoSuchPerson."""
    sealer = _sealer(settings)
    with _session(settings) as session:
        keyring = load_keyring(session, sealer)
        with writing(session):
            events = retention.forget(session, sealer, keyring, person_id, utc_now())
    if not events:
        raise NoSuchPerson(person_id)
    return events


def day(text: str | None) -> datetime | None:
    """The beginning of a day in UTC. Raises ValueError."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _session(settings: Settings) -> Session:
    assert TABLES
    return Session(make_engine(settings.database.url), expire_on_commit=False)


def _sealer(settings: Settings) -> Sealer:
    return Sealer(load_master_key(settings.keys.master_key_file))


def _where(found: Found) -> str:
    place = [f"batch {found.batch}"] if found.batch is not None else []
    place += [f"event {found.event}"] if found.event is not None else []
    return f"{', '.join(place)}: " if place else ""


def _json(event: StoredEvent) -> str:
    person = "forgotten" if event.is_forgotten else event.person_id
    return json.dumps({"id": event.id, "batch": event.batch, "person_id": person, **event.facts})


def _checkpoint_line(settings: Settings, number: int) -> Iterator[str]:
    with _session(settings) as session:
        batch = session.get(batches.AuditBatch, number)
    if batch is not None:
        yield json.dumps({"batch": number, "checkpoint": batch.checkpoint})


def _cef(event: StoredEvent) -> str:
    """ArcSight Common Event Format, version 0."""
    tag = str(event.facts["tag"]).translate(_HEADER)
    severity = 6 if event.facts["outcome"] == "refused" else 3
    values = {
        "rt": event.facts["at"],
        "externalId": event.id,
        "suid": "forgotten" if event.is_forgotten else event.person_id,
        **{name: event.facts[name] for name in ("outcome", "reason")},
        "cs1Label": "reference",
        "cs1": event.facts["reference"],
        "cs2Label": "service",
        "cs2": event.facts["service_uuid"],
        "cs3Label": "provider",
        "cs3": event.facts["provider_id"],
    }
    said = " ".join(f"{k}={str(v).translate(_VALUE)}" for k, v in values.items() if v is not None)
    return f"CEF:0|Sluis|Sluis|1|{tag}|{tag}|{severity}|{said}"
