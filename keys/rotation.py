"""Rotation: keys are made when missing, published before they are used, kept for what they did. A
next key has a date; from then on it is the one that is used, and ``rotate_due`` writes that down.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.certificates import from_pem, is_of_an_authority, self_signed, to_pem
from keys.jwks import thumbprint, with_typable_id
from keys.keyring import AnyPrivateKey, load_keyring, seal_key
from keys.rotation_policy import RotationPolicy as RotationPolicy
from keys.sealing import Sealer
from keys.signing_key import KeyState, KeyUse, SigningKey, is_of_a_known_use
from state import audit
from state.audit import AuditEvent, EventTag
from state.clock import Clock
from state.db import writing
from state.locks import Held, one_at_a_time

RSA_BITS: Final = 2048
NEEDED: Final = (
    (KeyUse.OIDC_SIGNING, "RS256"),
    (KeyUse.OIDC_SIGNING, "ES256"),
    (KeyUse.SAML_SIGNING, "RSA"),
    (KeyUse.SAML_ENCRYPTION, "RSA"),
    (KeyUse.SAML_IDP_SIGNING, "RSA"),
    (KeyUse.CLIENT_SIGNING, "RS256"),
    (KeyUse.CLIENT_SIGNING, "ES256"),
    (KeyUse.CLIENT_ENCRYPTION, "RSA-OAEP"),
    (KeyUse.CLIENT_ENCRYPTION, "ECDH-ES"),
    (KeyUse.AUDIT_SIGNING, "ES256"),
)
# Every use there may be a key for: one for TLS comes only where somebody asked for it.
POSSIBLE: Final = (*NEEDED, (KeyUse.SAML_TLS_CLIENT, "RSA"))
COMMON_NAMES: Final = {
    KeyUse.SAML_SIGNING: "Sluis SAML signing",
    KeyUse.SAML_ENCRYPTION: "Sluis SAML encryption",
    KeyUse.SAML_IDP_SIGNING: "Sluis SAML identity provider signing",
    KeyUse.SAML_TLS_CLIENT: "Sluis TLS client",
}
_TAGS: Final = {
    KeyState.REQUESTED: EventTag.KEY_REQUESTED,
    KeyState.NEXT: EventTag.KEY_CREATED,
    KeyState.ACTIVE: EventTag.KEY_ACTIVATED,
    KeyState.RETIRING: EventTag.KEY_RETIRING,
    KeyState.RETIRED: EventTag.KEY_RETIRED,
}


class NextKeyExists(Exception):
    """A next key is published already; it becomes active in its time."""


@dataclass(frozen=True)
class Move:
    """A key and the state that it goes to."""

    kid: str
    to: KeyState


def ensure_keys(session: Session, sealer: Sealer, clock: Clock) -> tuple[str, ...]:
    """Make an active key for each use that has none; the ids of the new ones. Commits.

    Opens what is there first, so that the wrong master key stops the start: raises WrongMasterKey.
    """
    if not missing(session, sealer):
        return ()
    with writing(session):
        one_at_a_time(session, Held.KEYS)
        return tuple(
            make_key(session, sealer, use, algorithm, KeyState.ACTIVE, clock())
            for use, algorithm in missing(session, sealer)
        )


def introduce(
    session: Session,
    sealer: Sealer,
    use: KeyUse,
    algorithm: str,
    now: datetime,
    *,
    by: str | None = None,
    activates_at: datetime | None = None,
) -> str:
    """Make and publish the next key of a use, in the transaction of the caller; its id.
    ``activates_at``: from when it is used; None: as the policy of everybody has it. ``by``: the
    person who asked, for the audit.

    Opens what is there first: a key under another master key would stop every process. Raises
    NextKeyExists, WrongMasterKey.
    """
    one_at_a_time(session, Held.KEYS)
    load_keyring(session, sealer)
    rotate_due(session, now, retires=False)
    check_no_next(session, use, algorithm)
    at = activates_at or now + RotationPolicy().publish_of(use)
    return make_key(session, sealer, use, algorithm, KeyState.NEXT, now, by=by, activates_at=at)


def check_no_next(session: Session, use: KeyUse, algorithm: str) -> None:
    """Raises NextKeyExists."""
    waiting = select(SigningKey.kid).where(
        SigningKey.use == use,
        SigningKey.algorithm == algorithm,
        SigningKey.state == KeyState.NEXT,
    )
    if session.scalar(waiting) is not None:
        raise NextKeyExists(f"{use} {algorithm}")


def plan(keys: Sequence[SigningKey], now: datetime, policy: RotationPolicy) -> tuple[Move, ...]:
    """Which keys change state now, in the order in which it must happen."""
    moves: list[Move] = []
    for key in keys:
        if key.state is KeyState.NEXT and policy.activation_of(key) <= now:
            moves += [
                Move(old.kid, KeyState.RETIRING)
                for old in keys
                if (old.use, old.algorithm) == (key.use, key.algorithm)
                and old.state is KeyState.ACTIVE
            ]
            moves.append(Move(key.kid, KeyState.ACTIVE))
        if key.state is KeyState.RETIRING and now - key.state_since >= policy.keep_of(key.use):
            moves.append(Move(key.kid, KeyState.RETIRED))
    return tuple(moves)


def renewals(
    keys: Sequence[SigningKey], now: datetime, policy: RotationPolicy
) -> tuple[tuple[KeyUse, str], ...]:
    """The uses whose active key is old enough for a successor and has none yet. A certificate of an
    authority is followed by another one of it, which somebody asks for, never by one of ours.
    """
    if policy.renew is None:
        return ()
    followed = {(key.use, key.algorithm) for key in keys if key.state is KeyState.NEXT}
    return tuple(
        (key.use, key.algorithm)
        for key in keys
        if key.state is KeyState.ACTIVE
        and now - key.state_since >= policy.renew
        and (key.use, key.algorithm) not in followed
        and not (key.certificate and is_of_an_authority(from_pem(key.certificate)))
    )


def renew_due(session: Session, sealer: Sealer, now: datetime, policy: RotationPolicy) -> list[str]:
    """Publish a next key where the plan asks for one; their ids. Commits, key by key: making one
    takes a moment in which nobody else can write to SQLite.
    """
    made: list[str] = []
    for use, algorithm in renewals(live_keys(session), now, policy):
        at = now + policy.publish_of(use)
        with suppress(NextKeyExists), writing(session):
            made.append(introduce(session, sealer, use, algorithm, now, activates_at=at))
    return made


def live_keys(session: Session) -> tuple[SigningKey, ...]:
    """Every key that is not retired, oldest first."""
    query = select(SigningKey).where(SigningKey.state != KeyState.RETIRED, is_of_a_known_use())
    return tuple(session.scalars(query.order_by(SigningKey.created_at, SigningKey.kid)))


def rotate_due(
    session: Session, now: datetime, policy: RotationPolicy | None = None, *, retires: bool = True
) -> tuple[Move, ...]:
    """Carry out the plan with the transaction of the caller; what was done. Without ``retires``
    only what is so already: next keys that are used by now, whoever writes it down.
    """
    one_at_a_time(session, Held.KEYS)
    rows = {row.kid: row for row in live_keys(session)}
    planned = plan(tuple(rows.values()), now, policy or RotationPolicy())
    moves = tuple(move for move in planned if retires or move.to is not KeyState.RETIRED)
    for move in moves:
        move_key(session, rows[move.kid], move.to, now)
    return moves


def move_key(
    session: Session,
    row: SigningKey,
    to: KeyState,
    now: datetime,
    reason: str | None = None,
    *,
    by: str | None = None,
) -> None:
    """Bring a key to a state and audit it; a retired key loses its private half."""
    row.state, row.state_since = to, now
    if to is KeyState.RETIRED:
        row.sealed = None
    session.flush()  # one by one: of two active keys the index refuses the second
    _record(session, row, now, reason, by=by)


def record_date(
    session: Session, row: SigningKey, at: datetime, now: datetime, *, by: str | None = None
) -> None:
    """A next key is used from another moment on; audited, with the transaction of the caller."""
    row.activates_at = at
    session.flush()
    details = {"kid": row.kid, "use": str(row.use), "from": at.isoformat()}
    audit.record(session, AuditEvent(EventTag.KEY_DATED, now, person_id=by, details=details))


def missing(session: Session, sealer: Sealer) -> list[tuple[KeyUse, str]]:
    """The uses, each with its algorithm, that have no active key: the next start makes one. Raises
    WrongMasterKey.
    """
    ring = load_keyring(session, sealer)
    there = {(key.use, key.algorithm) for key in ring.keys if key.state is KeyState.ACTIVE}
    return [needed for needed in NEEDED if needed not in there]


def make_key(
    session: Session,
    sealer: Sealer,
    use: KeyUse,
    algorithm: str,
    state: KeyState,
    now: datetime,
    *,
    by: str | None = None,
    activates_at: datetime | None = None,
) -> str:
    """Make a key in this state, with a certificate for SAML, and audit it; its id."""
    key = with_typable_id(lambda: _generate(algorithm))
    certificate = None
    if isinstance(key, RSAPrivateKey) and use in COMMON_NAMES:
        certificate = to_pem(self_signed(key, COMMON_NAMES[use], now))
    return add_key(
        session,
        sealer,
        key,
        use,
        algorithm,
        state,
        now,
        certificate=certificate,
        by=by,
        activates_at=activates_at,
    )


def add_key(
    session: Session,
    sealer: Sealer,
    key: AnyPrivateKey,
    use: KeyUse,
    algorithm: str,
    state: KeyState,
    now: datetime,
    *,
    certificate: str | None,
    by: str | None = None,
    activates_at: datetime | None = None,
) -> str:
    """Keep a key in this state and audit it; its id. ``certificate``: PEM, with its issuers."""
    kid = thumbprint(key)
    row = SigningKey(
        kid=kid,
        use=use,
        algorithm=algorithm,
        state=state,
        sealed=seal_key(key, kid, use, sealer),
        certificate=certificate,
        created_at=now,
        state_since=now,
        activates_at=activates_at,
    )
    session.add(row)
    session.flush()
    _record(session, row, now, by=by)
    return kid


def _generate(algorithm: str) -> AnyPrivateKey:
    if algorithm in ("ES256", "ECDH-ES"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _record(
    session: Session,
    row: SigningKey,
    now: datetime,
    reason: str | None = None,
    *,
    by: str | None,
) -> None:
    details = {"kid": row.kid, "use": str(row.use), "algorithm": row.algorithm}
    tag = _TAGS[row.state]
    audit.record(session, AuditEvent(tag, now, person_id=by, reason=reason, details=details))
