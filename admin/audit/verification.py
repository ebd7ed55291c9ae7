"""Verification: is the audit chain whole, and does each row still say what was sealed?

Reads the chain from its beginning (or the anchor that a purge left) to the unsealed tail. What is
not sealed yet can be changed unseen; what was cut off the end shows only beside a checkpoint that
was kept elsewhere.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.audit import rows
from admin.audit.chain import GENESIS, AuditBatch, link_of, root_of, signers
from admin.audit.rows import StoredEvent
from keys.person_key import PersonKey, PersonKeys, key_id_of
from keys.sealing import SealBroken, Sealer
from state.audit import AuditRow, EventTag

CHUNK: Final = 50  # batches read at once
SHOWN: Final = 1000  # faults that are told; a chain that was rewritten has as many as rows


class Fault(enum.StrEnum):
    """What can be wrong."""

    ROW_CHANGED = "row_changed"
    ROWS_MISSING = "rows_missing"
    ROWS_ADDED = "rows_added"
    PERSON_CHANGED = "person_changed"
    PERSON_ERASED = "person_erased"  # not by us: no key was destroyed, or no event says so
    BATCH_CHANGED = "batch_changed"
    BATCH_MISSING = "batch_missing"
    CHAIN_BROKEN = "chain_broken"
    SIGNATURE_BAD = "signature_bad"
    SIGNER_BAD = "signer_bad"
    WRONG_ORDER = "wrong_order"
    CHAIN_CUT = "chain_cut"  # shorter than the checkpoint
    CHAIN_REWRITTEN = "chain_rewritten"  # another chain than that of the checkpoint


@dataclass(frozen=True)
class AuditFinding:
    """One fault and where it is."""

    fault: Fault
    batch: int | None = None
    event: int | None = None


@dataclass
class Report:
    """What was read and what was wrong."""

    batches: int = 0
    rows: int = 0
    forgotten: int = 0
    begins_after: int = 0  # number of the last batch that was thrown away
    last: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    faults: list[AuditFinding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults

    def add(self, fault: Fault, batch: int | None = None, event: int | None = None) -> None:
        """Note a fault."""
        if len(self.faults) < SHOWN:
            self.faults.append(AuditFinding(fault, batch, event))


def verify(session: Session, sealer: Sealer, checkpoint: str | None = None) -> Report:
    """Read everything in one view of the database. ``checkpoint``: a compact JWS kept elsewhere."""
    report = Report()
    try:
        keys = signers(session, sealer)
    except (SealBroken, ValueError):
        report.add(Fault.SIGNER_BAD)
        keys = {}
    try:
        _Walk(session, sealer, keys, report).run()
    except ValueError:  # a batch whose values cannot even be read
        report.add(Fault.BATCH_CHANGED, report.last + 1)
    _tail(session, report)
    if checkpoint is not None:
        _compare(session, keys, report, checkpoint)
    return report


def opened(checkpoint: str, keys: dict[str, ECKey]) -> dict[str, Any] | None:
    """What a checkpoint or anchor says; None where nobody of ours signed it."""
    try:
        header = jws.extract_compact(checkpoint.strip().encode()).headers()
        key = keys.get(str(header.get("kid")))
        if key is None:
            return None
        found = jws.deserialize_compact(checkpoint.strip(), key, algorithms=["ES256"])
        said = json.loads(found.payload)
    except (JoseError, ValueError):
        return None
    return said if isinstance(said, dict) else None


@dataclass
class _Walk:
    """One reading of the chain, batch by batch."""

    session: Session
    sealer: Sealer
    keys: dict[str, ECKey]
    report: Report
    previous: str = GENESIS
    number: int = 0
    destroyed: dict[str, tuple[int, int]] = field(default_factory=dict)  # key id -> first seen
    announced: set[str] = field(default_factory=set)
    sealed_at: datetime | None = None

    def run(self) -> None:
        for batches in _chunks(self.session):
            events = self._events(batches)
            for batch in batches:
                self._batch(batch, events.pop(batch.number, []))
        self._left_over()

    def _events(self, batches: Sequence[AuditBatch]) -> dict[int, list[StoredEvent]]:
        low, high = batches[0].number, batches[-1].number
        wanted = rows.query().where(AuditRow.batch.between(low, high))
        found = rows.read(self.session, wanted.order_by(AuditRow.batch, AuditRow.id))
        return {number: list(group) for number, group in groupby(found, lambda e: e.batch or 0)}

    def _batch(self, batch: AuditBatch, events: list[StoredEvent]) -> None:
        report, link = self.report, link_of(batch)
        report.batches, report.last = report.batches + 1, batch.number
        if batch.anchor is not None and self.number == 0:
            self._begin(batch, events)
            return
        for missing in islice(range(self.number + 1, batch.number), SHOWN):
            report.add(Fault.BATCH_MISSING, missing)
        follows = self.number + 1 == batch.number
        if follows and batch.previous != self.previous:
            report.add(Fault.CHAIN_BROKEN, batch.number)
        if link.hash != batch.hash:
            report.add(Fault.BATCH_CHANGED, batch.number)
        if opened(batch.checkpoint, self.keys) != json.loads(link.payload()):
            report.add(Fault.SIGNATURE_BAD, batch.number)
        if self.sealed_at is not None and batch.sealed_at < self.sealed_at:
            report.add(Fault.WRONG_ORDER, batch.number)
        self.number, self.previous, self.sealed_at = batch.number, batch.hash, batch.sealed_at
        self._rows(batch, events)

    def _begin(self, batch: AuditBatch, events: list[StoredEvent]) -> None:
        """The chain begins after a batch that was thrown away: what it says must be signed."""
        link = link_of(batch)
        if opened(batch.anchor or "", self.keys) != json.loads(link.anchor()):
            self.report.add(Fault.SIGNATURE_BAD, batch.number)
        if link.hash != batch.hash:
            self.report.add(Fault.BATCH_CHANGED, batch.number)
        if events:
            self.report.add(Fault.ROWS_ADDED, batch.number)
        self.report.begins_after = batch.number
        self.number, self.previous, self.sealed_at = batch.number, batch.hash, batch.sealed_at

    def _rows(self, batch: AuditBatch, events: list[StoredEvent]) -> None:
        report, number = self.report, batch.number
        report.rows += len(events)
        changed = [event.id for event in events if event.computed() != event.digest]
        for identifier in changed:
            report.add(Fault.ROW_CHANGED, number, identifier)
        if len(events) != batch.count:
            fewer = len(events) < batch.count
            report.add(Fault.ROWS_MISSING if fewer else Fault.ROWS_ADDED, number)
        elif root_of(events) != batch.root and not changed:
            report.add(Fault.ROW_CHANGED, number)
        elif events and (events[0].id, events[-1].id) != (batch.first_id, batch.last_id):
            report.add(Fault.WRONG_ORDER, number)
        self._people(number, events)

    def _people(self, number: int, events: Sequence[StoredEvent]) -> None:
        """Ids are those that were sealed; where one was taken out, the person was forgotten."""
        keys = PersonKeys(self.session, self.sealer)
        try:
            keys.load(str(who) for event in events for who in event.people.values())
        except SealBroken:
            self.report.add(Fault.PERSON_CHANGED, number)
            return
        for event in events:
            if event.facts["tag"] == EventTag.PERSON_FORGOTTEN:
                details = event.facts["details"]
                self.announced.add(str(details.get("key")) if isinstance(details, dict) else "")
            for sealed in event.forgotten.values():
                self.report.forgotten += 1
                self.destroyed.setdefault(key_id_of(sealed), (number, event.id))
            if not all(keys.opens(str(who), sealed) for who, sealed in event.named.values()):
                self.report.add(Fault.PERSON_CHANGED, number, event.id)

    def _left_over(self) -> None:
        """Rows of batches that are not there, and people who are called forgotten and are not."""
        known = select(AuditBatch.number).where(AuditBatch.number >= 0)  # as far as was read
        strays = select(AuditRow.batch).where(
            AuditRow.batch.is_not(None), AuditRow.batch.not_in(known)
        )
        for number in self.session.scalars(strays.distinct()):
            self.report.add(Fault.BATCH_MISSING, number)
        standing = set(self.session.scalars(select(PersonKey.id)))
        for key_id, (where, event) in self.destroyed.items():
            if key_id in standing or key_id not in self.announced:
                self.report.add(Fault.PERSON_ERASED, where, event)


def _chunks(session: Session) -> Iterator[Sequence[AuditBatch]]:
    after = -1
    while True:
        query = select(AuditBatch).where(AuditBatch.number > after)
        found = session.scalars(query.order_by(AuditBatch.number).limit(CHUNK)).all()
        if not found:
            return
        yield found
        after = found[-1].number
        session.expunge_all()


def _tail(session: Session, report: Report) -> None:
    query = select(func.count(), func.min(AuditRow.at)).where(AuditRow.batch.is_(None))
    report.unsealed, report.unsealed_since = session.execute(query).one()


def _compare(session: Session, keys: dict[str, ECKey], report: Report, checkpoint: str) -> None:
    said = opened(checkpoint, keys)
    if said is None or not isinstance(said.get("number"), int):
        report.add(Fault.SIGNATURE_BAD)
        return
    number = said["number"]
    if number > report.last:
        report.add(Fault.CHAIN_CUT, number)
    elif number >= max(report.begins_after, 1):
        there = session.scalar(select(AuditBatch.hash).where(AuditBatch.number == number))
        if there != said.get("hash"):
            report.add(Fault.CHAIN_REWRITTEN, number)
