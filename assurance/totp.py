"""TOTP (RFC 6238): 30 seconds, 6 digits, SHA-1, one step of drift each way; a step counts once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pyotp

PERIOD: Final = 30  # seconds
DRIFT: Final = 1  # steps before and after


def matching_step(seed: str, code: str, now: datetime, after: int) -> int | None:
    """The time step that this code belongs to, later than ``after``; None where there is none.

    ``seed`` is base32, ``code`` six ASCII digits; spaces are allowed, because apps show them.
    """
    digits = code.replace(" ", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    totp = pyotp.TOTP(seed)
    current = int(now.timestamp()) // PERIOD
    found = None
    for step in range(
        current - DRIFT, current + DRIFT + 1
    ):  # all of them: the same time for each code
        equal = pyotp.utils.strings_equal(totp.generate_otp(step), digits)
        if equal and step > after:
            found = step
    return found
