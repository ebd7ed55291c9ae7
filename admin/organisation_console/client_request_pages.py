"""Pages of requests for chain mandates: those that an intermediary sent, the steps of asking a
client, and one of them as the client's administrator reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from admin.chains.intermediaries import CompanyCard
from admin.organisation_console.pages import ConsoleFrame
from admin.organisation_console.wizard_pages import ServiceChoice, StepFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class ClientRequestRow:
    """One that was sent. ``state`` as in ``ChainRequestState``, or ``stuck`` for what waits and
    cannot be answered, ``why`` as in ``ClosedRequest``; of what was granted ``partly`` and ``over``
    where part of it or nothing stands today, with ``given`` what does, by name, and its last day.
    ``expires_at``: until when the client answers; ``reason``: why it was refused, in the words of
    the client; ``signer``: the name that was typed by who agreed with a link; ``may_send``: may it
    be sent once more?
    """

    id: str
    client: str
    kvk: str
    services: tuple[str, ...]
    until: date
    state: str
    why: str
    given: tuple[tuple[str, date], ...]
    asked_at: datetime
    expires_at: datetime
    by_link: bool
    email: str
    reason: str
    signer: str
    may_send: bool

    @property
    def number(self) -> str:
        return f"{self.kvk[:4]} {self.kvk[4:]}"


@dataclass(frozen=True)
class ClientRequestsPage:
    """``done``: ``asked``, ``sent``, ``withdrawn``, ``answered``, ``limited``, or why it could not
    be sent again.
    """

    console: ConsoleFrame
    list: ListPage[ClientRequestRow]
    done: str = ""
    template: str = "organisation_console/client_requests.html"


@dataclass(frozen=True)
class AskClientStep:
    """Whom? ``card``: who was found; ``decider``: who decides there, ``link`` or ``administrator``;
    ``is_possible``: whether it can be asked; ``may_go_on``: nothing is missing for that. ``error``:
    a word, ``no_email`` where a link needs an address.
    """

    console: ConsoleFrame
    wizard: StepFrame
    card: CompanyCard | None
    decider: str = ""
    is_possible: bool = True
    may_go_on: bool = True
    kvk: str = ""
    email: str = ""
    locale: str = "nl"
    error: str = ""
    template: str = "organisation_console/ask_client.html"


@dataclass(frozen=True)
class AskServicesStep:
    """Where, how long, and what for? ``first`` and ``latest``: the days that can be the last one;
    ``chosen``: the one so far; ``quick``: years → day; ``given``: the day as typed; ``hidden``: how
    many the words leave out.
    """

    console: ConsoleFrame
    wizard: StepFrame
    client: str
    choices: tuple[ServiceChoice, ...]
    first: date
    latest: date
    quick: Mapping[int, date]
    chosen: date
    given: str
    message: str
    words: str
    hidden: int
    longest: int
    error: str = ""
    template: str = "organisation_console/ask_services.html"

    @property
    def is_quick(self) -> bool:
        return self.chosen in self.quick.values()


@dataclass(frozen=True)
class AskCheckPage:
    """What would be sent, and to whom. ``decider`` as in AskClientStep; ``error``: why not."""

    console: ConsoleFrame
    wizard: StepFrame
    card: CompanyCard
    services: tuple[str, ...]
    until: date
    message: str
    decider: str
    email: str
    days: int
    error: str = ""
    template: str = "organisation_console/ask_check.html"


@dataclass(frozen=True)
class ChainRequestPage:
    """One request, for who decides. ``needed`` and ``have``: levels; ``lack``, ``again`` as in
    RequestPage; ``services``: name and level of each. ``error``: ``long``.
    """

    console: ConsoleFrame
    request_id: str
    card: CompanyCard
    services: tuple[tuple[str, str], ...]
    until: date
    message: str
    asked_at: datetime
    expires_at: datetime
    lack: str
    needed: str
    have: str
    again: str
    longest: int
    given: str = ""
    error: str = ""
    template: str = "organisation_console/chain_request.html"
