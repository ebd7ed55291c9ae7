"""Requests to reset factors: one operator asks, with the proof of who the person is. What comes of
a request stands in ``decisions``.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from admin.actor import Actor
from admin.factor_resets.colleagues import colleague
from admin.factor_resets.rules import Proof, Reason, is_same_human, proofs_for
from admin.operators import roles
from admin.operators.roles import Permission
from assurance import enrolment
from assurance.enrolment import OwnFactor
from assurance.levels import AssuranceLevel
from directory.people import Person
from providers import accounts
from state import audit
from state.audit import AuditEvent, Detail, EventTag
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, new_id
from state.purging import delete_some

VALID_FOR: Final = timedelta(hours=1)
RESETS: Final = Permission.RESET_FACTORS


class ResetOutcome(enum.StrEnum):
    """How a request ended."""

    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    STALE = "stale"


class FactorReset(Base):
    """A request; it is open while ``outcome`` is empty and its time lasts. ``factors`` are ids of
    those that must go, ``standing`` a digest of all that the person had. ``level``: what they give.
    """

    __tablename__ = "factor_reset"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    factors: Mapped[list[str]] = mapped_column(JSON)
    standing: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Reason] = mapped_column(enum_column_type(Reason, 20))
    proof: Mapped[Proof] = mapped_column(enum_column_type(Proof, 20))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[ResetOutcome | None] = mapped_column(
        enum_column_type(ResetOutcome, 20), index=True
    )
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_open(self, now: datetime) -> bool:
        return self.outcome is None and self.expires_at > now


class ResetRefused(Exception):
    """Nothing was asked. ``why``: one of ``operator``, ``self``, ``blocked`` and ``open``, else
    some of ``factors``, ``reason`` and ``proof``.
    """

    def __init__(self, *why: str) -> None:
        super().__init__(*why)
        self.why = frozenset(why)


@dataclass(frozen=True)
class ResetRequestForm:
    """What an operator filled in; any text."""

    factor_ids: frozenset[str]
    reason: str
    proof: str


def gives(session: Session, person_id: str) -> AssuranceLevel:
    """What the factors of this person lift to, and so what the proof must be good for."""
    return enrolment.factors_give(accounts.level_of(session, person_id))


def objection(session: Session, person: Person, asked_by: str, now: datetime) -> str | None:
    """Why nothing can be asked for this person; a word of ResetRefused.

    An operator gets in again at the machine only: else one role could take over a higher one.
    Nobody proves who he is to himself, so who seems to be the person asks a colleague.
    """
    if person.id == asked_by or roles.roles_of(session, person.id, now):
        return "operator"
    who = [colleague(session, one, RESETS, now) for one in (asked_by, person.id)]
    if is_same_human(*who):
        return "self"
    if person.blocked_at is not None:
        return "blocked"
    return "open" if _open_of(session, person.id, now) else None


def ask(
    session: Session, person_id: str, wish: ResetRequestForm, *, actor: Actor, now: datetime
) -> FactorReset:
    """Ask for a reset; of two at once one is asked. Raises ResetRefused, and ValueError for who did
    not log in.
    """
    asked_by = actor.logged_in
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    why = objection(session, person, asked_by, now)
    if why is not None:
        raise ResetRefused(why)
    standing = enrolment.of_person(session, person_id, now)
    level = gives(session, person_id)
    faults = _faults(wish, standing, level)
    if faults:
        raise ResetRefused(*faults)
    reset = FactorReset(
        id=new_id(),
        person_id=person_id,
        asked_by=asked_by,
        factors=[one.id for one in standing if one.id in wish.factor_ids],
        standing=digest(standing),
        reason=Reason(wish.reason),
        proof=Proof(wish.proof),
        level=level,
        asked_at=now,
        expires_at=now + VALID_FOR,
    )
    session.add(reset)
    record(session, EventTag.FACTOR_RESET_ASKED, reset, asked_by, now)
    return reset


def open_now(session: Session, now: datetime) -> Sequence[FactorReset]:
    """Every request that waits for a decision, oldest first."""
    query = (
        select(FactorReset)
        .where(FactorReset.outcome.is_(None), FactorReset.expires_at > now)
        .order_by(FactorReset.asked_at, FactorReset.id)
    )
    return list(session.scalars(query))


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of the requests that ended before this moment; how many."""
    return delete_some(session, FactorReset.id, FactorReset.ended_at < before)


def _faults(
    wish: ResetRequestForm, standing: Sequence[OwnFactor], level: AssuranceLevel
) -> list[str]:
    """What is missing or not good enough."""
    known = {one.id for one in standing}
    checks = {
        "factors": bool(wish.factor_ids) and wish.factor_ids <= known,
        "reason": wish.reason in set(Reason),
        "proof": wish.proof in proofs_for(level),
    }
    return [name for name, is_good in checks.items() if not is_good]


def _open_of(session: Session, person_id: str, now: datetime) -> bool:
    query = select(FactorReset.id).where(
        FactorReset.person_id == person_id,
        FactorReset.outcome.is_(None),
        FactorReset.expires_at > now,
    )
    return session.scalars(query).first() is not None


def digest(standing: Collection[OwnFactor]) -> str:
    """Of what somebody has: another one added, ended or made to count gives another digest."""
    text = " ".join(sorted(f"{one.id}:{one.bound_by}" for one in standing))
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    session: Session, tag: EventTag, reset: FactorReset, by: str | None, now: datetime
) -> None:
    audit.record(session, AuditEvent(tag, now, person_id=by, details=details(reset)))


def details(reset: FactorReset) -> dict[str, Detail]:
    return {
        "request": reset.id,
        "person": reset.person_id,
        "operator": reset.asked_by,
        "factors": len(reset.factors),
        "reason": str(reset.reason),
        "proof": str(reset.proof),
    }
