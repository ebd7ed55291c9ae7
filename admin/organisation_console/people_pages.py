"""Pages of the people of a company: the list, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.means_panel import MeansPanel
from admin.organisation_console.pages import ConsoleFrame, MandateRow
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class PersonRow:
    """One of them. ``level``: the most that a login reaches here, None where none is possible;
    ``state``: ``active``, ``expired``, ``blocked`` or ``none``, and while something is to happen
    with a means of Sluis ``approval``, ``activation``, ``change`` or ``refused``; ``since``: of the
    place, None for who has none yet; ``deadline``: of the activation; ``only_at``: the provider to
    whose services the means is restricted; ``is_active``: a login is possible now.
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
    deadline: datetime | None = None
    only_at: str = ""
    is_active: bool = False


@dataclass(frozen=True)
class PeoplePage:
    """``invited``: how many invitations nobody answered; ``done``: what was just done."""

    console: ConsoleFrame
    list: ListPage[PersonRow]
    invited: int = 0
    done: str = ""
    template: str = "organisation_console/people.html"


@dataclass(frozen=True)
class PersonPage:
    """One of them, with the mandates here and the means of Sluis. ``left``: when the place here
    ended, of who has none any more; ``done``: what was done with a mandate or the means.
    """

    console: ConsoleFrame
    person: PersonRow
    rows: tuple[MandateRow, ...]
    means: MeansPanel
    left: datetime | None = None
    done: str = ""
    template: str = "organisation_console/person.html"
