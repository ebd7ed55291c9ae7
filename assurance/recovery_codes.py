"""Recovery codes: the last resort. Ten of 80 bits, kept as keyed hashes, each for one use."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from assurance.factors import BoundBy, Factor, FactorKind, RecoveryCode
from directory.people import Person
from keys.sealing import Sealer
from state.db import new_id

CODES: Final = 10
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # 32 signs that are hard to mix up
_LENGTH: Final = 16
_CONTEXT: Final = "recovery-code"


def bind(
    session: Session,
    sealer: Sealer,
    *,
    person_id: str,
    bound_by: BoundBy,
    now: datetime,
    codes: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """A new set, which ends the old one. The codes are returned once and kept nowhere. ``codes``
    are made here unless they come from elsewhere. Of two sets at once the later one stays.
    """
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    session.execute(
        update(Factor)
        .where(
            Factor.person_id == person_id,
            Factor.kind == FactorKind.RECOVERY_CODES,
            Factor.ended_at.is_(None),
        )
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    factor = Factor(
        id=new_id(),
        person_id=person_id,
        kind=FactorKind.RECOVERY_CODES,
        bound_by=bound_by,
        secret=b"",
        bound_at=now,
    )
    session.add(factor)
    session.flush()
    codes = codes or tuple(_new_code() for _ in range(CODES))
    session.add_all(
        RecoveryCode(factor_id=factor.id, code_hash=_hash(sealer, factor.id, code))
        for code in codes
    )
    return codes


def take(session: Session, sealer: Sealer, factor_id: str, code: str, now: datetime) -> bool:
    """Use a code up; of two requests with the same one, one gets True."""
    taken = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.factor_id == factor_id,
            RecoveryCode.code_hash == _hash(sealer, factor_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).first()
    return taken is not None


def left(session: Session, factor_id: str) -> int:
    """How many codes of this set still work."""
    query = select(func.count()).where(
        RecoveryCode.factor_id == factor_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalars(query).one()


def is_code(text: str) -> bool:
    """Has this the length and the signs of a code, however it is grouped?"""
    signs = _plain(text)
    return len(signs) == _LENGTH and signs.isascii() and signs.isalnum()


def _new_code() -> str:
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, _LENGTH, 4))


def _hash(sealer: Sealer, factor_id: str, code: str) -> str:
    signs = _plain(code)
    return sealer.fingerprint(_CONTEXT, factor_id, signs[: _LENGTH + 1])


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").lower()
