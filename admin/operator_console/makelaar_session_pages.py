"""What the screens of sessions per makelaar show."""

from __future__ import annotations

from dataclasses import dataclass

from admin.operator_console.pages import DeskFrame
from admin.people.sessions import EndedSessions
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class MakelaarRow:
    """A makelaar whose logins may run. ``state``: ``live``, ``paused``, ``withdrawn``, or ``ours``
    for accounts of our own.
    """

    id: str
    name: str
    state: str


@dataclass(frozen=True)
class MakelaarSessionsPage:
    desk: DeskFrame
    list: ListPage[MakelaarRow]
    template: str = "operator_console/makelaar_sessions.html"


@dataclass(frozen=True)
class EndMakelaarSessionsPage:
    """Are you sure? ``browsers`` and ``consoles``: what runs now. ``error``: the reason is none."""

    desk: DeskFrame
    row: MakelaarRow
    browsers: int
    consoles: int
    reason: str = ""
    error: bool = False
    template: str = "operator_console/end_makelaar_sessions.html"


@dataclass(frozen=True)
class EndedMakelaarSessionsPage:
    """What ended, and who cannot be told, by name."""

    desk: DeskFrame
    row: MakelaarRow
    ended: EndedSessions
    told: tuple[str, ...]
    not_told: tuple[str, ...]
    makelaars_not_told: tuple[str, ...]
    template: str = "operator_console/ended_makelaar_sessions.html"
