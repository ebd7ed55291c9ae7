"""Retention of the audit: whole batches go, oldest first, and the chain begins at a signed anchor;
a person is forgotten by destroying their key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, String, cast, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from admin.audit.chain import AuditBatch, link_of, seal_waiting, sign
from assurance.identity_documents import IdentityDocumentFile
from keys.keyring import KeyRing
from keys.person_key import PersonKey
from keys.sealing import Sealer
from state import audit
from state.audit import PEOPLE, AuditEvent, AuditRow, Detail, EventTag
from state.db import table_of, writing
from state.locks import Held, one_at_a_time

MOST_BATCHES: Final = 50  # thrown away in one transaction
MOST_ROWS: Final = 2000
MOST_KEYS: Final = 500
_c: Final = table_of(AuditRow).c


def purge(
    session: Session, sealer: Sealer, keyring: KeyRing, before: datetime, now: datetime
) -> int:
    """Throw away the oldest batches that hold nothing newer than ``before``, in one transaction of
    its own; how many rows. Zero: nothing is left to do.
    """
    with writing(session):
        one_at_a_time(session, Held.AUDIT)
        old = _old(session, before)
        if not old:
            return 0
        first, last = old[0].number, old[-1]
        gone = _deleted(session, first, last.number)
        session.execute(delete(AuditBatch).where(AuditBatch.number < last.number))
        last.anchor = sign(session, sealer, keyring, link_of(last).anchor())
        details = {"through": last.number, "rows": gone}
        audit.record(session, AuditEvent(EventTag.AUDIT_PURGED, now, details=details))
        return gone


def _old(session: Session, before: datetime) -> list[AuditBatch]:
    """The oldest batches that may go; never the newest, which the next one follows."""
    newest = select(func.max(AuditBatch.number)).scalar_subquery()
    query = (
        select(AuditBatch)
        .where(AuditBatch.anchor.is_(None), AuditBatch.number < newest)
        .order_by(AuditBatch.number)
        .limit(MOST_BATCHES)
    )
    found: list[AuditBatch] = []
    for batch in session.scalars(query):
        newer = exists().where(AuditRow.batch == batch.number, AuditRow.at >= before)
        rows = sum(b.count for b in found) + batch.count
        if batch.sealed_at >= before or session.scalar(select(newer)):
            break
        if found and rows > MOST_ROWS:
            break
        found.append(batch)
    return found


def _deleted(session: Session, first: int, last: int) -> int:
    done = session.execute(
        delete(AuditRow)
        .where(AuditRow.batch.between(first, last))
        .execution_options(synchronize_session=False)
    )
    return done.rowcount if isinstance(done, CursorResult) else 0


def purge_keys(session: Session) -> int:
    """Destroy the keys of people whom no audit event names any more and of whom nothing else is
    kept under them, with the transaction of the caller; how many.
    """
    one_at_a_time(session, Held.AUDIT)
    gone = select(func.max(AuditBatch.number)).where(AuditBatch.anchor.is_not(None))
    orphans = select(PersonKey.person_id).where(
        PersonKey.last_batch <= gone.scalar_subquery(),
        PersonKey.person_id.not_in(select(IdentityDocumentFile.person_id)),
    )
    done = session.execute(
        delete(PersonKey)
        .where(PersonKey.person_id.in_(orphans.limit(MOST_KEYS)))
        .execution_options(synchronize_session=False)
    )
    return done.rowcount if isinstance(done, CursorResult) else 0


def forget(
    session: Session,
    sealer: Sealer,
    keyring: KeyRing,
    person_id: str,
    now: datetime,
    *,
    by: str | None = None,
) -> int:
    """Take the person out of the audit, with the transaction of the caller; how many events named
    them. The event of it names the key that was destroyed, not the person; ``by``: who asked.
    """
    one_at_a_time(session, Held.AUDIT)
    while seal_waiting(session, sealer, keyring, now):
        pass  # what is not sealed yet would lose its person without a seal over it
    key_id = session.scalar(select(PersonKey.id).where(PersonKey.person_id == person_id))
    if key_id is None:
        return 0
    named = or_(
        _c.person_id == person_id, cast(_c.details, String).contains(person_id, autoescape=True)
    )
    found = session.execute(select(_c.id, _c.person_id, _c.details).where(named)).all()
    for identifier, actor, details in found:
        cleared = {n: None if v == person_id and n in PEOPLE else v for n, v in details.items()}
        values = {"person_id": None if actor == person_id else actor, "details": cleared}
        session.execute(update(table_of(AuditRow)).where(_c.id == identifier).values(**values))
    session.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
    about: dict[str, Detail] = {"key": key_id, "events": len(found)}
    audit.record(session, AuditEvent(EventTag.PERSON_FORGOTTEN, now, person_id=by, details=about))
    return len(found)
