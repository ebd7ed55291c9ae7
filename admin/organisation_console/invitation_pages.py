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
    """``done``: what was just done with one, or why it was not."""

    console: ConsoleFrame
    list: ListPage[InvitationRow]
    done: str = ""
    template: str = "organisation_console/invitations.html"


@dataclass(frozen=True)
class InvitePage:
    """Who is invited? ``error``: why not, as ``InvitationRefused`` says, or ``limited``; ``lack``:
    ``too_old`` where this login may make no administrator, and ``again`` the way to one that may.
    """

    console: ConsoleFrame
    hours: int
    name: str = ""
    email: str = ""
    role: str = "member"
    locale: str = "nl"
    error: str = ""
    lack: str = ""
    again: str = ""
    template: str = "organisation_console/invite.html"


@dataclass(frozen=True)
class InviteToGroupPage:
    """Who is invited into this group? ``companies``: for which it may act; ``error`` and ``lack``
    as at ``InvitePage``, ``lack`` also ``too_low``; ``needed``: the level that a login must have.
    """

    console: ConsoleFrame
    group: GroupRow
    companies: tuple[str, ...]
    hours: int
    needed: str
    name: str = ""
    email: str = ""
    role: str = "member"
    locale: str = "nl"
    error: str = ""
    lack: str = ""
    again: str = ""
    template: str = "organisation_console/invite_to_group.html"
