"""What ``sluis doctor`` says of the metadata of parties that speak SAML."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.installation import Installation
from admin.metadata.status import ENDS_SOON, PartyStatus, statuses
from state.registrations import Kind

REMEDY: Final = "see sluis metadata status; approve what waits, or get newer metadata"


def look(at: Installation) -> tuple[bool, str]:
    """Whether all is well, and what was seen."""
    with Session(at.engine) as session:
        found = statuses(session)
    told = [line for one in found for line in _troubles(one, at.now)]
    followed = sum(one.address is not None for one in found)
    well = f"{followed} followed of {len(found)}, none fails, waits or ends soon"
    return not told, "; ".join(told) or well


def _troubles(one: PartyStatus, now: datetime) -> Iterator[str]:
    if one.waiting is not None:
        yield f"of {one.name} something waits since {one.waiting.since:%Y-%m-%d %H:%M}"
    if one.kind is Kind.FEDERATION and (one.listed is None or one.listed.members == 0):
        yield f"no list of {one.name} counts, so none of its makelaars can be chosen"
    ends = one.ends_at
    if one.kind is Kind.CLIENT and ends is not None and ends - now <= ENDS_SOON:
        # Those of makelaars are told with the certificates.
        yield f"those of {one.name} end on {ends:%Y-%m-%d}"
    if one.failing is not None:
        yield f"of {one.name} nothing good since {one.failing.since:%Y-%m-%d %H:%M} UTC " + (
            f"({one.failing.reason})"
        )
