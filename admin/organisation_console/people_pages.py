"""Pages of the people of a company: the list, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.invitation_pages import InvitationRow
from admin.organisation_console.pages import ConsoleFrame, MandateRow
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class PersonRow:
    """One of them. ``level``: the most that a login reaches here, None where none is possible;
    ``state``: of the means (``active``, ``expired``, ``blocked``, ``none``); ``since``: of the
    place, None for who only holds a mandate.
    """

    id: str
    name: str
    email: str | None
    role: str
    level: str | None
    state: str
    since: datetime | None
    mandates: int
    is_self: bool


@dataclass(frozen=True)
class PeoplePage:
    """``invitations``: those that nobody answered; ``done``: what was just done with one."""

    console: ConsoleFrame
    list: ListPage[PersonRow]
    invitations: tuple[InvitationRow, ...] = ()
    done: str = ""
    template: str = "organisation_console/people.html"


@dataclass(frozen=True)
class PersonPage:
    """One of them, with the mandates here. ``done``: what was done with one of those."""

    console: ConsoleFrame
    person: PersonRow
    rows: tuple[MandateRow, ...]
    done: str = ""
    template: str = "organisation_console/person.html"
