"""What an administrator has to do at one organisation: requests that wait, and mandates that end
within two months.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from consent import end_dates, mandates, places
from consent.mandates import Mandate


def shown(
    rows: Sequence[Mandate], now: datetime, left: Collection[str] = frozenset()
) -> list[Mandate]:
    """Of mandates that let the same person do the same, the one that lasts longest: people see them
    as one. ``left``: ids of those that count no more because the person left.
    """
    longest: list[Mandate] = []
    for row in sorted(rows, key=lambda one: _rank(one, now, left), reverse=True):
        if not any(mandates.is_same(row, other) for other in longest):
            longest.append(row)
    order = {row.id: number for number, row in enumerate(rows)}
    return sorted(longest, key=lambda row: order[row.id])


def ending(session: Session, organisation_id: str, now: datetime) -> list[Mandate]:
    """What counts at this organisation and ends within two months, the first first."""
    found = shown(counting(session, organisation_id, now), now)
    soon = [row for row in found if end_dates.ends_soon(row.valid_until, now)]
    return sorted(soon, key=lambda row: row.valid_until)


def counting(session: Session, organisation_id: str, now: datetime) -> list[Mandate]:
    """What stands at this organisation, of people who did not leave it since."""
    return places.without_left(session, mandates.at(session, organisation_id, now), now)


def _rank(row: Mandate, now: datetime, left: Collection[str]) -> tuple[bool, bool, bool, datetime]:
    """What counts before what does not, what stands before what was taken back, what holds before
    what is still to begin.
    """
    stands = row.revoked_at is None
    return stands and row.id not in left, stands, row.valid_from <= now, row.valid_until
