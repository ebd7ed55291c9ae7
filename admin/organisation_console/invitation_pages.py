"""Pages of invitations: the form, and the list of those that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.pages import ConsoleFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class InvitationRow:
    """One that nobody answered. ``is_over``: its link works no more; ``by``: who sent it."""

    id: str
    name: str
    email: str
    role: str
    by: str
    sent_at: datetime
    until: datetime
    is_over: bool


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
