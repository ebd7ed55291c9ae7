"""Letters with a code: who gets post at home and can log in makes a factor of his own count."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assurance.factors import BoundBy, Factor, FactorLetter
from keys.sealing import Sealer
from state.db import new_id

HOLDS: Final = timedelta(days=30)
MOST_TRIES: Final = 3
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs that print apart
_LENGTH: Final = 12


def write(session: Session, sealer: Sealer, factor_id: str, now: datetime) -> str:
    """A new code for this factor, which ends the code of an earlier letter, also of one that is
    written at the same time. Kept as a hash.
    """
    session.execute(select(Factor.id).where(Factor.id == factor_id).with_for_update())
    session.execute(
        update(FactorLetter)
        .where(FactorLetter.factor_id == factor_id, FactorLetter.used_at.is_(None))
        .values(tries=MOST_TRIES)
        .execution_options(synchronize_session=False)
    )
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    session.add(
        FactorLetter(
            id=new_id(),
            factor_id=factor_id,
            code_hash=_hash(sealer, factor_id, signs),
            sent_at=now,
            tries=0,
        )
    )
    return "-".join(signs[start : start + 4] for start in range(0, _LENGTH, 4))


def waiting(session: Session, person_id: str, now: datetime) -> list[str]:
    """The factors of this person for which a letter is under way that may still be used."""
    query = (
        select(FactorLetter.factor_id)
        .join(Factor, Factor.id == FactorLetter.factor_id)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
        .where(FactorLetter.used_at.is_(None), FactorLetter.tries < MOST_TRIES)
        .where(FactorLetter.sent_at > now - HOLDS)
    )
    return list(session.scalars(query))


def confirm(session: Session, sealer: Sealer, factor_id: str, code: str, now: datetime) -> bool:
    """Judge one code, in the caller's write transaction, which it must commit whatever the outcome.
    The right one makes the factor count.
    """
    letter = session.scalars(
        select(FactorLetter)
        .where(FactorLetter.factor_id == factor_id, FactorLetter.used_at.is_(None))
        .where(FactorLetter.tries < MOST_TRIES, FactorLetter.sent_at > now - HOLDS)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    factor = session.get(Factor, factor_id, with_for_update=True, populate_existing=True)
    if letter is None or factor is None or factor.ended_at is not None:
        return False
    letter.tries += 1
    if not hmac.compare_digest(letter.code_hash, _hash(sealer, factor_id, code)):
        return False
    letter.used_at = now
    if factor.bound_by is BoundBy.SELF:
        factor.bound_by = BoundBy.LETTER
    return True


def _hash(sealer: Sealer, factor_id: str, code: str) -> str:
    signs = code.upper().replace("-", "").replace(" ", "")[: _LENGTH + 1]
    return sealer.fingerprint("factor-letter", factor_id, signs)
