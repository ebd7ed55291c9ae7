"""What an administrator has to do at one organisation: requests that wait, and mandates that end
within two months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from consent import end_dates, mandates
from consent.mandates import Mandate


def shown(rows: Sequence[Mandate], now: datetime) -> list[Mandate]:
    """Of mandates that let the same person do the same, the one that lasts longest: people see them
    as one.
    """
    longest: list[Mandate] = []
    for row in sorted(rows, key=lambda one: _rank(one, now), reverse=True):
        if not any(mandates.is_same(row, other) for other in longest):
            longest.append(row)
    order = {row.id: number for number, row in enumerate(rows)}
    return sorted(longest, key=lambda row: order[row.id])


def ending(session: Session, organisation_id: str, now: datetime) -> list[Mandate]:
    """What stands at this organisation and ends within two months, the first first."""
    found = shown(mandates.at(session, organisation_id, now), now)
    soon = [row for row in found if end_dates.ends_soon(row.valid_until, now)]
    return sorted(soon, key=lambda row: row.valid_until)


def _rank(row: Mandate, now: datetime) -> tuple[bool, bool, datetime]:
    """What stands before what was taken back, what holds before what is still to begin."""
    return row.revoked_at is None, row.valid_from <= now, row.valid_until
