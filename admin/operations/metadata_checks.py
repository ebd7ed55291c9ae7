"""What ``sluis doctor`` says of the metadata of parties that speak SAML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from admin.installation import Installation
from admin.metadata.status import PartyStatus, statuses

REMEDY: Final = "see sluis metadata status; approve what waits, or get newer metadata"


def look(at: Installation) -> tuple[bool, str]:
    """Whether all is well, and what was seen."""
    with Session(at.engine) as session:
        found = statuses(session)
    told = [line for one in found for line in _troubles(one)]
    followed = sum(one.address is not None for one in found)
    well = f"{followed} followed of {len(found)}, none fails or waits"
    return not told, "; ".join(told) or well


def _troubles(one: PartyStatus) -> Iterator[str]:
    if one.waiting is not None:
        yield f"of {one.name} something waits since {one.waiting.since:%Y-%m-%d %H:%M}"
    if one.failing is not None:
        yield f"of {one.name} nothing good since {one.failing.since:%Y-%m-%d %H:%M} UTC " + (
            f"({one.failing.reason})"
        )
