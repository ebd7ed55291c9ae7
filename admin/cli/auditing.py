"""``sluis audit`` and ``sluis person``: verify, export, the last checkpoint, forget a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from pathlib import Path

from admin.actor import COMMAND_LINE
from admin.audit import evidence, inspection
from admin.audit.export import Period
from admin.audit.verification import Fault, Report
from admin.cli.context import fail
from admin.cli.installation import Opened, opened
from admin.people.erasure import forget
from admin.registrations.files import FileRefused, unicode_text
from broker.settings import Settings
from keys.keyring import load_keyring
from keys.master_key_file import load_sealer
from state.db import writing

TOLD = {
    Fault.ROW_CHANGED: "an event was changed after it was sealed",
    Fault.ROWS_MISSING: "events of this batch are missing",
    Fault.ROWS_ADDED: "this batch has more events than were sealed",
    Fault.PERSON_CHANGED: "an event names another person than was sealed",
    Fault.PERSON_ERASED: "a person was taken out who was not forgotten",
    Fault.BATCH_CHANGED: "the batch was changed",
    Fault.BATCH_MISSING: "the batch is missing",
    Fault.CHAIN_BROKEN: "the batch does not follow the one before it",
    Fault.SIGNATURE_BAD: "the checkpoint is not signed by us, or for something else",
    Fault.SIGNER_BAD: "a key that signed checkpoints was changed",
    Fault.WRONG_ORDER: "the order of events or batches was changed",
    Fault.CHAIN_CUT: "the chain is shorter than the checkpoint says: its end was cut off",
    Fault.CHAIN_REWRITTEN: "the chain is another one than that of the checkpoint",
}


def verify(settings: Settings, checkpoint: Path | None) -> Report:
    """``checkpoint``: a file with one that was kept elsewhere."""
    try:
        kept = unicode_text(checkpoint) if checkpoint is not None else None
    except FileRefused as refused:
        fail(f"{checkpoint}: {refused}", 2)
    with _opened(settings) as at:
        return inspection.verify(at.session, at.sealer, kept)


def report_lines(report: Report, now: datetime) -> list[str]:
    """What the report says, for people."""
    lines = [f"Audit chain: {report.batches} batches, {report.rows} events"]
    if report.begins_after:
        lines.append(f"  Begins after batch {report.begins_after}: older events had their time")
    if report.forgotten:
        lines.append(f"  Names of forgotten people: {report.forgotten}")
    if report.unsealed and report.unsealed_since is not None:
        age = int((now - report.unsealed_since).total_seconds())
        lines.append(f"  Not sealed yet: {report.unsealed} events, the oldest of {age} s ago")
    for found in report.faults:
        where = [f"batch {found.batch}"] if found.batch is not None else []
        where += [f"event {found.event}"] if found.event is not None else []
        place = ", ".join(where) or "chain"
        lines.append(f"  FAULT  {place}: {TOLD[found.fault]} ({found.fault})")
    lines.append("The chain is whole." if report.is_whole else "The chain is NOT whole.")
    return lines


def report_json(report: Report, now: datetime) -> str:
    """The same for programs."""
    since = report.unsealed_since
    age = int((now - since).total_seconds()) if since is not None else None
    values = {**asdict(report), "whole": report.is_whole, "unsealed_seconds": age}
    del values["unsealed_since"]
    return json.dumps(values, indent=2)


def export_lines(settings: Settings, period: Period, layout: str) -> Iterator[str]:
    """Every line of the export."""
    with _opened(settings) as at:
        yield from inspection.export(at.session, period, layout, actor=COMMAND_LINE, now=at.now)


def last_checkpoint(settings: Settings) -> str | None:
    """The signed checkpoint of the last batch; None where nothing is sealed."""
    with _opened(settings) as at:
        return inspection.last_checkpoint(at.session)


def evidence_of(settings: Settings, reference: str) -> list[bytes]:
    """What was kept of the login with this reference."""
    with _opened(settings) as at:
        return evidence.opened(at.session, at.sealer, reference, actor=COMMAND_LINE, now=at.now)


def forget_person(settings: Settings, person_id: str) -> list[str]:
    """Lines to print. Raises NoSuchPerson, StillOperator and LastOfGroup."""
    with _opened(settings) as at:
        keyring = load_keyring(at.session, at.sealer)
        with writing(at.session) as session:
            done = forget(session, at.sealer, keyring, person_id, actor=COMMAND_LINE, now=at.now)
    return [
        f"{person_id} is forgotten: name, address, ways to log in, history and consents are gone.",
        f"{done.events} audit events name nobody any more; the chain still holds.",
    ]


def first_of(lines: Iterator[str]) -> Iterator[str]:
    """The same lines, after the first was made: what fails, fails before anything is written."""
    for line in lines:
        return chain([line], lines)
    return iter(())


@contextmanager
def _opened(settings: Settings) -> Iterator[Opened]:
    """No command of the audit goes on without the master key, also where it opens nothing."""
    with opened(settings) as at:
        load_sealer(settings.keys.master_key_file)
        yield at
