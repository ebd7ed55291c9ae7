"""Pages of user groups at ``/beheer``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.pages import ConsoleFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class GroupRow:
    """One group in the list. ``is_mine``: the person of the session is in it."""

    id: str
    name: str
    short_name: str
    members: int
    companies: int
    is_mine: bool


@dataclass(frozen=True)
class GroupMemberRow:
    """``number``: of the companies of the group that this member may act for now."""

    person_id: str
    name: str
    email: str | None
    role: str
    since: datetime
    number: int
    is_self: bool


@dataclass(frozen=True)
class GroupCompanyRow:
    """``branch``: the one that is in the group, None for the whole company; ``may_remove``: by the
    person of the session.
    """

    id: str
    name: str
    kvk: str
    branch: str | None
    level: str
    until: datetime
    is_over: bool
    may_remove: bool


@dataclass(frozen=True)
class BranchChoice:
    """A branch that can be brought in."""

    number: str
    name: str


@dataclass(frozen=True)
class GroupsPage:
    """``done``: what was just done with one that the person sees no more."""

    console: ConsoleFrame
    list: ListPage[GroupRow]
    done: str = ""
    template: str = "organisation_console/groups.html"


@dataclass(frozen=True)
class NewGroupPage:
    """``errors``: words for what is wrong; ``lack``: why this login may not, ``again`` the way to
    one that may.
    """

    console: ConsoleFrame
    branches: tuple[BranchChoice, ...]
    short_name: str = ""
    name: str = ""
    branch: str = ""
    errors: tuple[str, ...] = ()
    lack: str = ""
    again: str = ""
    template: str = "organisation_console/new_group.html"


@dataclass(frozen=True)
class GroupPage:
    """``may_change``: the person looks after the group; ``may_add_company``: and administers this
    company, of which something can still be brought in. ``again``: the way to a login that may.
    """

    console: ConsoleFrame
    group: GroupRow
    members: tuple[GroupMemberRow, ...]
    companies: tuple[GroupCompanyRow, ...]
    branches: tuple[BranchChoice, ...]
    may_change: bool
    may_add_company: bool
    may_add_member: bool
    needed: str
    again: str
    done: str = ""
    template: str = "organisation_console/group.html"


@dataclass(frozen=True)
class MemberChoice:
    """Somebody of the company here. ``why_not``: a word, empty where nothing is against it."""

    id: str
    name: str
    email: str | None
    why_not: str


@dataclass(frozen=True)
class AddMemberPage:
    """``error``: ``nothing`` where nobody was chosen, else why this one cannot be."""

    console: ConsoleFrame
    group: GroupRow
    companies: tuple[str, ...]
    choices: tuple[MemberChoice, ...]
    error: str = ""
    template: str = "organisation_console/add_member.html"


@dataclass(frozen=True)
class GroupLogin:
    """One login for a company of the group."""

    at: datetime
    person: str
    company: str
    service: str
    level: str | None


@dataclass(frozen=True)
class GroupHistoryPage:
    """``people``: id and name of those that can be filtered by."""

    console: ConsoleFrame
    group: GroupRow
    list: ListPage[GroupLogin]
    people: tuple[tuple[str, str], ...]
    template: str = "organisation_console/group_history.html"


@dataclass(frozen=True)
class GroupHelpPage:
    """One group for each establishment, or one for all?"""

    console: ConsoleFrame
    one_per_account: bool
    template: str = "organisation_console/group_help.html"
