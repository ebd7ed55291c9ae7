"""Retention: what has had its time goes, a bounded piece in each transaction, so that nobody waits
long for a lock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, CursorResult, delete, exists, or_, select
from sqlalchemy.orm import Session

from assurance.sessions import BrowserSession
from broker.audit import retention as audit_retention
from broker.grants import Grant
from broker.start import Parts
from directory import history
from state import trace, undelivered
from state.db import Base, writing
from state.outbox import OutboxRow

AT_ONCE: Final = 500
MOST_PIECES: Final = 200  # of one kind in one run; the rest comes in the next


def purge(parts: Parts) -> None:
    """Throw away what is older than its retention allows."""
    kept, now = parts.settings.retention, parts.clock()
    with parts.sessions() as session:
        with writing(session):
            trace.purge(session, now - timedelta(days=kept.trace_days))
            undelivered.purge(session, now - undelivered.KEPT)
            history.purge(session, now - timedelta(days=kept.history_days))
        _messages(session, now - timedelta(days=kept.outbox_days))
        _sessions(session, now - timedelta(days=kept.session_days))
        _audit(session, parts, now - timedelta(days=kept.audit_days), now)


def _messages(session: Session, before: datetime) -> None:
    over = or_(OutboxRow.sent_at < before, OutboxRow.given_up_at < before)
    _in_pieces(lambda: _delete(session, OutboxRow, over))


def _sessions(session: Session, before: datetime) -> None:
    """Grants first: a session stands as long as one of them names it."""
    _in_pieces(lambda: _delete(session, Grant, Grant.expires_at < before))
    named = exists().where(Grant.session_id == BrowserSession.id)
    over = or_(BrowserSession.ended_at < before, BrowserSession.expires_at < before)
    _in_pieces(lambda: _delete(session, BrowserSession, over, ~named))


def _audit(session: Session, parts: Parts, before: datetime, now: datetime) -> None:
    keyring = parts.holder.current.keyring
    _in_pieces(lambda: audit_retention.purge(session, parts.sealer, keyring, before, now))

    def keys() -> int:
        with writing(session):
            return audit_retention.purge_keys(session)

    _in_pieces(keys)


def _in_pieces(piece: Callable[[], int]) -> None:
    for _ in range(MOST_PIECES):
        if not piece():
            return


def _delete(
    session: Session, model: type[Grant | BrowserSession | OutboxRow], *over: ColumnElement[bool]
) -> int:
    assert issubclass(model, Base)
    some = select(model.id).where(*over).limit(AT_ONCE)
    with writing(session):
        done = session.execute(
            delete(model).where(model.id.in_(some)).execution_options(synchronize_session=False)
        )
        return done.rowcount if isinstance(done, CursorResult) else 0
