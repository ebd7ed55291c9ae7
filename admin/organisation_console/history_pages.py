"""Pages of what happened at a company: logins, and changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.pages import ConsoleFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class CompanyLoginRow:
    """One login. ``person``: empty for somebody of another office, ``office`` its name; ``client``:
    for whom somebody of this company acted as an intermediary; ``outcome`` a machine word.
    """

    at: datetime
    reference: str
    person: str
    office: str
    client: str
    service: str
    portal: str
    makelaar: str
    level: str
    outcome: str


@dataclass(frozen=True)
class CompanyLoginsPage:
    """``services``: UUID and name of what can be filtered by; ``kept_days``: how long logins are
    kept.
    """

    console: ConsoleFrame
    list: ListPage[CompanyLoginRow]
    services: tuple[tuple[str, str], ...]
    kept_days: int
    template: str = "organisation_console/logins.html"


@dataclass(frozen=True)
class ChangeLine:
    """One change. ``who``: empty for the administration of this installation; ``about``: the person
    whose rights they are, empty for nobody; ``was`` and ``now`` in words, empty where nothing was
    or is; ``url``: where it can be looked at, or undone where ``may_undo``; ``place``: the
    organisation where it was, which has gone up in this one since; empty for here.
    """

    at: datetime
    reference: str
    who: str
    title: str
    detail: str
    about: str
    was: str
    now: str
    url: str = ""
    may_undo: bool = False
    place: str = ""


@dataclass(frozen=True)
class ChangesPage:
    console: ConsoleFrame
    list: ListPage[ChangeLine]
    kept_days: int
    template: str = "organisation_console/changes.html"
