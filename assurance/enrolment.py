"""Enrolment: what a session must be to change a factor, whether a new one counts, and how a factor
ends. A stolen password of a lower level must not give itself a second factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assurance.factors import MOST_OF_A_KIND, TRUSTED, BoundBy, Factor, FactorKind
from assurance.levels import AssuranceLevel
from assurance.step_up import LOCAL_FACTOR_GIVES, FactorLack
from directory.origin import Origin


@dataclass(frozen=True)
class OwnFactor:
    """A factor as its owner may see it: no secret."""

    id: str
    kind: FactorKind
    label: str
    bound_by: BoundBy
    bound_at: datetime
    last_used_at: datetime | None
    locked_until: datetime | None

    @property
    def lifts(self) -> bool:
        return self.bound_by in TRUSTED


def of_person(session: Session, person_id: str, now: datetime) -> list[OwnFactor]:
    """Every factor that this person has now, oldest first."""
    query = (
        select(Factor)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
        .order_by(Factor.bound_at, Factor.id)
    )
    return [
        OwnFactor(
            f.id,
            f.kind,
            f.label,
            f.bound_by,
            f.bound_at,
            f.last_used_at,
            f.locked_until if f.locked_until is not None and f.locked_until > now else None,
        )
        for f in session.scalars(query)
    ]


def factors_give(own_means: AssuranceLevel | None) -> AssuranceLevel:
    """What a factor of this person can lift to: with a means of Sluis to the level of that means,
    so a weaker login elsewhere must not add or end one.
    """
    return max(LOCAL_FACTOR_GIVES, own_means or LOCAL_FACTOR_GIVES)


def binding(reached: AssuranceLevel, gives: AssuranceLevel) -> BoundBy:
    """How a factor is bound that is added in a session of this level."""
    return BoundBy.SESSION if reached >= gives else BoundBy.SELF


def level_to_add(known: Sequence[OwnFactor], gives: AssuranceLevel) -> AssuranceLevel:
    """The level that a session needs to add a factor: that of the factors that are there, so that
    the first factor alone never adds one beside them.
    """
    return level_to_end(known, gives)


def level_to_end(ending: Sequence[OwnFactor], gives: AssuranceLevel) -> AssuranceLevel:
    """The level that a session needs to change or end these factors: what they give."""
    counts = any(factor.lifts for factor in ending)
    return gives if counts else AssuranceLevel.EH2


def lack(known: Sequence[OwnFactor]) -> FactorLack:
    """Why none of these helps where a factor would."""
    if not known:
        return FactorLack.NONE
    return FactorLack.KIND if any(factor.lifts for factor in known) else FactorLack.WAITS


def is_full(known: Sequence[OwnFactor], kind: FactorKind) -> bool:
    """Has this person as many factors of this kind as one may have?"""
    return sum(one.kind is kind for one in known) >= MOST_OF_A_KIND


def wait_again(session: Session, person_id: str) -> list[str]:
    """Let the factors that this person added in a session wait for a letter, because from now on
    they would give more than that session proved; their ids. What an administrator bound or a
    letter confirmed counts on.
    """
    waiting = session.scalars(
        update(Factor)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
        .where(Factor.bound_by == BoundBy.SESSION)
        .values(bound_by=BoundBy.SELF)
        .returning(Factor.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.expire_all()
    return list(waiting)


def wait_since(session: Session, person_id: str, ended_at: datetime) -> list[str]:
    """Let the factors that counted when a means ended wait for a letter, now that there is another:
    nobody knows who has had them since; their ids. What a document says of a person counts on.
    """
    waiting = session.scalars(
        update(Factor)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
        .where(Factor.bound_by.in_(TRUSTED), Factor.bound_at <= ended_at)
        .where(Factor.origin != Origin.DOCUMENT)
        .values(bound_by=BoundBy.SELF)
        .returning(Factor.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.expire_all()
    return list(waiting)


def is_last_that_lifts(known: Sequence[OwnFactor], factor: OwnFactor) -> bool:
    """No other factor but recovery codes would lift a login after this one is gone."""
    others = [
        one
        for one in known
        if one.lifts and one.id != factor.id and one.kind is not FactorKind.RECOVERY_CODES
    ]
    return factor.lifts and factor.kind is not FactorKind.RECOVERY_CODES and not others


def end(session: Session, person_id: str, factor_id: str, now: datetime) -> bool:
    """End a factor; of two callers one gets True. Its device is free again."""
    factor = session.get(Factor, factor_id, with_for_update=True, populate_existing=True)
    if factor is None or factor.person_id != person_id or factor.ended_at is not None:
        return False
    factor.ended_at, factor.serial = now, None
    return True


def rename(session: Session, person_id: str, factor_id: str, label: str) -> bool:
    """Give a factor of this person another name."""
    factor = session.get(Factor, factor_id, with_for_update=True, populate_existing=True)
    if factor is None or factor.person_id != person_id or factor.ended_at is not None:
        return False
    factor.label = label
    return True
