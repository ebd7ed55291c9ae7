"""Pages of invitations: the form, and the list of those that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.group_pages import GroupRow
from admin.organisation_console.pages import ConsoleFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class InvitationRow:
    """One that nobody answered. ``is_over``: its link works no more; ``by``: who sent it.
    ``group``: into which one too, empty for none; ``hindrance``: what stands in the way of that
    today, as ``GroupOutcome`` says.
    """

    id: str
    name: str
    email: str
    role: str
    by: str
    sent_at: datetime
    until: datetime
    is_over: bool
    group: str = ""
    group_role: str = ""
    hindrance: str = ""


@dataclass(frozen=True)
class InvitationsPage:
    """``done``: what was just done with one, or why it was not. ``again``: the way to another
    login; ``have``: the level of this one.
    """

    console: ConsoleFrame
    list: ListPage[InvitationRow]
    again: str
    have: str
    done: str = ""
    template: str = "organisation_console/invitations.html"


@dataclass(frozen=True)
class InviteForm:
    """Who is invited? ``errors``: why not, as ``InvitationRefused`` says, or ``limited``; ``lack``:
    ``too_old`` or ``too_low`` where this login may not, and ``again`` the way to one that may.
    """

    hours: int
    name: str
    email: str
    role: str
    locale: str
    errors: tuple[str, ...]
    lack: str
    again: str


@dataclass(frozen=True)
class InvitePage:
    """Into the company."""

    console: ConsoleFrame
    form: InviteForm
    template: str = "organisation_console/invite.html"


@dataclass(frozen=True)
class InviteToGroupPage:
    """Into a group too. ``companies``: for which it may act; ``needed``: the level that a login
    must have.
    """

    console: ConsoleFrame
    form: InviteForm
    group: GroupRow
    companies: tuple[str, ...]
    needed: str
    template: str = "organisation_console/invite_to_group.html"
