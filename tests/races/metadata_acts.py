"""What a process does in a round with metadata: row n is due n hours after the start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from admin.metadata import alarms
from state import party_metadata
from state.db import writing
from state.registrations import Kind
from tests.clocks import START

KINDS: Final = (Kind.IDENTITY_PROVIDER, Kind.FEDERATION)
HOUR: Final = timedelta(hours=1)
LATER: Final = timedelta(days=365)
Wait = Callable[[], object]


def claim(session: Session, number: int, who: str, wait: Wait) -> bool:
    """As a worker does before it looks at an address."""
    now = START + number * HOUR
    assert party_metadata.has_due(session, now, KINDS)
    wait()
    with writing(session):
        claimed = party_metadata.claim_due(session, now, until=now + LATER, most=20, kinds=KINDS)
        return bool(claimed)


def tell_ends(session: Session, number: int, who: str, wait: Wait) -> int:
    """As the job that tells operators what ends: how many it would tell of."""
    wait()
    with writing(session):
        party_metadata.hold_many(session)
        found = alarms._ending(session, START + number * HOUR)
        for row in found:
            row.told_days = 0
        return len(found)


def rows(session: Session, many: int) -> None:
    """One a round, each due and ended an hour after the one before."""
    for number in range(many):
        party_metadata.begin(
            session,
            KINDS[number % 2],
            f"m{number}",
            origin="x",
            document=None,
            ends_at=START + number * HOUR + timedelta(days=90),
            due_at=START + number * HOUR,
            now=START,
        )
