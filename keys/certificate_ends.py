"""When our own certificates end: an alarm at 90, 30 and 7 days, until another one follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keys.certificates import from_pem
from keys.signing_key import KeyState, KeyUse, SigningKey

ALARM_DAYS: Final = (90, 30, 7)


@dataclass(frozen=True)
class EndingCertificate:
    """The current certificate of a use. ``days``: whole ones until it ends, below zero afterwards.
    ``alarm``: 90, 30 or 7, the smallest that it passed; None while there is time, or while a
    successor takes over before the end.
    """

    use: KeyUse
    kid: str
    end: datetime
    days: int
    alarm: int | None
    next_from: datetime | None


def ending_certificates(keys: Sequence[SigningKey], now: datetime) -> tuple[EndingCertificate, ...]:
    """The current certificate of each use, of these keys, the first to end first."""
    found = [
        _judged(key, keys, now)
        for key in keys
        if key.state is KeyState.ACTIVE and key.certificate is not None
    ]
    return tuple(sorted(found, key=lambda one: one.end))


def alarm_at(end: datetime, now: datetime) -> int | None:
    """The smallest of the days of alarm that this end has come within."""
    passed = [days for days in ALARM_DAYS if end - now <= timedelta(days=days)]
    return min(passed, default=None)


def _judged(key: SigningKey, keys: Sequence[SigningKey], now: datetime) -> EndingCertificate:
    assert key.certificate is not None
    end = from_pem(key.certificate).not_valid_after_utc
    following = next((k for k in keys if k.state is KeyState.NEXT and k.use is key.use), None)
    takes_over = following.activates_at if following is not None else None
    in_time = takes_over is not None and takes_over <= end
    return EndingCertificate(
        use=key.use,
        kid=key.kid,
        end=end,
        days=(end - now).days,
        alarm=None if in_time else alarm_at(end, now),
        next_from=takes_over,
    )
