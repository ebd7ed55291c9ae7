"""Second factors: which ones somebody has, and whether a code is right. Counters live in SQL and
survive restarts.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from assurance import passkeys, recovery_codes
from assurance.factors import TRUSTED, BoundBy, Factor, FactorKind
from assurance.totp import TotpParameters, matching_step
from keys.sealing import Sealer
from state.db import new_id

MAX_FAILURES: Final = 5
LOCK_TIMES: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24))
MAX_FAILURES_A_DAY: Final = 100
DAY: Final = timedelta(hours=24)
_CONTEXT: Final = "factor"


@dataclass(frozen=True)
class SecondFactorMethod:
    """A factor as a page may show it: no secret."""

    factor_id: str
    kind: FactorKind
    label: str
    locked_until: datetime | None
    digits: int = 6


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


FactorOutcome = Accepted | Wrong | Locked


def bind_totp(
    session: Session,
    sealer: Sealer,
    *,
    person_id: str,
    seed: str,
    label: str,
    now: datetime,
    bound_by: BoundBy = BoundBy.ADMINISTRATOR,
    used_step: int = 0,
) -> Factor:
    """Give somebody a TOTP factor. Whether that is allowed is the caller's to judge (a level, a
    letter, a person). ``used_step``: of the code that confirmed it, which works no second time.
    """
    factor = _new(FactorKind.TOTP, person_id, bound_by, now, label)
    factor.last_step = used_step
    return _add(session, sealer, factor, seed)


def bind_device(
    session: Session,
    sealer: Sealer,
    *,
    person_id: str,
    serial: str,
    seed: str,
    parameters: TotpParameters,
    bound_by: BoundBy,
    now: datetime,
    used_step: int = 0,
) -> Factor:
    """Give somebody the OATH device with this serial number. ``seed`` is base32."""
    factor = _new(FactorKind.OTP_DEVICE, person_id, bound_by, now, f"…{serial[-4:]}")
    factor.serial, factor.algorithm, factor.last_step = serial, parameters.algorithm, used_step
    factor.period, factor.digits = parameters.period, parameters.digits
    return _add(session, sealer, factor, seed)


def bind_sms(
    session: Session,
    sealer: Sealer,
    *,
    person_id: str,
    number: str,
    bound_by: BoundBy,
    now: datetime,
) -> Factor:
    """Give somebody codes on this number, which ``sms.accepted_number`` made."""
    factor = _new(FactorKind.SMS, person_id, bound_by, now, f"…{number[-2:]}")
    return _add(session, sealer, factor, number)


def number_of(session: Session, sealer: Sealer, factor_id: str) -> str:
    """The phone number of an SMS factor."""
    factor = session.get_one(Factor, factor_id)
    return sealer.open(factor.secret, f"{_CONTEXT}:{factor.id}").decode()


def _new(kind: FactorKind, person_id: str, bound_by: BoundBy, now: datetime, label: str) -> Factor:
    return Factor(
        id=new_id(), person_id=person_id, kind=kind, bound_by=bound_by, label=label, bound_at=now
    )


def _add(session: Session, sealer: Sealer, factor: Factor, secret: str) -> Factor:
    factor.secret = sealer.seal(secret.encode(), f"{_CONTEXT}:{factor.id}")
    session.add(factor)
    return factor


def methods_of(session: Session, person_id: str, now: datetime) -> Sequence[SecondFactorMethod]:
    """The factors of this person that may lift a login, last used first and recovery codes
    at the end. One read.
    """
    query = (
        select(Factor)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
        .where(Factor.bound_by.in_(TRUSTED))
        .order_by(
            Factor.kind == FactorKind.RECOVERY_CODES,  # the last resort, also when used last
            Factor.last_used_at.desc().nulls_last(),
            Factor.bound_at,
            Factor.id,
        )
    )
    return [
        SecondFactorMethod(
            f.id, f.kind, f.label, f.locked_until if _is_locked(f, now) else None, f.digits
        )
        for f in session.scalars(query)
    ]


def stands(session: Session, factor_id: str) -> bool:
    """Is this factor still there? What was proved with one that ended counts no more. One read."""
    query = select(Factor.id).where(Factor.id == factor_id, Factor.ended_at.is_(None))
    return session.scalars(query).first() is not None


def is_code(kind: FactorKind, digits: int, text: str) -> bool:
    """Has this the shape of a code? What has not is a slip of the hand, and no try. Spaces are
    allowed, and dashes in a recovery code.
    """
    if kind is FactorKind.RECOVERY_CODES:
        return recovery_codes.is_code(text)
    plain = text.replace(" ", "")
    return len(plain) == digits and plain.isascii() and plain.isdigit()


def verify(
    session: Session,
    sealer: Sealer,
    *,
    factor_id: str,
    person_id: str,
    code: str,
    now: datetime,
    expected: str | None = None,
    given: str = "",
) -> FactorOutcome:
    """Judge one code, in the caller's write transaction, which it must commit whatever the outcome.

    For SMS the caller compares hashes: ``expected`` of the code that was sent and still holds,
    ``given`` of the one that was typed. Of two requests with the same code one is accepted.
    """
    return _judged(
        session,
        factor_id,
        person_id,
        now,
        lambda factor: _step(session, sealer, factor, code, now, expected, given),
    )


def verify_passkey(
    session: Session,
    *,
    factor_id: str,
    person_id: str,
    now: datetime,
    count: int | None,
    before: int,
) -> FactorOutcome:
    """As ``verify``, for a passkey: ``count`` is its counter after this use, None where its answer
    was refused; ``before`` the counter that the answer was compared with.
    """

    def step(factor: Factor) -> int | None:
        if count is None or factor.kind is not FactorKind.PASSKEY:
            return None
        moved = passkeys.forward(session, factor.id, before, count)
        return factor.last_step + 1 if moved else None

    return _judged(session, factor_id, person_id, now, step)


def _judged(
    session: Session,
    factor_id: str,
    person_id: str,
    now: datetime,
    step_of: Callable[[Factor], int | None],
) -> FactorOutcome:
    factor = session.get(Factor, factor_id, with_for_update=True, populate_existing=True)
    if factor is None or factor.ended_at is not None or factor.person_id != person_id:
        return Wrong(0)
    if _is_locked(factor, now):
        assert factor.locked_until is not None
        return Locked(factor.locked_until)
    step = step_of(factor)
    if step is not None and _take_step(session, factor, step, now):
        return Accepted()
    return _failed(factor, now)


def _step(
    session: Session,
    sealer: Sealer,
    factor: Factor,
    code: str,
    now: datetime,
    expected: str | None,
    given: str,
) -> int | None:
    """The step that this code takes; None where it is wrong."""
    if factor.kind is FactorKind.PASSKEY:
        return None
    if factor.kind is FactorKind.SMS:
        right = expected is not None and hmac.compare_digest(expected, given)
        return factor.last_step + 1 if right else None
    if factor.kind is FactorKind.RECOVERY_CODES:
        taken = recovery_codes.take(session, sealer, factor.id, code, now)
        return factor.last_step + 1 if taken else None
    seed = sealer.open(factor.secret, f"{_CONTEXT}:{factor.id}").decode()
    parameters = TotpParameters(factor.period, factor.digits, factor.algorithm)
    return matching_step(seed, code, now, factor.last_step, parameters)


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


def _failed(factor: Factor, now: datetime) -> FactorOutcome:
    """Every fifth wrong code in a row locks, each time for longer; a hundred in a day lock for the
    rest of it, also with right ones in between.
    """
    factor.failures += 1
    if factor.day_began_at is None or factor.day_began_at + DAY <= now:
        factor.day_began_at, factor.day_failures = now, 0
    factor.day_failures += 1
    rounds, rest = divmod(factor.failures, MAX_FAILURES)
    full = factor.day_failures >= MAX_FAILURES_A_DAY
    if rest and not full:
        return Wrong(MAX_FAILURES - rest)
    ends = now if rest else now + LOCK_TIMES[min(rounds, len(LOCK_TIMES)) - 1]
    factor.locked_until = max(ends, factor.day_began_at + DAY) if full else ends
    return Locked(factor.locked_until)


def _is_locked(factor: Factor, now: datetime) -> bool:
    return factor.locked_until is not None and factor.locked_until > now
