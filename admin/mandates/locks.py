"""One at a time changes mandates of an organisation: what was read stays so until it is written."""

from __future__ import annotations

from sqlalchemy.orm import Session

from state.locks import one_at_a_time


def hold(session: Session, organisation_id: str) -> None:
    """Until the transaction of the caller ends."""
    one_at_a_time(session, f"mandates:{organisation_id}")
