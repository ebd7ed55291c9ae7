"""Codes by mail: who types one reads the mail of the address. A code belongs to the browser that
asked for it: a link that was sent on opens nothing.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from broker.runtime import Runtime
from state import limits, outbox
from state.db import writing
from state.limits import Limit
from state.outbox import Message

HOLDS: Final = timedelta(minutes=10)
TRIES: Final = Limit("email-code-tries", 3, int(HOLDS.total_seconds()))
MAILS: Final = Limit("email-code-mails", 5, 3600)  # to one address


def send(rt: Runtime, whose: str, counted: str, mail: Callable[[str], Message]) -> bool:
    """Mail a code: ``mail`` writes what says it. ``whose``: names the browser and what it is about;
    ``counted``: what the limit counts. False where too many were asked.
    """
    if limits.spend(rt.store, (MAILS, counted)):
        return False
    now, code = rt.clock(), f"{secrets.randbelow(1_000_000):06d}"
    rt.store.put(_key(whose), _hash(rt, whose, code).encode(), int(HOLDS.total_seconds()))
    with writing(rt.session) as sql:
        outbox.enqueue(sql, rt.sealer, mail(code), now, until=now + HOLDS)
    return True


def is_sent(rt: Runtime, whose: str) -> bool:
    """Is there a code that this browser can still give?"""
    return rt.store.get(_key(whose)) is not None


def take(rt: Runtime, whose: str, text: str) -> bool:
    """Is this the code? It is used up by the right answer, and worth nothing after three wrong
    ones.
    """
    kept = rt.store.get(_key(whose))
    if kept is None or limits.spend(rt.store, (TRIES, kept.decode())):
        return False
    if not hmac.compare_digest(kept, _hash(rt, whose, text).encode()):
        return False
    return rt.store.take(_key(whose)) == kept


def _hash(rt: Runtime, whose: str, code: str) -> str:
    digits = "".join(code.split())[:7]
    return rt.sealer.fingerprint("email-code", whose, digits)


def _key(whose: str) -> str:
    return f"email-code:{whose}"
