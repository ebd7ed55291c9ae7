"""What an administrator has chosen so far in the steps of giving chain mandates, or of asking a
client for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.chains.giving import ChainChoice
from admin.drafts import Draft, Drafts


@dataclass(frozen=True)
class ChainDraft(Draft):
    """``request_id``: of the request that it answers; ``done``: the services at which something was
    given or changed, once that has happened.
    """

    intermediary_id: str | None = None
    services: tuple[str, ...] = ()
    until: date | None = None
    request_id: str | None = None
    done: tuple[str, ...] | None = None

    def chosen(self) -> ChainChoice | None:
        """All of it; None while something is still to be chosen."""
        if self.intermediary_id is None or not self.services or self.until is None:
            return None
        is_asked = self.request_id is not None
        return ChainChoice(self.intermediary_id, self.services, self.until, keeps_longer=is_asked)


CHAIN_DRAFTS: Final = Drafts("chain-draft", ChainDraft)


@dataclass(frozen=True)
class ChainRequestDraft(Draft):
    """``kvk``: of the client; ``done``: the id of the request, once it was sent."""

    kvk: str | None = None
    email: str = ""
    locale: str = "nl"
    services: tuple[str, ...] = ()
    until: date | None = None
    message: str = ""
    done: str | None = None


CHAIN_REQUEST_DRAFTS: Final = Drafts("chain-request-draft", ChainRequestDraft)
