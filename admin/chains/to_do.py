"""What an administrator has to do about chain mandates: those that end within two months."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from consent import chains, end_dates
from consent.chains import ChainMandate


def ending(
    session: Session, organisation_id: str, now: datetime, link_level: AssuranceLevel | None
) -> list[ChainMandate]:
    """What counts and ends within two months, the first first."""
    found = counting(session, organisation_id, now, link_level)
    soon = [row for row in found if end_dates.ends_soon(row.valid_until, now)]
    return sorted(soon, key=lambda row: row.valid_until)


def counting(
    session: Session, organisation_id: str, now: datetime, link_level: AssuranceLevel | None
) -> list[ChainMandate]:
    """What this organisation gave, of the same the one that lasts longest. ``link_level``: up to
    which one counts that a link gave; what does not count is left out.
    """
    rows = chains.of_client(session, organisation_id, now)
    off = chains.switched_off(rows, link_level)
    return chains.shown([row for row in rows if row.id not in off], now)
