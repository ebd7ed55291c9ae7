"""When the address of metadata is looked at again: as they ask themselves, never in step with
everybody else, and more and more seldom where it fails.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from providers.saml.wire.metadata_facts import MetadataFacts

USUAL: Final = timedelta(hours=1)  # of who does not say
SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=24)
LONGEST_PAUSE: Final = timedelta(hours=4)  # after failures
Draw = Callable[[], float]  # between 0 and 1
drawn: Final[Draw] = secrets.SystemRandom().random


def next_look(facts: MetadataFacts, now: datetime, draw: Draw = drawn) -> datetime:
    """Within ``cacheDuration``, and twice at least before they end (SAML Metadata §2.3.2)."""
    return next_look_before(facts.valid_until, now, facts.cache_for, draw)


def next_look_before(
    valid_until: datetime | None,
    now: datetime,
    cache_for: timedelta | None = None,
    draw: Draw = drawn,
) -> datetime:
    """The same of what ends then, and asks to be kept so long."""
    wished = cache_for if cache_for is not None else USUAL
    if valid_until is not None:
        wished = min(wished, (valid_until - now) / 2)
    bounded = min(max(wished, SHORTEST), LONGEST)
    return now + bounded * (1 - draw() / 10)


def next_try(failures: int, now: datetime, draw: Draw = drawn) -> datetime:
    """After so many failures in a row: twice as long each time."""
    doublings: int = min(failures - 1, 10)
    pause = min(SHORTEST * (1 << doublings), LONGEST_PAUSE)
    return now + pause * (1 - draw() / 2)
