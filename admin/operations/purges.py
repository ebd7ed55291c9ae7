"""Purges: what is older than its retention allows goes, in portions with a transaction each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from admin.audit import retention
from admin.factor_resets import requests
from admin.terms import notices
from assurance import session_names
from broker.process import Process
from broker.sso import grants
from consent import chain_requests
from directory import evidence, history, invitations
from directory.dates import day_of
from providers import browser_counts
from state import outbox, outbox_queries, trace
from state.db import writing

TERM_NOTICE_DAYS: Final = 400  # after the end of what it was about
MOST_PORTIONS: Final = 1000  # in one run; the rest goes in the next


def purge(process: Process) -> None:
    """Everything that has a retention. The audit last: what goes there is written there."""
    kept, now = process.settings.retention, process.clock()

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    for portion in (
        partial(trace.purge, before=before(kept.trace_days)),
        partial(history.purge, before=before(kept.history_days)),
        partial(evidence.purge, before=before(kept.history_days)),
        partial(outbox_queries.purge, before=now - outbox_queries.KEPT),
        partial(outbox.purge, before=before(kept.outbox_days)),
        partial(browser_counts.purge, before=now - browser_counts.KEPT),
        partial(notices.purge, before=day_of(before(TERM_NOTICE_DAYS))),
        partial(requests.purge, before=before(kept.session_days)),
        partial(grants.purge, before=before(kept.session_days)),
        partial(grants.purge_sessions, before=before(kept.session_days)),
        partial(session_names.purge, before=before(kept.session_days)),
        partial(invitations.purge, before=before(kept.invitation_days)),
        partial(chain_requests.purge, before=before(kept.invitation_days)),
    ):
        _repeat(process, portion)
    _purge_audit(process)


def _purge_audit(process: Process) -> None:
    now = process.clock()
    before = now - timedelta(days=process.settings.retention.audit_days)
    keyring = process.holder.current.keyring
    for _ in range(MOST_PORTIONS):
        with process.sessions() as session:
            if not retention.purge(session, process.sealer, keyring, before, now):
                break
    _repeat(process, retention.purge_keys)


def _repeat(process: Process, portion: Callable[[Session], int]) -> None:
    """Until nothing is left, or enough was done for one run."""
    for _ in range(MOST_PORTIONS):
        with process.sessions() as session, writing(session):
            done = portion(session)
        if not done:
            return
