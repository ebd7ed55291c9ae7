"""What an administrator has chosen so far in the steps of giving mandates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.drafts import Draft, Drafts
from admin.mandates.giving import Chosen
from assurance.levels import AssuranceLevel


@dataclass(frozen=True)
class MandateDraft(Draft):
    """``general`` and ``floor`` are labels of levels; ``request_id``: of the request that it began
    with. ``done``: how many mandates were changed, once that has happened.
    """

    services: tuple[str, ...] = ()
    general: str | None = None
    people: tuple[str, ...] = ()
    until: date | None = None
    floor: str | None = None
    request_id: str | None = None
    done: int | None = None

    @property
    def has_services(self) -> bool:
        return bool(self.services) or self.general is not None

    @property
    def general_level(self) -> AssuranceLevel | None:
        return AssuranceLevel.from_label(self.general) if self.general is not None else None

    def chosen(self) -> Chosen | None:
        """All of it; None while something is still to be chosen."""
        if not self.has_services or not self.people or self.until is None:
            return None
        floor = AssuranceLevel.from_label(self.floor) if self.floor is not None else None
        return Chosen(self.people, self.services, self.general_level, self.until, floor)


MANDATE_DRAFTS: Final = Drafts("mandate-draft", MandateDraft)
