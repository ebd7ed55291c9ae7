"""The page of the role of a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.pages import ConsoleFrame


@dataclass(frozen=True)
class RolePage:
    """``fault``: why it cannot be extended (``no_administrator``, ``own``, ``early``), empty where
    it can; ``again``: the way to a newer login, empty where this one is new enough; ``until``: the
    last day as a moment, None for who is no administrator; ``done``: ``extended``.
    """

    console: ConsoleFrame
    person_id: str
    person: str
    until: datetime | None
    is_over: bool
    next_until: datetime
    fault: str = ""
    again: str = ""
    done: str = ""
    template: str = "organisation_console/role.html"
