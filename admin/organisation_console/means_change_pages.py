"""Pages of changing a means at ``/beheer``."""

from __future__ import annotations

from dataclasses import dataclass, field

from admin.organisation_console.means_pages import LevelChoice, PlaceChoice
from admin.organisation_console.pages import ConsoleFrame


@dataclass(frozen=True)
class ChangeMeansPage:
    """Level, role and companies. ``restriction``: the OIN that it is restricted to, empty for an
    ordinary means; ``restrictions``: OIN and name of what it can be. ``blocked``: why nothing can
    change (``own``, ``pending``, ``ends``), else empty; ``asks_factor``: a second factor is missing
    for what was chosen; ``document``: where the scan of an identity document is brought that is
    missing, else empty; ``lack``: what the login lacks, and ``again`` leads to one that does not.
    """

    console: ConsoleFrame
    person_id: str
    person: str
    choices: tuple[LevelChoice, ...]
    level: str
    was: str
    restriction: str
    restrictions: tuple[tuple[str, str], ...]
    role: str
    places: tuple[PlaceChoice, ...]
    asks_factor: bool
    to_person: bool
    factor: str
    mobile: str
    address: str
    countries: tuple[str, ...]
    own: str
    blocked: str
    lack: str
    again: str
    document: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    template: str = "organisation_console/change_means.html"


@dataclass(frozen=True)
class ContactPage:
    """The number or the address (``what``: ``mobile`` or ``email``). ``blocked``: why it cannot be
    changed here, else empty.
    """

    console: ConsoleFrame
    what: str
    person_id: str
    person: str
    value: str
    countries: tuple[str, ...]
    blocked: str
    is_too_old: bool
    again: str
    error: str = ""
    template: str = "organisation_console/change_contact.html"
