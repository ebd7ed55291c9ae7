"""The calendar of our keys: what each is and when it moves on, without opening any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from keys.certificates import from_pem, is_of_an_authority
from keys.rotation import NEEDED, POSSIBLE, RotationPolicy
from keys.signing_key import KeyState, KeyUse, SigningKey


@dataclass(frozen=True)
class CalendarEntry:
    """One key. ``moves_at``: when it leaves its state, or when its successor is published; None
    when no plan says so."""

    kid: str
    use: KeyUse
    algorithm: str
    state: KeyState
    since: datetime
    moves_at: datetime | None
    certificate_end: datetime | None


@dataclass(frozen=True)
class CalendarStep:
    """What happens at a moment: this key goes to a state. ``kid`` is None for one not made yet."""

    at: datetime
    use: KeyUse
    algorithm: str
    kid: str | None
    to: KeyState


def entries(keys: Sequence[SigningKey], policy: RotationPolicy) -> tuple[CalendarEntry, ...]:
    """What stands, in the order of uses; the active key of each use first."""
    order = tuple(KeyState)
    rank = {needed: number for number, needed in enumerate(POSSIBLE)}
    ours = sorted(keys, key=lambda k: (rank[k.use, k.algorithm], -order.index(k.state)))
    return tuple(
        CalendarEntry(
            kid=key.kid,
            use=key.use,
            algorithm=key.algorithm,
            state=key.state,
            since=key.state_since,
            moves_at=_moves_at(key, keys, policy),
            certificate_end=_end(key),
        )
        for key in ours
    )


def steps(
    keys: Sequence[SigningKey], uses: Sequence[KeyUse], now: datetime, policy: RotationPolicy
) -> tuple[CalendarStep, ...]:
    """What a rotation of these uses brings, when it is begun now or is under way."""
    needed = [each for each in NEEDED if each[0] in uses]
    found = [step for use, algorithm in needed for step in _of(keys, use, algorithm, now, policy)]
    return tuple(sorted(found, key=lambda step: step.at))


def _of(
    keys: Sequence[SigningKey], use: KeyUse, algorithm: str, now: datetime, policy: RotationPolicy
) -> Iterator[CalendarStep]:
    mine = {key.state: key for key in keys if (key.use, key.algorithm) == (use, algorithm)}
    following, old = mine.get(KeyState.NEXT), mine.get(KeyState.ACTIVE)
    if following is None:
        yield CalendarStep(now, use, algorithm, None, KeyState.NEXT)
    following_at = policy.activation_of(following) if following else now + policy.publish_of(use)
    signs = max(now, following_at)
    yield CalendarStep(signs, use, algorithm, following.kid if following else None, KeyState.ACTIVE)
    if old is not None:
        yield CalendarStep(signs, use, algorithm, old.kid, KeyState.RETIRING)
        yield CalendarStep(signs + policy.keep_of(use), use, algorithm, old.kid, KeyState.RETIRED)


def _moves_at(
    key: SigningKey, keys: Sequence[SigningKey], policy: RotationPolicy
) -> datetime | None:
    if key.state is KeyState.NEXT:
        return policy.activation_of(key)
    if key.state is KeyState.RETIRING:
        return key.state_since + policy.keep_of(key.use)
    if key.state is KeyState.REQUESTED:
        return None
    following = next((k for k in keys if k.state is KeyState.NEXT and _same_use(k, key)), None)
    if following is not None:
        return policy.activation_of(following)
    if policy.renew is None or (key.certificate and is_of_an_authority(from_pem(key.certificate))):
        return None
    return key.state_since + policy.renew


def _same_use(one: SigningKey, other: SigningKey) -> bool:
    return (one.use, one.algorithm) == (other.use, other.algorithm)


def _end(key: SigningKey) -> datetime | None:
    return from_pem(key.certificate).not_valid_after_utc if key.certificate else None
