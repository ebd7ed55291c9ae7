"""Authorization codes: 256 random bits behind the id of their grant, kept as a hash, redeemed once.

Under that hash stands what a request must say that redeems it: a fingerprint of code, client,
address and challenge, which nobody makes without our key. So whether a request fits is seen where
the code lies, and one that does not fit redeems nothing. What the code gives is kept beside it
(``userinfo.keep``).

Redeeming swaps the fingerprint for a marker that names the grant: of parallel redemptions one wins,
and every later use of the code is recognised and revokes what the first one gave.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

from keys.sealing import Sealer
from state.clock import MOST_APART, has_begun
from state.ephemeral import AddOnce, Get, Put, Redeem, Result, Swap

CODE_SECONDS = 60
MARKER_SECONDS = 24 * 3600  # longer than any token of the grant lives
_CONTEXT = "authorization-code"
_MARKER = b"used:"
_CODE = re.compile(r"([0-9A-Za-z]{26})\.[A-Za-z0-9_-]{43}")


def new_code(grant_id: str) -> str:
    """A code of this grant, whose id its browser knows already as that of the login."""
    return f"{grant_id}.{secrets.token_urlsafe(32)}"


def grant_of(code: str) -> str | None:
    """The grant that a code names, not believed before the code is found; None: it is none of
    ours.
    """
    found = _CODE.fullmatch(code)
    return found[1] if found is not None else None


def fit(
    sealer: Sealer, code: str, *, client_id: str, redirect_uri: str, challenge: str | None
) -> bytes:
    """What lies under a code for whoever comes with all of this."""
    asked = (client_id, redirect_uri, *((challenge,) if challenge is not None else ()))
    return sealer.fingerprint(_CONTEXT, code, *asked).encode()


def _key(code: str) -> str:
    return "code:" + hashlib.sha256(code.encode()).hexdigest()


def put(code: str, fitting: bytes) -> Put:
    return Put(_key(code), fitting, CODE_SECONDS)


def get(code: str) -> Get:
    return Get(_key(code))


def redeem(code: str, grant_id: str, fitting: bytes, once: AddOnce | None) -> Redeem:
    """The operation of which one caller gets ``fitting``; none whose assertion was seen."""
    marker = _MARKER + grant_id.encode()
    return Redeem(_key(code), fitting, marker, MARKER_SECONDS, once)


def give_back(code: str, grant_id: str, fitting: bytes) -> Swap:
    """Nothing was given for it after all."""
    return Swap(_key(code), _MARKER + grant_id.encode(), fitting, CODE_SECONDS)


def used(held: Result) -> str | None:
    """The grant of a code that was redeemed before, by what the store held."""
    if not isinstance(held, bytes) or not held.startswith(_MARKER):
        return None
    return held.removeprefix(_MARKER).decode()


def is_over(issued_at: int, now: datetime) -> bool:
    """By our own clock as well: a store counts by another one, or by one that was set back.
    ``issued_at``: seconds since the epoch.
    """
    issued = datetime.fromtimestamp(issued_at, UTC)
    return not has_begun(issued, now) or now - issued > timedelta(seconds=CODE_SECONDS) + MOST_APART
