"""When a message that somebody sends unasked may arrive, and that it arrives once: the same for
requests of portals and for logouts in either role.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from state.ephemeral import AddOnce

TRANSIT: Final = timedelta(minutes=5)  # how old a message may be when it arrives, beyond the skew
SKEW: Final = timedelta(minutes=3)


def is_timely(issued: datetime, now: datetime) -> bool:
    """Was it made not long ago, by clocks that may differ?"""
    return now - TRANSIT - SKEW <= issued <= now + SKEW


def seen_once(kind: str, issuer: str, identifier: str, issued: datetime) -> AddOnce:
    """The operation that succeeds for the first message with this ID. IDs are unique per party;
    hashed, because they may be long. Remembered for as long as the message is timely.
    """
    digest = hashlib.sha256(f"{issuer} {identifier}".encode()).hexdigest()
    seconds = int((TRANSIT + 2 * SKEW).total_seconds()) + 60
    return AddOnce(f"{kind}:{digest}", seconds, issued)
