"""Second factors: which ones somebody has, and whether a code is right. Counters live in SQL and
survive restarts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from assurance.means import Factor, FactorKind
from assurance.totp import matching_step
from keys.sealing import Sealer
from state.db import new_id

MAX_FAILURES: Final = 5
LOCK_TIMES: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24))
_CONTEXT: Final = "factor"


@dataclass(frozen=True)
class Method:
    """A factor as a page may show it: no secret."""

    factor_id: str
    kind: FactorKind
    label: str
    locked_until: datetime | None


@dataclass(frozen=True)
class Accepted:
    """The code is right, and used up."""


@dataclass(frozen=True)
class Wrong:
    """The code is wrong, or was used before."""

    tries_left: int


@dataclass(frozen=True)
class Locked:
    """Too many wrong codes; opens by itself at ``until``."""

    until: datetime


Outcome = Accepted | Wrong | Locked


def bind_totp(
    session: Session, sealer: Sealer, *, person_id: str, seed: str, label: str, now: datetime
) -> Factor:
    """Give somebody a TOTP factor. Whether that is allowed is the caller's to judge (a level, a
    letter, a person).
    """
    identifier = new_id()
    factor = Factor(
        id=identifier,
        person_id=person_id,
        kind=FactorKind.TOTP,
        label=label,
        secret=sealer.seal(seed.encode(), f"{_CONTEXT}:{identifier}"),
        bound_at=now,
    )
    session.add(factor)
    return factor


def methods_of(session: Session, person_id: str, now: datetime) -> Sequence[Method]:
    """The factors of this person, last used first. One read."""
    query = (
        select(Factor)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
        .order_by(Factor.last_used_at.desc().nulls_last(), Factor.bound_at)
    )
    return [
        Method(f.id, f.kind, f.label, f.locked_until if _is_locked(f, now) else None)
        for f in session.scalars(query)
    ]


def verify(
    session: Session, sealer: Sealer, *, factor_id: str, person_id: str, code: str, now: datetime
) -> Outcome:
    """Judge one code, in the caller's write transaction, which it must commit whatever the outcome.

    Of two requests with the same code one is accepted: the time step moves by a conditional update.
    """
    factor = session.get(Factor, factor_id, with_for_update=True, populate_existing=True)
    if factor is None or factor.ended_at is not None or factor.person_id != person_id:
        return Wrong(0)
    if _is_locked(factor, now):
        assert factor.locked_until is not None
        return Locked(factor.locked_until)
    seed = sealer.open(factor.secret, f"{_CONTEXT}:{factor.id}").decode()
    step = matching_step(seed, code, now, after=factor.last_step)
    if step is not None and _take_step(session, factor, step, now):
        return Accepted()
    return _failed(factor, now)


def _take_step(session: Session, factor: Factor, step: int, now: datetime) -> bool:
    taken = session.execute(
        update(Factor)
        .where(Factor.id == factor.id, Factor.last_step < step)
        .where(or_(Factor.locked_until.is_(None), Factor.locked_until <= now))
        .values(last_step=step, failures=0, locked_until=None, last_used_at=now)
        .returning(Factor.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.expire(factor)
    return taken is not None


def _failed(factor: Factor, now: datetime) -> Outcome:
    """Every fifth wrong code in a row locks, each time for longer."""
    factor.failures += 1
    rounds, rest = divmod(factor.failures, MAX_FAILURES)
    if rest:
        return Wrong(MAX_FAILURES - rest)
    factor.locked_until = now + LOCK_TIMES[min(rounds, len(LOCK_TIMES)) - 1]
    return Locked(factor.locked_until)


def _is_locked(factor: Factor, now: datetime) -> bool:
    return factor.locked_until is not None and factor.locked_until > now
