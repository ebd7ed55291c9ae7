"""Pauses by the name that was typed, whether or not an account has it: what a page may say of them
is the same for everybody.

They follow the pauses of an account (``providers.pauses``) and only tell: the account's own guard
the password. A count that gets lost here costs a message and no safety.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from providers.pauses import pause_after
from state.ephemeral import ExpiringStore

REMEMBERED: Final = 86400  # seconds after the last wrong password


@dataclass(frozen=True)
class _Tried:
    failures: int = 0
    until: datetime | None = None


_TRIED: Final = TypeAdapter(_Tried)


def refused(store: ExpiringStore, name: str, now: datetime) -> datetime | None:
    """A password was refused: when this name may be tried again, None where it may now. During a
    pause nothing is counted. Raises StoreUnavailable.
    """
    tried = _read(store, name)
    if tried.until is not None and tried.until > now:
        return tried.until
    failures = tried.failures + 1
    pause = pause_after(failures)
    until = None if pause is None else now + pause
    store.put(_key(name), _TRIED.dump_json(_Tried(failures, until)), REMEMBERED)
    return until


def forget(store: ExpiringStore, name: str) -> None:
    """The password was right: the count begins anew. Raises StoreUnavailable."""
    store.take(_key(name))


def _read(store: ExpiringStore, name: str) -> _Tried:
    raw = store.get(_key(name))
    try:
        return _TRIED.validate_json(raw) if raw is not None else _Tried()
    except ValidationError:
        return _Tried()


def _key(name: str) -> str:
    return f"password-tried:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
