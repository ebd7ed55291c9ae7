"""The audit looked at as a whole: verified, taken along, and its last checkpoint. Each reads one
view of the database, in which nothing that is written meanwhile is seen half.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.audit import chain, verification
from admin.audit.export import Period, lines
from admin.audit.verification import Report
from keys.sealing import Sealer
from state import audit
from state.audit import AuditEvent, Detail, EventTag
from state.db import writing


def verify(session: Session, sealer: Sealer, checkpoint: str | None = None) -> Report:
    """Read the whole chain. ``checkpoint``: a compact JWS that was kept elsewhere. Who verifies is
    not audited: that would be one more event to verify.
    """
    _one_view(session)
    return verification.verify(session, sealer, checkpoint)


def export(
    session: Session, period: Period, layout: str, *, actor: Actor, now: datetime
) -> Iterator[str]:
    """Every line of the export, read as it is written: it may be long. The export itself is audited
    and committed before the first line, so what is taken along stands in the audit for certain.
    """
    details: dict[str, Detail] = {
        "kind": "audit",
        "format": layout,
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
    }
    with writing(session):
        audit.record(
            session,
            AuditEvent(EventTag.EXPORT_MADE, now, person_id=actor.person_id, details=details),
        )
    _one_view(session)
    return lines(session, period, layout)


def last_checkpoint(session: Session) -> str | None:
    """The signed checkpoint of the last batch, to keep elsewhere; None where nothing is sealed."""
    last = chain.newest(session)
    return last.checkpoint if last is not None else None


def _one_view(session: Session) -> None:
    """A long reading is not ended either."""
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        session.connection()  # its view is that of its first read, and lasts as long
    else:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
