"""Requests to reset factors: asked, and ended once: approved, rejected, withdrawn, over or stale.

Each function works in the transaction of its caller and writes its audit event there. Ending the
factors of an approved request is the caller's, in that same transaction.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import JSON, Enum, ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from admin import operators
from admin.operators import Permission, may
from admin.reset_rules import Approval, Colleague, Proof, Reason, Verdict, mailbox, proofs_for
from admin.reset_rules import verdict as judge
from assurance import enrolment
from assurance.enrolment import OwnFactor
from assurance.levels import AssuranceLevel
from directory.people import Person
from providers import accounts
from providers.accounts import Account
from state import audit
from state.audit import AuditEvent, Detail, EventTag
from state.db import Base, LevelColumn, UtcDateTime, new_id
from state.purging import delete_some

VALID_FOR: Final = timedelta(hours=1)


class Outcome(enum.StrEnum):
    """How a request ended."""

    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    STALE = "stale"


_TAGS: Final = {
    Outcome.REJECTED: EventTag.FACTOR_RESET_REJECTED,
    Outcome.WITHDRAWN: EventTag.FACTOR_RESET_WITHDRAWN,
    Outcome.EXPIRED: EventTag.FACTOR_RESET_EXPIRED,
    Outcome.STALE: EventTag.FACTOR_RESET_STALE,
}
_ENDS: Final = {Verdict.EXPIRED: Outcome.EXPIRED, Verdict.STALE: Outcome.STALE}


def _words(names: type[enum.StrEnum]) -> Enum:
    return Enum(
        names,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda e: [m.value for m in e],
    )


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
    reason: Mapped[Reason] = mapped_column(_words(Reason))
    proof: Mapped[Proof] = mapped_column(_words(Proof))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome | None] = mapped_column(_words(Outcome), index=True)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_open(self, now: datetime) -> bool:
        return self.outcome is None and self.expires_at > now


class ResetRefused(Exception):
    """Nothing was asked. ``why``: ``self``, ``operator``, ``blocked``, ``open``, ``factors``,
    ``reason`` or ``proof``.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Wish:
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
    """
    if person.id == asked_by:
        return "self"
    if operators.roles_of(session, person.id, now):
        return "operator"
    if person.blocked_at is not None:
        return "blocked"
    return "open" if _open_of(session, person.id, now) else None


def ask(
    session: Session, person_id: str, wish: Wish, *, asked_by: str, now: datetime
) -> FactorReset:
    """Ask for a reset; of two at once one is asked. Raises ResetRefused."""
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    why = objection(session, person, asked_by, now)
    if why is not None:
        raise ResetRefused(why)
    standing = enrolment.of_person(session, person_id, now)
    chosen = [one.id for one in standing if one.id in wish.factor_ids]
    if not chosen or len(chosen) != len(wish.factor_ids):
        raise ResetRefused("factors")
    if wish.reason not in set(Reason):
        raise ResetRefused("reason")
    level = gives(session, person_id)
    if wish.proof not in proofs_for(level):
        raise ResetRefused("proof")
    reset = FactorReset(
        id=new_id(),
        person_id=person_id,
        asked_by=asked_by,
        factors=chosen,
        standing=_digest(standing),
        reason=Reason(wish.reason),
        proof=Proof(wish.proof),
        level=level,
        asked_at=now,
        expires_at=now + VALID_FOR,
    )
    session.add(reset)
    _record(session, EventTag.FACTOR_RESET_ASKED, reset, asked_by, now)
    return reset


def approve(session: Session, reset_id: str, approver_id: str, now: datetime) -> Verdict:
    """Judge an approval and take the request; of two approvals at once one gets GRANTED.

    The caller must commit whatever the verdict: what is over or stale ends here, and an approval
    by somebody who may not is audited.
    """
    reset = session.get_one(FactorReset, reset_id, with_for_update=True, populate_existing=True)
    found = verdict(session, reset, approver_id, now)
    if found is Verdict.GRANTED:
        return found if _end(session, reset, Outcome.DONE, approver_id, now) else Verdict.DECIDED
    if found in _ENDS:
        close(session, reset, _ENDS[found], None if found is Verdict.EXPIRED else approver_id, now)
    elif found is not Verdict.DECIDED:
        denied = _details(reset)
        audit.record(
            session,
            AuditEvent(
                EventTag.ACCESS_DENIED, now, person_id=approver_id, reason=found, details=denied
            ),
        )
    return found


def verdict(session: Session, reset: FactorReset, approver_id: str, now: datetime) -> Verdict:
    """What an approval by this operator would come to now. Changes nothing."""
    standing = enrolment.of_person(session, reset.person_id, now)
    person = session.get_one(Person, reset.person_id)
    return judge(
        Approval(
            is_open=reset.outcome is None,
            is_over=reset.expires_at <= now,
            is_same=_digest(standing) == reset.standing and person.blocked_at is None,
            subject_id=reset.person_id,
            asker=_colleague(session, reset.asked_by, now),
            approver=_colleague(session, approver_id, now),
        )
    )


def close(
    session: Session, reset: FactorReset, outcome: Outcome, by: str | None, now: datetime
) -> bool:
    """End a request without a reset; False where it ended before. ``by`` is None for time."""
    if not _end(session, reset, outcome, by, now):
        return False
    _record(session, _TAGS[outcome], reset, by, now)
    return True


def end_over(session: Session, now: datetime) -> int:
    """End every request whose time is over; how many."""
    query = select(FactorReset).where(FactorReset.outcome.is_(None), FactorReset.expires_at <= now)
    return sum(close(session, one, Outcome.EXPIRED, None, now) for one in session.scalars(query))


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


def _open_of(session: Session, person_id: str, now: datetime) -> bool:
    query = select(FactorReset.id).where(
        FactorReset.person_id == person_id,
        FactorReset.outcome.is_(None),
        FactorReset.expires_at > now,
    )
    return session.scalars(query).first() is not None


def _end(
    session: Session, reset: FactorReset, outcome: Outcome, by: str | None, now: datetime
) -> bool:
    done = session.execute(
        update(FactorReset)
        .where(FactorReset.id == reset.id, FactorReset.outcome.is_(None))
        .values(outcome=outcome, decided_by=by, ended_at=now)
        .returning(FactorReset.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.expire(reset)
    return done is not None


def _colleague(session: Session, person_id: str, now: datetime) -> Colleague:
    person = session.get_one(Person, person_id)
    account = session.scalars(select(Account).where(Account.person_id == person_id)).first()
    addresses = (person.email, account.email if account is not None else None)
    return Colleague(
        person_id=person_id,
        name=person.display_name,
        mailboxes=frozenset(mailbox(address) for address in addresses if address),
        may_reset=may(operators.roles_of(session, person_id, now), Permission.RESET_FACTORS),
    )


def _digest(standing: Collection[OwnFactor]) -> str:
    """Of what somebody has: another one added, ended or made to count gives another digest."""
    text = " ".join(sorted(f"{one.id}:{one.bound_by}" for one in standing))
    return hashlib.sha256(text.encode()).hexdigest()


def _record(
    session: Session, tag: EventTag, reset: FactorReset, by: str | None, now: datetime
) -> None:
    audit.record(session, AuditEvent(tag, now, person_id=by, details=_details(reset)))


def _details(reset: FactorReset) -> dict[str, Detail]:
    return {
        "request": reset.id,
        "person": reset.person_id,
        "operator": reset.asked_by,
        "factors": len(reset.factors),
        "reason": str(reset.reason),
        "proof": str(reset.proof),
    }
