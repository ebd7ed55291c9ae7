"""Signing and encryption keys by hand: what stands, what a rotation brings, publishing next keys,
and a key that must go at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from admin.actor import Actor
from keys import revocation
from keys.calendar import CalendarEntry, CalendarStep, entries, steps
from keys.keyring import open_key
from keys.revocation import Revoked
from keys.rotation import NEEDED, NextKeyExists, RotationPolicy, introduce, live_keys
from keys.sealing import Sealer
from keys.signing_key import KeyState, KeyUse, SigningKey
from state.clock import Clock
from state.db import writing


@dataclass(frozen=True)
class Introduced:
    """One use and algorithm. ``kid``: the key that was published, and signs from ``used_from`` on;
    both are None where a next key was published already.
    """

    use: KeyUse
    algorithm: str
    kid: str | None = None
    used_from: datetime | None = None


@dataclass(frozen=True)
class Consequences:
    """A key, and what breaks when it goes, as sentences for an operator."""

    kid: str
    use: KeyUse
    algorithm: str
    state: KeyState
    sentences: tuple[str, ...]


def listed(session: Session, policy: RotationPolicy) -> tuple[CalendarEntry, ...]:
    """Every key in use; nothing of private halves."""
    return entries(live_keys(session), policy)


def public_half(session: Session, sealer: Sealer, kid: str) -> str:
    """In PEM, for a party that keeps it by hand. Raises NoSuchKey, WrongMasterKey."""
    row = revocation.find(session, kid)
    if row.sealed is None:
        raise revocation.NoSuchKey(f"the key {row.kid} has no halves any more")
    public = open_key(row.sealed, row.kid, row.use, sealer).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def planned(
    session: Session, uses: Sequence[KeyUse], policy: RotationPolicy, now: datetime
) -> tuple[CalendarStep, ...]:
    """What a rotation begun now brings. Changes nothing."""
    return steps(live_keys(session), uses, now, policy)


def rotate(
    session: Session,
    sealer: Sealer,
    uses: Sequence[KeyUse],
    policy: RotationPolicy,
    *,
    actor: Actor,
    clock: Clock,
    used_from: datetime | None = None,
) -> tuple[Introduced, ...]:
    """Publish the next key of each use that has none, each in a transaction of its own: making one
    takes a moment in which nobody else can write to SQLite. ``used_from``: None leaves that to the
    policy. Raises WrongMasterKey.
    """
    return tuple(
        _introduced(session, sealer, use, algorithm, policy, actor, clock, used_from)
        for use, algorithm in NEEDED
        if use in uses
    )


def consequences(session: Session, kid: str) -> Consequences:
    """What breaks when this key goes. Changes nothing. Raises NoSuchKey."""
    keys, key = live_keys(session), revocation.find(session, kid)
    sentences = revocation.consequences(key.use, key.state, successor=_has_next(keys, key))
    return Consequences(key.kid, key.use, key.algorithm, key.state, sentences)


def revoke(session: Session, sealer: Sealer, kid: str, *, actor: Actor, now: datetime) -> Revoked:
    """Retire the key at once, with the transaction of the caller. Raises NoSuchKey, and
    WrongMasterKey before anything changed.
    """
    return revocation.revoke(session, sealer, kid, now, by=actor.person_id)


def _introduced(
    session: Session,
    sealer: Sealer,
    use: KeyUse,
    algorithm: str,
    policy: RotationPolicy,
    actor: Actor,
    clock: Clock,
    used_from: datetime | None,
) -> Introduced:
    try:
        with writing(session):
            now = clock()
            at = used_from or now + policy.publish_of(use)
            kid = introduce(
                session, sealer, use, algorithm, now, by=actor.person_id, activates_at=at
            )
    except NextKeyExists:
        return Introduced(use, algorithm)
    return Introduced(use, algorithm, kid, at)


def _has_next(keys: Sequence[SigningKey], key: SigningKey) -> bool:
    wanted = (key.use, key.algorithm, KeyState.NEXT)
    return any((other.use, other.algorithm, other.state) == wanted for other in keys)
