"""The console: the frame around every page, requests for mandates, and who is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from admin.means.to_do import MeansToDo
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class CompanyTab:
    """A company in the switcher. ``level``: what this login is worth there; ``waiting``: how many
    requests do; ``initials`` and ``colour`` tell companies apart at a glance.
    """

    id: str
    name: str
    kvk: str
    role: str
    level: str
    waiting: int
    is_here: bool
    initials: str
    colour: str


@dataclass(frozen=True)
class ConsoleFrame:
    """Who is logged in, where, and where else. ``to_do``: how much there is to do here."""

    person: str
    here: CompanyTab
    companies: tuple[CompanyTab, ...]
    to_do: int = 0

    @property
    def is_administrator(self) -> bool:
        return self.here.role == "administrator"

    @property
    def elsewhere(self) -> tuple[CompanyTab, ...]:
        """The other companies where requests wait."""
        return tuple(one for one in self.companies if one.waiting and not one.is_here)


@dataclass(frozen=True)
class RequestRow:
    """One open request."""

    id: str
    person: str
    organisation: str
    service: str
    level: str
    asked_at: datetime
    message: str | None


@dataclass(frozen=True)
class MandateRow:
    """One mandate. ``service``: empty for every service up to ``level``. ``state``: ``active``,
    ``soon``, ``future``, ``left`` where the person left and it counts no more, ``undo`` while it
    may be undone, ``revoked``. ``last``: the last day as a
    moment. ``seconds``: how long it may still be undone.
    """

    id: str
    person_id: str
    person: str
    organisation: str
    service_uuid: str | None
    service: str
    provider: str
    level: str
    branches: tuple[str, ...]
    since: datetime
    until: datetime
    last_used: datetime | None
    state: str
    revoked_at: datetime | None = None
    seconds: int = 0

    @property
    def is_general(self) -> bool:
        return self.service_uuid is None


@dataclass(frozen=True)
class ChainRow:
    """One chain mandate. ``state`` as in MandateRow, never ``left``, and ``off`` where a link gave
    it and links do not count (that far); ``other``: the organisation at the other end,
    ``other_kvk`` its number; ``by_link``: who read a mail gave it, and no administrator.
    """

    id: str
    other_id: str
    other: str
    other_kvk: str
    service_uuid: str
    service: str
    provider: str
    level: str
    since: datetime
    until: datetime
    last_used: datetime | None
    state: str
    revoked_at: datetime | None = None
    seconds: int = 0
    by_link: bool = False

    @property
    def number(self) -> str:
        return f"{self.other_kvk[:4]} {self.other_kvk[4:]}"


@dataclass(frozen=True)
class ComingRow:
    """``kind``: a word of ``admin.terms.coming.TermKind``; ``until``: its last day as a moment;
    ``service``: empty for every service up to ``level``. ``is_own``: of who looks.
    """

    kind: str
    subject_id: str
    name: str
    until: datetime
    service: str = ""
    level: str = ""
    person_id: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class ChainRequestRow:
    """A request of an intermediary that waits. ``until``: the last day that it asks."""

    id: str
    intermediary: str
    number: str
    services: tuple[str, ...]
    until: date
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class ToDoPage:
    """``asked``: by intermediaries; ``done``: what the administrator just did (``refused``,
    ``decided``, ``switched``, ``chain_refused``, ``chain_decided``).
    """

    console: ConsoleFrame
    requests: tuple[RequestRow, ...]
    ending: tuple[MandateRow, ...]
    chains: tuple[ChainRow, ...] = ()
    asked: tuple[ChainRequestRow, ...] = ()
    coming: tuple[ComingRow, ...] = ()
    means: tuple[MeansToDo, ...] = ()
    done: str | None = None
    template: str = "organisation_console/to_do.html"


@dataclass(frozen=True)
class PortalTile:
    """A portal that can be entered. ``url``: where it begins; ``services``: names of those there
    that a mandate opens.
    """

    name: str
    url: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class OwnMandatesPage:
    """What somebody may do in this company, and where."""

    console: ConsoleFrame
    list: ListPage[MandateRow]
    portals: tuple[PortalTile, ...] = ()
    template: str = "organisation_console/own_mandates.html"


@dataclass(frozen=True)
class ProfilePage:
    """Who is logged in, how, and as what where."""

    console: ConsoleFrame
    email: str | None
    level: str
    logged_in_at: datetime
    template: str = "organisation_console/profile.html"


@dataclass(frozen=True)
class RequestPage:
    """One request. ``lack``: ``too_old`` or ``too_low`` where this login may not grant; ``have``:
    its level; ``again``: the way to one that may. ``is_own``: who asks is who decides; ``is_told``:
    other administrators hear of it.
    """

    console: ConsoleFrame
    row: RequestRow
    lack: str
    have: str
    again: str
    is_own: bool = False
    is_told: bool = False
    template: str = "organisation_console/request.html"


@dataclass(frozen=True)
class RefusePage:
    """Asks why before a request is refused. ``is_too_old``: this login may not, and ``again`` leads
    to one that may. ``error``: ``empty`` or ``too_long``; ``given``: what was filled in.
    """

    console: ConsoleFrame
    row: RequestRow
    longest: int
    again: str
    is_too_old: bool = False
    is_told: bool = True
    given: str = ""
    error: str = ""
    template: str = "organisation_console/refuse.html"


@dataclass(frozen=True)
class AdministratorLoggedOutPage:
    """``reason``: ``logged_out``, ``cancelled``, ``refused``, ``idle`` or ``company_ended``."""

    reason: str
    template: str = "organisation_console/logged_out.html"


@dataclass(frozen=True)
class NotAllowedPage:
    """Logged in, but with nothing here. ``console``: None for who belongs to no company.
    ``may_ask_account``: this installation lets a first administrator ask for one.
    """

    console: ConsoleFrame | None
    person: str
    may_ask_account: bool = False
    template: str = "organisation_console/not_allowed.html"


@dataclass(frozen=True)
class OtherPlacePage:
    """What was asked belongs to another of the own companies."""

    console: ConsoleFrame
    company: CompanyTab
    template: str = "organisation_console/other_place.html"
