"""Where logins in progress are kept: sealed, in the expiring store, advanced by
compare-and-swap.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broker.downstream.interface import LoginRequest
from broker.login import ADAPTER, Login
from keys.sealing import SealBroken, Sealer
from state.db import new_id
from state.ephemeral import Get, Put, Swap
from state.trace import new_reference

CONTEXT = "login"
FINISHED_SECONDS = 3600  # how long the back button finds a friendly page


@dataclass(frozen=True)
class Kept:
    """A login with the bytes it was read from, which a swap must still find."""

    login: Login
    raw: bytes | None  # None: not stored yet
    is_ahead: bool = False  # ``login`` differs from what ``raw`` says already


def new_login(request: LoginRequest, now: datetime, minutes: int) -> tuple[Login, str]:
    """A fresh login and the secret that its browser keeps in a cookie."""
    secret = secrets.token_urlsafe(32)
    login = Login(
        id=new_id(),
        reference=new_reference(),
        browser=browser_hash(secret),
        request=request,
        created_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    return login, secret


def with_ticket(login: Login) -> tuple[Login, str]:
    """The login as it waits for the browser that brought the answer, and what that must show."""
    ticket = secrets.token_urlsafe(16)
    return replace(login, ticket=browser_hash(ticket)), ticket


def without_ticket(kept: Kept, shown: str) -> Kept | None:
    """The login with its ticket taken in; None where another one, or none, was shown."""
    if kept.login.ticket is None:
        return kept
    if not hmac.compare_digest(browser_hash(shown), kept.login.ticket):
        return None
    return Kept(replace(kept.login, ticket=None), kept.raw, is_ahead=True)


def browser_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def key(login_id: str) -> str:
    return f"login:{login_id}"


def finished_key(login_id: str) -> str:
    return f"login-finished:{login_id}"


def dump(login: Login, sealer: Sealer) -> bytes:
    return sealer.seal(ADAPTER.dump_json(login), CONTEXT)


def parse(raw: bytes | None, sealer: Sealer) -> Kept | None:
    """A login from the store; None where there is none, or it was sealed with another key."""
    if raw is None:
        return None
    try:
        return Kept(ADAPTER.validate_json(sealer.open(raw, CONTEXT)), raw)
    except SealBroken:
        return None


def put(login: Login, sealer: Sealer, now: datetime) -> Put:
    return Put(key(login.id), dump(login, sealer), _seconds_left(login, now))


def swap(kept: Kept, login: Login, sealer: Sealer, now: datetime) -> Put | Swap:
    """The operation that advances ``kept`` to ``login`` if nobody else did in the meantime."""
    if kept.raw is None:
        return put(login, sealer, now)
    return Swap(key(login.id), kept.raw, dump(login, sealer), _seconds_left(login, now))


def get(login_id: str) -> Get:
    return Get(key(login_id))


def finished_marker(login: Login, sealer: Sealer) -> Put:
    """What remains of a login that ended: the portal it was for, for the back button."""
    empty = replace(
        login, sent=(), identity=None, person_id=None, authority=None, consent=None, trace=()
    )
    return Put(finished_key(login.id), dump(empty, sealer), FINISHED_SECONDS)


def _seconds_left(login: Login, now: datetime) -> int:
    return max(1, int((login.expires_at - now).total_seconds()))
