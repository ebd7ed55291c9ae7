"""Passwords: hashed with argon2id, checked without telling whether there was anything to check.

The rules are those of ASVS 5.0 §6.2: length instead of composition, no common ones, nothing that
names the person; pasting is welcome.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from providers.guessable import is_guessable

SHORTEST: Final = 12  # characters
LONGEST: Final = 256  # characters; more is refused before it is hashed
MOST_BYTES: Final = 1024
_AT_ONCE: Final = threading.BoundedSemaphore(2)  # a burst must not take every thread and all memory
# RFC 9106 leaves the choice to the machine: 19 MiB and two passes cost some tens of milliseconds.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class PasswordRefused(ValueError):
    """Not good enough to keep. ``reason`` is a stable machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def usable(text: str) -> str | None:
    """The password as it is hashed (NFC, as RFC 8265 §4.2 has it); None for what is none at all."""
    if not text or "\x00" in text or len(text) > LONGEST:
        return None
    normal = unicodedata.normalize("NFC", text)
    return normal if len(normal.encode("utf-8", "surrogatepass")) <= MOST_BYTES else None


def check_new(text: str, *, names: Collection[str], previous: str | None) -> str:
    """A password that somebody chooses, normalised. ``names``: what it may not be made of;
    ``previous``: the hash that it replaces. Raises PasswordRefused.
    """
    password = usable(text)
    if password is None:
        raise PasswordRefused("unusable")
    if len(password) < SHORTEST:
        raise PasswordRefused("too_short")
    folded = password.casefold()
    if any(name.casefold() in folded for name in names if len(name) >= 4):
        raise PasswordRefused("names_you")
    if is_guessable(folded):
        raise PasswordRefused("common")
    if previous is not None and matches(previous, password):
        raise PasswordRefused("the_same")
    return password


def hash_of(password: str) -> str:
    """argon2id, with its parameters and a salt of its own."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(hashed: str | None, text: str) -> bool:
    """Is this the password? Does the same work where there is no hash, or no password at all."""
    password = usable(text)
    with _AT_ONCE:
        try:
            right = _HASHER.verify(hashed or _nobody(), password or "nothing at all")
        except (VerificationError, InvalidHashError):
            return False
    return right and hashed is not None and password is not None


@lru_cache(maxsize=1)
def _nobody() -> str:
    """What the password of an unknown user is compared with."""
    return _HASHER.hash("nobody has this one")
