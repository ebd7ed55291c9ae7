"""Authorization codes: 256 random bits, kept as a hash with sealed facts, redeemed once.

Redeeming swaps the facts for a marker that names the grant: of parallel redemptions one wins, and
every later use of the code is recognised and revokes what the first one gave.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from broker.downstream import LoginResult
from keys.opening import open_or_log
from keys.sealing import Sealer
from state.clock import MOST_APART, has_begun
from state.ephemeral import Get, Put, Swap
from state.record_json import RecordJson, Unreadable

CODE_SECONDS = 60
MARKER_SECONDS = 24 * 3600  # longer than any token of the grant lives
_CONTEXT = "authorization-code"
_MARKER = b"used:"


@dataclass(frozen=True)
class CodeFacts:
    """What a code stands for."""

    result: LoginResult
    issued_at: int  # seconds since the epoch


@dataclass(frozen=True)
class StoredCode:
    """Facts with the bytes that a swap must still find."""

    facts: CodeFacts
    raw: bytes


@dataclass(frozen=True)
class Used:
    """The code was redeemed before."""

    grant_id: str


_AS_JSON: Final = RecordJson(CodeFacts)


def new_code() -> str:
    return secrets.token_urlsafe(32)


def _key(code: str) -> str:
    return "code:" + hashlib.sha256(code.encode()).hexdigest()


def put(code: str, facts: CodeFacts, sealer: Sealer) -> Put:
    return Put(_key(code), sealer.seal(_AS_JSON.write(facts), _CONTEXT), CODE_SECONDS)


def get(code: str) -> Get:
    return Get(_key(code))


def parse(raw: bytes | None, sealer: Sealer) -> StoredCode | Used | None:
    """What the store held: a code, the marker of a used one, or nothing."""
    if raw is None:
        return None
    if raw.startswith(_MARKER):
        return Used(raw.removeprefix(_MARKER).decode())
    facts = open_or_log(sealer, raw, _CONTEXT, what=_CONTEXT)
    try:
        return StoredCode(_AS_JSON.read(facts), raw) if facts is not None else None
    except Unreadable:
        return None  # of another version of the program; a code lives a minute


def is_over(facts: CodeFacts, now: datetime) -> bool:
    """By our own clock as well: a store counts by another one, or by one that was set back."""
    issued = datetime.fromtimestamp(facts.issued_at, UTC)
    return not has_begun(issued, now) or now - issued > timedelta(seconds=CODE_SECONDS) + MOST_APART


def redeem(code: str, kept: StoredCode) -> Swap:
    """The operation of which one caller gets True."""
    marker = _MARKER + kept.facts.result.grant_id.encode()
    return Swap(_key(code), kept.raw, marker, MARKER_SECONDS)
