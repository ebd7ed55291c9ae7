"""What a first administrator filled in so far: a sealed cookie holds it, for an hour after each
page and a day at most, so that a stranger leaves nothing behind here and what was found at the
beginning gets no older.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from werkzeug.wrappers import Response

from broker.runtime import Runtime
from broker.web.sealed_cookie import SealedCookie
from broker.web.time_left import Timed, TimeLeft
from broker.web.time_left import time_left as time_until

LASTS: Final = timedelta(hours=1)
AT_MOST: Final = timedelta(days=1)  # from its beginning; no page and no button moves that


@dataclass(frozen=True)
class RequestTicket:
    """``browser``: this one, for the code; ``begun_at``: when the organisation was looked at;
    ``has_proof``: the code came back.
    """

    browser: str
    kvk: str
    begun_at: datetime
    organisation: str = ""
    name: str = ""
    email: str = ""
    has_proof: bool = False

    @property
    def whose(self) -> str:
        """Names this browser and the address, for a code."""
        return f"{self.browser}:{self.email}"

    @property
    def last_end(self) -> datetime:
        """The end that nothing moves."""
        return self.begun_at + AT_MOST

    def end_from(self, now: datetime) -> datetime:
        """Until when it lasts that is handed out now."""
        return min(now + LASTS, self.last_end)

    def proven(self) -> RequestTicket:
        """With the code that came back."""
        return replace(self, has_proof=True)


_COOKIE: Final = SealedCookie("__Host-sluis-aanvraag", "account-request-ticket", RequestTicket)
take_back = _COOKIE.take_back
read = _COOKIE.read


def hand_out(response: Response, rt: Runtime, ticket: RequestTicket) -> None:
    """Keep it in this browser, for an hour from now, as far as there is."""
    _COOKIE.hand_out(response, rt, ticket, ticket.end_from(rt.clock()))


def time_left(rt: Runtime, ticket: RequestTicket) -> TimeLeft:
    """What a page says of its time that hands this ticket out again."""
    now = rt.clock()
    end = ticket.end_from(now)
    return time_until(
        end,
        now,
        may_extend=end < ticket.last_end,
        more_url="/toegang/aanvragen/tijd",
        over_url="/toegang/aanvragen",
        of=Timed.STEP,
    )
