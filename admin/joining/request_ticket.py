"""What a first administrator filled in so far: a sealed cookie holds it, for an hour, so that a
stranger leaves nothing behind here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from werkzeug.wrappers import Response

from broker.runtime import Runtime
from broker.web.sealed_cookie import SealedCookie

LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True)
class RequestTicket:
    """``browser``: this one, for the code; ``has_proof``: the code came back."""

    browser: str
    kvk: str
    organisation: str = ""
    name: str = ""
    email: str = ""
    has_proof: bool = False

    @property
    def whose(self) -> str:
        """Names this browser and the address, for a code."""
        return f"{self.browser}:{self.email}"

    def proven(self) -> RequestTicket:
        """With the code that came back."""
        return replace(self, has_proof=True)


_COOKIE: Final = SealedCookie("__Host-sluis-aanvraag", "account-request-ticket", RequestTicket)
take_back = _COOKIE.take_back
read = _COOKIE.read


def hand_out(response: Response, rt: Runtime, ticket: RequestTicket) -> None:
    """Keep it in this browser."""
    _COOKIE.hand_out(response, rt, ticket, rt.clock() + LASTS)
