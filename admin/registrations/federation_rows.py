"""A federation is written; its list is read by a worker, which finds here that it is due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from admin.registrations import registered
from admin.registrations.applier import Applier
from admin.registrations.differences import DocumentOutcome
from admin.registrations.documents import Entry
from providers.federations import Federation
from state import party_metadata
from state.registrations import Kind

_write = registered.writer(Kind.FEDERATION)


def write_federation(applier: Applier, entry: Entry) -> DocumentOutcome:
    """By its name. A list of the same source that was taken before goes on to count."""
    outcome = _write(applier, entry)
    assert isinstance(entry.model, Federation)
    begin_list(applier.session, entry.model, applier.now)
    return outcome


def begin_list(session: Session, federation: Federation, now: datetime) -> bool:
    """Let its list be looked at where its source or signers are others than before; True where
    that is so. With the transaction of the caller.
    """
    row = party_metadata.row_of(session, Kind.FEDERATION, federation.id)
    if row is not None and row.origin == federation.origin:
        return False
    party_metadata.begin(
        session,
        Kind.FEDERATION,
        federation.id,
        origin=federation.origin,
        document=None,
        ends_at=None,
        due_at=now,
        now=now,
    )
    return True
