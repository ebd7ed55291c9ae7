"""The passkeys of people: rows beside their factors, and the counter that only goes forward."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assurance.factors import MOST_OF_A_KIND, BoundBy, Factor, FactorKind, Passkey
from assurance.webauthn import Credential, PasskeyOwner, PasskeyRefused
from keys.sealing import Sealer
from state.db import new_id


def owner(sealer: Sealer, person_id: str, name: str) -> PasskeyOwner:
    """How a passkey names this person: a keyed hash, the same every time."""
    return PasskeyOwner(handle(sealer, person_id), name)


def handle(sealer: Sealer, person_id: str) -> bytes:
    """The user handle (WebAuthn §14.6.1): 32 bytes that hold nothing about the person."""
    return bytes.fromhex(sealer.fingerprint("passkey-user", person_id))[:32]


def bind(
    session: Session,
    credential: Credential,
    *,
    person_id: str,
    label: str,
    bound_by: BoundBy,
    now: datetime,
) -> Factor:
    """Give somebody this passkey. Raises PasskeyRefused: ``known`` where it is somebody's already,
    ``too_many``.
    """
    hashed = _hash(credential.id)
    taken = select(Passkey.factor_id).where(Passkey.credential_hash == hashed)
    if session.scalars(taken).first() is not None:
        raise PasskeyRefused("known")
    if len(of_person(session, person_id)) >= MOST_OF_A_KIND:
        raise PasskeyRefused("too_many")
    factor = Factor(
        id=new_id(),
        person_id=person_id,
        kind=FactorKind.PASSKEY,
        bound_by=bound_by,
        label=label,
        secret=b"",
        bound_at=now,
    )
    session.add(factor)
    session.flush()
    session.add(
        Passkey(
            factor_id=factor.id,
            credential_hash=hashed,
            credential_id=credential.id,
            public_key=credential.public_key,
            sign_count=credential.sign_count,
        )
    )
    return factor


def of_person(session: Session, person_id: str) -> dict[str, Credential]:
    """The passkeys that this person has now, by factor id."""
    query = (
        select(Passkey)
        .join(Factor, Factor.id == Passkey.factor_id)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
    )
    return {
        row.factor_id: Credential(row.credential_id, row.public_key, row.sign_count)
        for row in session.scalars(query)
    }


def chosen(known: dict[str, Credential], credential_id: bytes) -> str | None:
    """The factor id of the passkey that answers; None where it is none of these."""
    return next((key for key, one in known.items() if one.id == credential_id), None)


def forward(session: Session, factor_id: str, before: int, after: int) -> bool:
    """Move the sign counter; of two answers with the same count one gets True."""
    moved = session.execute(
        update(Passkey)
        .where(Passkey.factor_id == factor_id, Passkey.sign_count == before)
        .values(sign_count=after)
        .returning(Passkey.factor_id)
        .execution_options(synchronize_session=False)
    ).first()
    return moved is not None


def credentials(known: dict[str, Credential], factor_ids: Sequence[str]) -> list[Credential]:
    """Those of these factors."""
    return [known[factor_id] for factor_id in factor_ids if factor_id in known]


def _hash(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
