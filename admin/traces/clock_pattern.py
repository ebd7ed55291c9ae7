"""One difference of clocks is a difference; the same one again and again is a clock, and at several
makelaars it is our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from state import trace_search
from state.trace import Fact, TraceRecord
from state.trace_search import Wanted

CLOCK: Final = "clock_seconds"
LOOKED_AT: Final = 50  # refused logins, the newest first
NEAR_SECONDS: Final = 30
OFTEN: Final = 2  # others at the same makelaar


def measured(session: Session, record: TraceRecord) -> Mapping[str, Fact]:
    """What the step that went wrong found; where a clock differed also ``alike``, in how many other
    logins at this makelaar it differed about as much, and ``elsewhere``, at how many other
    makelaars. A number that says nothing is left out.
    """
    found = record.measured
    clock = _clock(record)
    if clock is None:
        return found
    alike, elsewhere = 0, set()
    for other in trace_search.newest(session, Wanted(outcome="refused"), limit=LOOKED_AT):
        seen = _clock(other.record)
        is_other = other.record.reference != record.reference
        if seen is None or not is_other or abs(seen - clock) > NEAR_SECONDS:
            continue
        if other.record.provider_id == record.provider_id:
            alike += 1
        else:
            elsewhere.add(other.record.provider_id)
    more: dict[str, Fact] = {"alike": alike} if alike >= OFTEN else {}
    return {**found, **more, **({"elsewhere": len(elsewhere)} if elsewhere else {})}


def _clock(record: TraceRecord) -> int | None:
    """Only of logins at a makelaar."""
    value = record.measured.get(CLOCK)
    is_one = isinstance(value, int) and not isinstance(value, bool)
    return int(value) if is_one and value is not None and record.provider_id else None
