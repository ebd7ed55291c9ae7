"""Passwords are hashed with little memory in the process of the tests: a few hundredths of a second
for each login by password go into nothing else. What is asked of the real hash is asked in
``tests/providers/test_passwords.py``, which takes that one back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from argon2 import PasswordHasher

from providers import passwords

REAL: Final = passwords._HASHER
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # KiB; the least there is


@contextmanager
def hashed_cheaply() -> Iterator[None]:
    """Inside this block. Either verifies what the other made."""
    with _hashed_by(CHEAP):
        yield


@contextmanager
def hashed_as_in_production() -> Iterator[None]:
    """Inside this block."""
    with _hashed_by(REAL):
        yield


@contextmanager
def _hashed_by(hasher: PasswordHasher) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", hasher)
        passwords._nobody.cache_clear()  # made by the one before
        yield
    passwords._nobody.cache_clear()
