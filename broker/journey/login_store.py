"""Where logins in progress are kept: sealed, in the expiring store, advanced by
compare-and-swap.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.downstream import LoginRequest, RefusalCode
from broker.journey.login import AS_JSON, Ended, Login
from keys.opening import open_or_log
from keys.sealing import Sealer
from state.clock import has_begun
from state.copies import replace
from state.db import new_id
from state.ephemeral import Append, Get, Operation, Put, Swap
from state.record_json import Unreadable
from state.trace import new_reference

CONTEXT = "login"
FINISHED_SECONDS = 3600  # how long the back button finds a friendly page
RAN_OUT = "login_expired"
GAVE_WAY = "gave_way"
SOON_SECONDS = 5  # after the lists that a worker may have read already
WAITS_SECONDS = 3600  # how long a login that ran out waits for its ending to be written


@dataclass(frozen=True)
class StoredLogin:
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


def without_ticket(kept: StoredLogin, shown: str) -> StoredLogin | None:
    """The login with its ticket taken in; None where another one, or none, was shown."""
    if kept.login.ticket is None:
        return kept
    if not hmac.compare_digest(browser_hash(shown), kept.login.ticket):
        return None
    return StoredLogin(replace(kept.login, ticket=None), kept.raw, is_ahead=True)


def browser_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def key(login_id: str) -> str:
    return f"login:{login_id}"


def finished_key(login_id: str) -> str:
    return f"login-finished:{login_id}"


def dump(login: Login, sealer: Sealer) -> bytes:
    return sealer.seal(AS_JSON.write(login), CONTEXT)


def parse(raw: bytes | None, sealer: Sealer) -> StoredLogin | None:
    """A login from the store; None where there is none, or it was sealed with another key or
    written by another version of the program.
    """
    if raw is None:
        return None
    facts = open_or_log(sealer, raw, CONTEXT, what=CONTEXT)
    try:
        return StoredLogin(AS_JSON.read(facts), raw) if facts is not None else None
    except Unreadable:
        return None


def is_over(login: Login, now: datetime) -> bool:
    """Did it run out? It is still there for a while, so that its ending can be written."""
    return login.expires_at <= now or not has_begun(login.created_at, now)


def due_key(second: int) -> str:
    """Where the logins are listed that run out in this second since 1970."""
    return f"login-due:{second}"


def first_put(login: Login, sealer: Sealer, now: datetime) -> list[Operation]:
    """The operations that keep a new login, and list it by the moment when it runs out."""
    return [Put(key(login.id), dump(login, sealer), _lives(login, now)), _listed(login, now)]


def swap(kept: StoredLogin, login: Login, sealer: Sealer, now: datetime) -> Swap:
    """The operation that advances ``kept`` to ``login`` if nobody else did in the meantime."""
    assert kept.raw is not None
    return Swap(key(login.id), kept.raw, dump(login, sealer), _lives(login, now))


def moved(kept: StoredLogin, login: Login, sealer: Sealer, now: datetime) -> list[Operation]:
    """``swap``, and the login listed anew where it got more time. What an older list says of a
    login that is not over is passed over.
    """
    got_more = login.expires_at > kept.login.expires_at
    return [swap(kept, login, sealer, now), *([_listed(login, now)] if got_more else [])]


def give_way(kept: StoredLogin, sealer: Sealer, now: datetime) -> list[Operation]:
    """The operations that end a login because newer ones of its browser took its place: it is over
    at once, and the worker writes its ending.
    """
    over = replace(kept.login, expires_at=now, gave_way=True)
    due = due_key(int(now.timestamp()) + SOON_SECONDS)
    return [swap(kept, over, sealer, now), Append(due, over.id.encode(), _lives(over, now))]


def get(login_id: str) -> Get:
    return Get(key(login_id))


def finished_marker(login: Login, sealer: Sealer) -> Put:
    """What remains of a login that ended: the portal it was for, for the back button."""
    empty = replace(
        login, sent=(), identity=None, person_id=None, authority=None, consent=None, trace=""
    )
    return Put(finished_key(login.id), dump(empty, sealer), FINISHED_SECONDS)


def ran_out_marker(login: Login, sealer: Sealer) -> Put:
    """As ``finished_marker``, of a login that nobody finished in time."""
    return finished_marker(replace(login, ended=Ended(RefusalCode.LOGIN_REQUIRED, RAN_OUT)), sealer)


def ran_out(finished: Login) -> bool:
    """Says a marker that nobody finished its login in time?"""
    return finished.ended is not None and finished.ended.reason == RAN_OUT


def _listed(login: Login, now: datetime) -> Append:
    due = due_key(int(login.expires_at.timestamp()))
    return Append(due, login.id.encode(), _lives(login, now))


def _lives(login: Login, now: datetime) -> int:
    return max(0, int((login.expires_at - now).total_seconds())) + WAITS_SECONDS
