"""What an administrator has to do at one organisation: requests that wait, and mandates that end
within two months.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consent import end_dates, mandates, places
from consent.mandates import Mandate


def ending(session: Session, organisation_id: str, now: datetime) -> list[Mandate]:
    """What counts at this organisation and ends within two months, the first first."""
    found = mandates.shown(counting(session, organisation_id, now), now)
    soon = [row for row in found if end_dates.ends_soon(row.valid_until, now)]
    return sorted(soon, key=lambda row: row.valid_until)


def counting(session: Session, organisation_id: str, now: datetime) -> list[Mandate]:
    """What stands at this organisation, of people who did not leave it since."""
    return places.without_left(session, mandates.at(session, organisation_id, now), now)
