"""The console: requests for mandates, and who is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ConsoleFrame:
    """Who is logged in, and for which organisations."""

    person: str
    organisations: tuple[str, ...]


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
    """One mandate that an administrator gave."""

    id: str
    person: str
    organisation: str
    service: str
    level: str
    since: datetime
    until: datetime
    last_used: datetime | None


@dataclass(frozen=True)
class RequestsPage:
    """``done``: what the administrator just did (``granted``, ``refused`` or ``revoked``).
    ``given``: what stands of what was granted.
    """

    console: ConsoleFrame
    rows: tuple[RequestRow, ...]
    given: tuple[MandateRow, ...] = ()
    done: str | None = None
    template: str = "organisation_console/requests.html"


@dataclass(frozen=True)
class RequestPage:
    """One request with the form to grant it. ``until`` is proposed; ``latest`` is the last date
    that is allowed; ``given`` what was filled in and cannot be.

    ``lack``: ``too_old`` or ``too_low`` where this login may not grant; ``have``: its level;
    ``again``: the way to one that may. ``is_own``: who asks is who decides; ``is_told``: other
    administrators hear of it.
    """

    console: ConsoleFrame
    row: RequestRow
    first: date
    until: date
    latest: date
    lack: str
    have: str
    again: str
    is_own: bool = False
    is_told: bool = False
    given: str = ""
    error: bool = False
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
class MandatePage:
    """Asks before a mandate is taken back."""

    console: ConsoleFrame
    row: MandateRow
    template: str = "organisation_console/mandate.html"


@dataclass(frozen=True)
class AdministratorLoggedOutPage:
    """``reason``: ``logged_out``, ``cancelled``, ``refused`` or ``idle``."""

    reason: str
    template: str = "organisation_console/logged_out.html"


@dataclass(frozen=True)
class NotAllowedPage:
    """Logged in, but no administrator of any organisation."""

    console: ConsoleFrame
    template: str = "organisation_console/not_allowed.html"
