"""One at a time changes mandates of an organisation: what was read stays so until it is written."""

from __future__ import annotations

from sqlalchemy.orm import Session

from state.locks import Held, one_at_a_time


def hold(session: Session, *organisation_ids: str) -> None:
    """Until the transaction of the caller ends. Who needs more than one holds them in one call,
    before any row.
    """
    for organisation_id in sorted(set(organisation_ids)):
        one_at_a_time(session, Held.MANDATES, organisation_id)
