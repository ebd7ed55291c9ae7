"""What an administrator has chosen so far in the steps of giving chain mandates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.chains.giving import ChainChoice
from admin.drafts import Draft, Drafts


@dataclass(frozen=True)
class ChainDraft(Draft):
    """``done``: the services at which something was given or changed, once that has happened."""

    intermediary_id: str | None = None
    services: tuple[str, ...] = ()
    until: date | None = None
    done: tuple[str, ...] | None = None

    def chosen(self) -> ChainChoice | None:
        """All of it; None while something is still to be chosen."""
        if self.intermediary_id is None or not self.services or self.until is None:
            return None
        return ChainChoice(self.intermediary_id, self.services, self.until)


CHAIN_DRAFTS: Final = Drafts("chain-draft", ChainDraft)
