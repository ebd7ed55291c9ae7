"""Drafts: what somebody has chosen so far in the steps of a wizard. Kept sealed in the expiring
store, so that going back, reloading or logging in again loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from keys.opening import open_or_log
from keys.sealing import Sealer
from state.db import new_id
from state.ephemeral import ExpiringStore

KEPT_SECONDS: Final = 7 * 24 * 3600


@dataclass(frozen=True)
class Draft:
    """What every draft has: ``person_id`` chooses for ``organisation_id``. A wizard's own fields
    follow in a subclass; each has a default.
    """

    id: str
    person_id: str
    organisation_id: str


D = TypeVar("D", bound=Draft)


class Drafts(Generic[D]):
    """The drafts of one wizard; ``name`` is part of their keys and of what they are sealed to."""

    def __init__(self, name: str, shape: type[D]) -> None:
        self._name = name
        self._adapter: TypeAdapter[D] = TypeAdapter(shape)

    def begin(self, store: ExpiringStore, sealer: Sealer, draft: D) -> D:
        """Keep a new one; it gets an id of its own."""
        made = replace(draft, id=new_id())
        self.keep(store, sealer, made)
        return made

    def keep(self, store: ExpiringStore, sealer: Sealer, draft: D) -> None:
        """As it is now; the last one that is kept counts."""
        key = self._key(draft.id)
        store.put(key, sealer.seal(self._adapter.dump_json(draft), key), KEPT_SECONDS)

    def find(
        self,
        store: ExpiringStore,
        sealer: Sealer,
        draft_id: str,
        *,
        person_id: str,
        organisation_id: str,
    ) -> D | None:
        """The draft of this person at this organisation; None for every other, as for none at
        all.
        """
        key = self._key(draft_id)
        sealed = store.get(key)
        opened = open_or_log(sealer, sealed, key, what=self._name) if sealed else None
        if opened is None:
            return None
        try:
            draft = self._adapter.validate_json(opened)
        except ValidationError:  # another version of the program wrote it
            return None
        is_own = (draft.person_id, draft.organisation_id) == (person_id, organisation_id)
        return draft if is_own else None

    def _key(self, draft_id: str) -> str:
        return f"{self._name}:{draft_id}"
