"""What a first administrator filled in so far: a sealed cookie holds it, for an hour after each
page, so that a stranger leaves nothing behind here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from werkzeug.wrappers import Response

from broker.runtime import Runtime
from broker.web.sealed_cookie import SealedCookie
from broker.web.time_left import Timed, TimeLeft
from broker.web.time_left import time_left as time_until

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
    """Keep it in this browser, for an hour from now."""
    _COOKIE.hand_out(response, rt, ticket, rt.clock() + LASTS)


def time_left(rt: Runtime) -> TimeLeft:
    """What a page says of its time that hands the ticket out again."""
    now = rt.clock()
    return time_until(
        now + LASTS,
        now,
        may_extend=True,
        more_url="/toegang/aanvragen/tijd",
        over_url="/toegang/aanvragen",
        of=Timed.STEP,
    )
