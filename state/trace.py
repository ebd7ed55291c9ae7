"""Trace: what was decided in one login, without anything that names a person; found by reference.

Written when the login ends, and before that when it stands before a page that says what is missing;
also for a request that was refused before there was a login. Thrown away after
``retention.trace_days``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import JSON, ColumnElement, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance.levels import AssuranceLevel
from state.db import Base, LevelColumn, UtcDateTime, new_id, table_of
from state.prepared import PreparedStatement, insert_into
from state.purging import delete_some

# Crockford's base 32: no I, L, O and U; who reads I or L means 1, who reads O means 0.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH: Final = 8
_READ_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


Fact = str | int | bool | None
WELL: Final = frozenset({"answered", "sent", "accepted", "continued", "not_asked"})
STOPPED: Final = frozenset({"cancelled"})
# Outcome of a request that was refused before there was a login, or beside the login it was about.
NOT_BEGUN: Final = "not_begun"
OPEN: Final = "open"  # outcome of a login that did not end yet
_REFUSED: Final = "refused"
_END: Final = "ended"


@dataclass(frozen=True)
class TraceStep:
    """One decision. Step, outcome and reason are machine words of ours, never received text.

    ``measured``: what was found and what was expected, as words, numbers, identifiers of
    registrations and bounded values of a protocol (``given``, ``clock_seconds``, ``seen``), nothing
    that names a person.
    """

    step: str
    outcome: str
    reason: str | None
    milliseconds: int  # since the login began
    measured: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def went_well(self) -> bool:
        """Nothing was wrong here; a user who stopped is not well and nothing wrong either."""
        return self.outcome in WELL

    @property
    def is_bad(self) -> bool:
        """Something was wrong here."""
        return self.outcome not in WELL | STOPPED


@dataclass(frozen=True)
class TraceRecord:
    """The steps of one login and how it ended. Identifiers of registrations, never of people."""

    reference: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    reason: str | None = None
    client_id: str | None = None
    service_uuid: str | None = None
    provider_id: str | None = None
    level: AssuranceLevel | None = None
    steps: tuple[TraceStep, ...] = ()

    @property
    def failed(self) -> int | None:
        """The number (from 1) of the step that went wrong; the last one where none says so and the
        login was refused; None where the login succeeded or the user stopped.
        """
        if self.outcome == "success":
            return None
        bad = [n for n, step in enumerate(self.steps, 1) if step.is_bad]
        # The end repeats what a step before it said.
        told = [n for n in bad if self.steps[n - 1].step != _END] or bad
        if told:
            return told[-1]
        return len(self.steps) if self.outcome == "refused" and self.steps else None

    @property
    def measured(self) -> Mapping[str, Fact]:
        """What the step that went wrong found and expected."""
        number = self.failed
        return self.steps[number - 1].measured if number else {}

    @property
    def cause(self) -> str | None:
        """What a step says of itself is more precise than the reason of the whole."""
        number = self.failed
        own = self.steps[number - 1].reason if number else None
        return own or self.reason


class Trace(Base):
    """A TraceRecord as kept. References may collide in a busy week, so they are no key. ``cause``:
    why the login did not succeed, as the record tells it. Each filter of the list has an index that
    gives the newest rows first, so that nobody reads a million of them.
    """

    __tablename__ = "trace"
    __table_args__ = (
        Index("ix_trace_service_uuid_ended_at", "service_uuid", "ended_at"),
        Index("ix_trace_provider_id_ended_at", "provider_id", "ended_at"),
        Index("ix_trace_outcome_ended_at", "outcome", "ended_at"),
        Index("ix_trace_cause_ended_at", "cause", "ended_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    outcome: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(80))
    cause: Mapped[str | None] = mapped_column(String(80))
    client_id: Mapped[str | None] = mapped_column(String(200))
    service_uuid: Mapped[str | None] = mapped_column(String(36))
    provider_id: Mapped[str | None] = mapped_column(String(63))
    level: Mapped[AssuranceLevel | None] = mapped_column(LevelColumn)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


_INSERT: Final = PreparedStatement(insert_into(table_of(Trace)))
_STEPS: Final = TypeAdapter(tuple[TraceStep, ...])


def new_reference() -> str:
    """Eight characters that a person can read over the telephone: 40 random bits."""
    # The alphabet has 32 signs, so that five bits of a byte choose each as often as another.
    return "".join([ALPHABET[byte & 31] for byte in secrets.token_bytes(REFERENCE_LENGTH)])


def show_reference(reference: str) -> str:
    """``XXXX-XXXX``, as people see it."""
    half = REFERENCE_LENGTH // 2
    return f"{reference[:half]}-{reference[half:]}"


def parse_reference(text: str) -> str | None:
    """The reference that was typed, in any case, with or without hyphens; None if it is none."""
    if len(text) > 4 * REFERENCE_LENGTH:
        return None
    reference = text.upper().translate(_READ_AS)
    if len(reference) != REFERENCE_LENGTH or not set(reference) <= set(ALPHABET):
        return None
    return reference


def save(session: Session, record: TraceRecord, *, trace_id: str | None = None) -> None:
    """Write one trace with the transaction of the caller. ``trace_id``: 26 characters that are for
    ever this login's; a second trace with the same raises IntegrityError.
    """
    _INSERT.run(
        session,
        {
            "id": trace_id or new_id(),
            "reference": record.reference,
            "started_at": record.started_at,
            "ended_at": record.ended_at,
            "outcome": record.outcome,
            "reason": record.reason,
            "cause": record.cause,
            "client_id": record.client_id,
            "service_uuid": record.service_uuid,
            "provider_id": record.provider_id,
            "level": record.level,
            "steps": _STEPS.dump_python(record.steps, mode="json"),
        },
    )


def amend(session: Session, record: TraceRecord, *, trace_id: str) -> None:
    """Keep this of a login in progress in place of what was kept before; what its end wrote stays.

    In place: whoever writes the end at this moment finds one row.
    """
    row = session.get(Trace, trace_id, with_for_update=True, populate_existing=True)
    if row is None or row.outcome not in (OPEN, _REFUSED):
        return
    if row.steps and row.steps[-1]["step"] == _END:
        return
    row.ended_at, row.outcome = record.ended_at, record.outcome
    row.reason, row.cause = record.reason, record.cause
    row.provider_id, row.service_uuid = record.provider_id, record.service_uuid
    row.steps = _STEPS.dump_python(record.steps, mode="json")


def withdraw(session: Session, trace_id: str) -> None:
    """Make place for what this login became after all."""
    session.execute(delete(Trace).where(Trace.id == trace_id))


def find(session: Session, reference: str) -> TraceRecord | None:
    """The last login with this reference (as from parse_reference); where there is none, the last
    request that was refused; or None.
    """
    rows = select(Trace).where(Trace.reference == reference).order_by(*logins_first()).limit(1)
    row = session.scalars(rows).first()
    return record_of(row) if row is not None else None


def logins_first() -> tuple[ColumnElement[Any], ...]:
    """The order in which one reference is told: logins before what was refused beside them, each
    newest first.
    """
    return Trace.outcome == NOT_BEGUN, Trace.ended_at.desc(), Trace.id.desc()


def record_of(row: Trace) -> TraceRecord:
    """What a row holds."""
    return TraceRecord(
        reference=row.reference,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        reason=row.reason,
        client_id=row.client_id,
        service_uuid=row.service_uuid,
        provider_id=row.provider_id,
        level=row.level,
        steps=_STEPS.validate_python(row.steps),
    )


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of the traces of logins that ended before this moment; how many."""
    return delete_some(session, Trace.id, Trace.ended_at < before)
