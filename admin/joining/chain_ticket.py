"""Which request for chain mandates this browser opened, and whether a code came back in it: a
sealed cookie says so, for a day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from werkzeug.wrappers import Response

from broker.runtime import Runtime
from broker.web.sealed_cookie import SealedCookie
from state.db import new_id

LASTS: Final = timedelta(days=1)


@dataclass(frozen=True)
class ChainTicket:
    """``browser``: this one, for the code that it asked; ``has_proof``: the code came back."""

    request_id: str
    browser: str
    has_proof: bool = False

    @property
    def whose(self) -> str:
        """Names this browser and its request, for a code."""
        return f"{self.browser}:{self.request_id}"

    def proven(self) -> ChainTicket:
        """With the code that came back."""
        return replace(self, has_proof=True)


_COOKIE: Final = SealedCookie("__Host-sluis-ketenverzoek", "chain-request-ticket", ChainTicket)
read = _COOKIE.read


def new(request_id: str) -> ChainTicket:
    """Of a browser that opens the link now."""
    return ChainTicket(request_id, new_id())


def hand_out(response: Response, rt: Runtime, ticket: ChainTicket) -> None:
    """From now on this browser goes on with this request."""
    _COOKIE.hand_out(response, rt, ticket, rt.clock() + LASTS)
