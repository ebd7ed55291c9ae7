"""What an administrator has to do about chain mandates: those that end within two months."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consent import chains, end_dates
from consent.chains import ChainMandate


def ending(session: Session, organisation_id: str, now: datetime) -> list[ChainMandate]:
    """What this organisation gave and what ends within two months, the first first."""
    found = chains.shown(chains.of_client(session, organisation_id, now), now)
    soon = [row for row in found if end_dates.ends_soon(row.valid_until, now)]
    return sorted(soon, key=lambda row: row.valid_until)
