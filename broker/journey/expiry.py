"""Expiry: the ending of logins that nobody finished, written by the worker.

A login is listed by the second in which it runs out, and stays in the store a while longer. Of
several workers the one that takes it writes its ending; a list goes after everything in it was
done, so a worker that dies half-way leaves the rest to the next.
"""

from __future__ import annotations

from typing import Final

from broker.journey import instrumentation, login_store
from broker.journey.login import Login
from broker.journey.login_records import OUTCOMES, write_ending
from broker.journey.login_store import WAITS_SECONDS, due_key
from broker.process import Process
from state.audit import EventTag
from state.db import writing
from state.ephemeral import Get, Take

DONE: Final = "login-due-done"  # every list before this second since 1970 was dealt with
MOST_SECONDS: Final = 60  # lists that are read in one batch
MARGIN_SECONDS: Final = 2  # clocks of processes differ a little


def end_expired(process: Process) -> None:
    """Write every ending that is due. Raises StoreUnavailable and database errors; what was not
    done then comes again.
    """
    now = int(process.clock().timestamp()) - MARGIN_SECONDS
    oldest = now - WAITS_SECONDS
    done = process.store.get(DONE)
    start = max(int(done), oldest) if done is not None else oldest
    for first in range(start, now, MOST_SECONDS):
        last = min(first + MOST_SECONDS, now)
        _end_listed(process, range(first, last))
        process.store.put(DONE, str(last).encode(), WAITS_SECONDS)


def _end_listed(process: Process, seconds: range) -> None:
    keys = [due_key(second) for second in seconds]
    lists = process.store.batch([Get(key) for key in keys])
    for key, listed in zip(keys, lists, strict=True):
        if not isinstance(listed, bytes):
            continue
        identifiers = listed.decode().split()
        found = process.store.batch([login_store.get(identifier) for identifier in identifiers])
        for raw in found:
            kept = login_store.parse(raw if isinstance(raw, bytes) else None, process.sealer)
            if kept is not None and login_store.is_over(kept.login, process.clock()):
                _end(process, kept.login)
        process.store.take(key)


def _end(process: Process, login: Login) -> None:
    if process.store.batch([Take(login_store.key(login.id))]) == [None]:
        return  # somebody was first, and left a marker of their own
    tag, reason = _ending(login)
    with process.sessions() as session, writing(session):
        write_ending(session, process, login, tag, reason=reason)
    instrumentation.login_ended(login, OUTCOMES[tag], reason, process.clock())
    process.store.batch([login_store.ran_out_marker(login, process.sealer)])


def _ending(login: Login) -> tuple[EventTag, str]:
    """Who was refused and never came back was refused; everybody else ran out of time."""
    why = login.ended or login.stopped
    if why is None:
        return (
            EventTag.LOGIN_EXPIRED,
            login_store.GAVE_WAY if login.gave_way else login_store.RAN_OUT,
        )
    return EventTag.LOGIN_REFUSED, why.reason
