"""One at a time changes a group, and the groups that somebody is in."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from state.locks import Held, one_at_a_time


def hold_person(session: Session, person_id: str) -> None:
    """Nobody else brings this person into a group before the transaction of the caller ends. Who
    holds a group too holds this before.
    """
    one_at_a_time(session, Held.GROUPS_OF, person_id)


def hold(session: Session, group_ids: Iterable[str]) -> None:
    """Nobody else changes these groups before the transaction of the caller ends."""
    for group_id in sorted(set(group_ids)):
        one_at_a_time(session, Held.GROUP, group_id)
