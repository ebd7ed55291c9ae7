"""Export of the audit: every event with the checkpoint of its batch, as JSON lines or CEF.

In the order of the chain, so that a reader can follow it; what is not sealed yet comes last.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.audit import rows
from admin.audit.chain import AuditBatch
from admin.audit.rows import StoredEvent
from state.audit import AuditRow

FORGOTTEN: Final = "forgotten"
_SEVERITY: Final = {"refused": 5, "cancelled": 3, "expired": 3}
_CEF_NAMES: Final = {
    "reference": "externalId",
    "person_id": "suid",
    "client_id": "cs1",
    "service_uuid": "cs2",
    "provider_id": "cs3",
    "organisation_id": "cs4",
    "level": "cs5",
    "details": "cs6",
    "outcome": "outcome",
    "reason": "reason",
}


@dataclass(frozen=True)
class Period:
    """Events from ``since`` up to, not including, ``until``."""

    since: datetime | None = None
    until: datetime | None = None


def lines(session: Session, period: Period, layout: str) -> Iterator[str]:
    """One line per event and per checkpoint; ``layout``: ``jsonl`` or ``cef``."""
    of_event, of_checkpoint = _LAYOUTS[layout]
    batch: int | None = None
    for event in _events(session, period):
        if batch is not None and event.batch != batch:
            yield from _checkpoint(session, batch, of_checkpoint)
        batch = event.batch
        yield of_event(_values(event))
    if batch is not None:
        yield from _checkpoint(session, batch, of_checkpoint)


def _events(session: Session, period: Period) -> Iterator[StoredEvent]:
    wanted = rows.query()
    if period.since is not None:
        wanted = wanted.where(AuditRow.at >= period.since)
    if period.until is not None:
        wanted = wanted.where(AuditRow.at < period.until)
    sealed = wanted.where(AuditRow.batch.is_not(None)).order_by(AuditRow.batch, AuditRow.id)
    yield from rows.read(session, sealed)
    yield from rows.read(session, wanted.where(AuditRow.batch.is_(None)).order_by(AuditRow.id))


def _checkpoint(session: Session, number: int, show: Callable[[int, str], str]) -> Iterator[str]:
    found = session.scalar(select(AuditBatch.checkpoint).where(AuditBatch.number == number))
    if found is not None:
        yield show(number, found)


def _values(event: StoredEvent) -> dict[str, Any]:
    people = dict.fromkeys(event.forgotten, FORGOTTEN) | event.people
    details = event.facts["details"]
    if isinstance(details, dict):
        named = {name: who for name, who in people.items() if name != "person_id"}
        details = {**details, **named}
    return {
        "id": event.id,
        **event.facts,
        "person_id": people.get("person_id"),
        "details": details,
        "batch": event.batch,
        "sealed_people": event.sealed_people,
        "digest": event.digest.hex() if event.digest is not None else None,
    }


def _json_event(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


def _json_checkpoint(number: int, checkpoint: str) -> str:
    return json.dumps({"batch": number, "checkpoint": checkpoint})


def _cef_event(values: dict[str, Any]) -> str:
    """ArcSight Common Event Format, version 0."""
    moment = datetime.fromisoformat(values["at"]).astimezone(UTC)
    extension = {"rt": str(int(moment.timestamp() * 1000)), "cn1": str(values["id"])}
    extension["cn1Label"] = "audit id"
    for name, key in _CEF_NAMES.items():
        value = values[name]
        if value in (None, {}):
            continue
        text = json.dumps(value, sort_keys=True) if isinstance(value, dict) else str(value)
        extension[key] = text
        if key.startswith("cs"):
            extension[f"{key}Label"] = name
    severity = _SEVERITY.get(values["outcome"], 1)
    return _cef(str(values["tag"]), severity, extension)


def _cef_checkpoint(number: int, checkpoint: str) -> str:
    extension = {"cn1": str(number), "cn1Label": "audit batch", "cs1": checkpoint}
    return _cef("audit.checkpoint", 1, {**extension, "cs1Label": "checkpoint"})


def _cef(tag: str, severity: int, extension: dict[str, str]) -> str:
    name = tag.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("\r", " ")
    pairs = " ".join(f"{key}={_cef_value(value)}" for key, value in extension.items())
    return f"CEF:0|Sluis|sluis|1|{name}|{name}|{severity}|{pairs}"


def _cef_value(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("=", "\\=")
    return escaped.replace("\r", "\\r").replace("\n", "\\n")


_LAYOUTS: Final[dict[str, tuple[Callable[[dict[str, Any]], str], Callable[[int, str], str]]]] = {
    "jsonl": (_json_event, _json_checkpoint),
    "cef": (_cef_event, _cef_checkpoint),
}
