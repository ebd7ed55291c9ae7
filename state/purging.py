"""Purging: rows whose time is over go in small portions, so that nobody waits long for a lock."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

PORTION: Final = 500


def delete_some(
    session: Session, key: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]
) -> int:
    """Delete at most PORTION rows that meet every condition, with the transaction of the caller;
    how many. ``key``: the primary key of the table. Fewer than PORTION: nothing is left.
    """
    some = select(key).where(*conditions).limit(PORTION)
    done = session.execute(
        delete(key.class_)
        .where(key.in_(some))
        .returning(key)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
