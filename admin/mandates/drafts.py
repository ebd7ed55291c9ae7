"""Drafts: what an administrator has chosen so far in the steps of giving mandates. Kept sealed in
the expiring store, so that going back, reloading or logging in again loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pydantic import TypeAdapter, ValidationError

from admin.mandates.giving import Chosen
from assurance.levels import AssuranceLevel
from keys.opening import open_or_log
from keys.sealing import Sealer
from state.db import new_id
from state.ephemeral import ExpiringStore

KEPT_SECONDS: Final = 7 * 24 * 3600
_CONTEXT: Final = "mandate-draft"


@dataclass(frozen=True)
class MandateDraft:
    """``person_id`` chooses for ``organisation_id``. ``general`` and ``floor`` are labels of
    levels; ``request_id``: of the request that it began with. ``done``: how many mandates were
    changed, once that has happened.
    """

    id: str
    person_id: str
    organisation_id: str
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


_DRAFT: Final = TypeAdapter(MandateDraft)


def begin(store: ExpiringStore, sealer: Sealer, draft: MandateDraft) -> MandateDraft:
    """Keep a new one; it gets an id of its own."""
    made = replace(draft, id=new_id())
    keep(store, sealer, made)
    return made


def keep(store: ExpiringStore, sealer: Sealer, draft: MandateDraft) -> None:
    """As it is now; the last one that is kept counts."""
    sealed = sealer.seal(_DRAFT.dump_json(draft), _context(draft.id))
    store.put(_key(draft.id), sealed, KEPT_SECONDS)


def find(
    store: ExpiringStore, sealer: Sealer, draft_id: str, *, person_id: str, organisation_id: str
) -> MandateDraft | None:
    """The draft of this person at this organisation; None for every other, as for none at all."""
    sealed = store.get(_key(draft_id))
    opened = open_or_log(sealer, sealed, _context(draft_id), what=_CONTEXT) if sealed else None
    if opened is None:
        return None
    try:
        draft = _DRAFT.validate_json(opened)
    except ValidationError:  # another version of the program wrote it
        return None
    is_own = (draft.person_id, draft.organisation_id) == (person_id, organisation_id)
    return draft if is_own else None


def _key(draft_id: str) -> str:
    return f"{_CONTEXT}:{draft_id}"


def _context(draft_id: str) -> str:
    return f"{_CONTEXT}:{draft_id}"
