"""SMS codes: which numbers may get one, what the message says, and how long a code holds.

The code belongs to the login that asked for it: who has it and not that login has nothing.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keys.sealing import Sealer
from state.limits import Limit

HOLDS: Final = timedelta(minutes=10)
PAUSE: Final = timedelta(seconds=30)  # between two messages to one number
TRIES: Final = Limit("sms-tries", 3, int(HOLDS.total_seconds()))
PER_NUMBER: Final = Limit("sms-number", 5, 3600)
PER_NETWORK: Final = Limit("sms-network", 20, 86400)
PER_OWNER: Final = Limit("sms-owner", 5, 86400)  # to numbers that somebody says are theirs


class NumberRefused(Exception):
    """No number that gets codes. ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SmsSent:
    """A code that was sent in a login: its keyed hash, never the code."""

    factor_id: str
    code_hash: str
    sent_at: datetime
    wrong: int = 0  # codes that were typed and are not this one

    @property
    def tries_left(self) -> int:
        return max(0, TRIES.most - self.wrong)

    def holds(self, now: datetime) -> bool:
        return now < self.sent_at + HOLDS

    def works(self, now: datetime) -> bool:
        """It can still be accepted: in time, and with a try left."""
        return self.holds(now) and self.tries_left > 0

    def pause_left(self, now: datetime) -> int:
        """Seconds until another may be asked."""
        return pause_left(self.sent_at, now)


def pause_left(sent_at: datetime, now: datetime) -> int:
    """Seconds until another message may go to a number that got one at ``sent_at``."""
    return max(0, math.ceil((sent_at + PAUSE - now).total_seconds()))


def accepted_number(text: str, countries: Collection[str]) -> str:
    """The number in E.164. Raises NumberRefused: not a number, of another country, or of a kind
    that is no mobile phone, such as premium numbers.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(text[:40], "NL")
    except phonenumbers.NumberParseException:
        raise NumberRefused("not_a_number") from None
    if not phonenumbers.is_valid_number(number):
        raise NumberRefused("not_a_number")
    if phonenumbers.region_code_for_number(number) not in countries:
        raise NumberRefused("country")
    mobile = (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    if phonenumbers.number_type(number) not in mobile:
        raise NumberRefused("not_mobile")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_hash(sealer: Sealer, *, login_id: str, factor_id: str, code: str) -> str:
    """What is kept of a code: worth nothing for another login or another number."""
    digits = code.replace(" ", "")[:7]
    return sealer.fingerprint("sms-code", login_id, factor_id, digits)


def text(purpose: str, code: str, host: str) -> str:
    """Purpose, code, and the line that binds the code to our host (Origin-bound one-time codes)."""
    return f"{purpose}\n\n@{host} #{code}"
