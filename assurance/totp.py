"""TOTP (RFC 6238): one step of drift each way; a step counts once. Apps use 30 seconds, 6
digits and SHA-1; devices also 60 seconds, 8 digits and SHA-256.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp

PERIOD: Final = 30  # seconds
DRIFT: Final = 1  # steps before and after


@dataclass(frozen=True)
class TotpParameters:
    """How codes are made. ``period`` in seconds, ``algorithm`` sha1 or sha256."""

    period: int = PERIOD
    digits: int = 6
    algorithm: str = "sha1"


APP: Final = TotpParameters()
_DIGESTS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


def matching_step(
    seed: str, code: str, now: datetime, after: int, parameters: TotpParameters = APP
) -> int | None:
    """The time step that this code belongs to, later than ``after``; None where there is none.

    ``seed`` is base32, ``code`` ASCII digits; spaces are allowed, because apps show them.
    """
    digits = code.replace(" ", "")
    if len(digits) != parameters.digits or not (digits.isascii() and digits.isdigit()):
        return None
    totp = pyotp.TOTP(seed, digits=parameters.digits, digest=_DIGESTS[parameters.algorithm])
    current = int(now.timestamp()) // parameters.period
    found = None
    for step in range(
        current - DRIFT, current + DRIFT + 1
    ):  # all of them: the same time for each code
        equal = pyotp.utils.strings_equal(totp.generate_otp(step), digits)
        if equal and step > after:
            found = step
    return found
