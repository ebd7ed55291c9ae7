"""Pages of imports: the file, what is wrong with it, what it would change, and that it is done."""

from __future__ import annotations

from dataclasses import dataclass

from admin.organisation_console.pages import ConsoleFrame


@dataclass(frozen=True)
class ImportPage:
    """Asks for a file. ``kind``: which was brought, empty before one was; ``error``: a sentence."""

    console: ConsoleFrame
    kind: str = ""
    error: str = ""
    template: str = "organisation_console/import.html"


@dataclass(frozen=True)
class FaultRow:
    """One thing that is wrong, in words; ``seen`` is empty where nothing stood there."""

    line: int
    column: str
    seen: str
    expected: str


@dataclass(frozen=True)
class ImportFaultsPage:
    """``number``: of everything that is wrong, of which the first are ``rows``."""

    console: ConsoleFrame
    kind: str
    rows: tuple[FaultRow, ...]
    number: int
    template: str = "organisation_console/import_faults.html"


@dataclass(frozen=True)
class ImportRow:
    """One change. ``service``: empty for people; ``was`` and ``now``: days or words of roles."""

    line: int
    person: str
    detail: str
    was: str
    now: str


@dataclass(frozen=True)
class ImportGroup:
    """Rows with the same change (a word); ``number`` of them, of which the first are ``rows``."""

    change: str
    number: int
    rows: tuple[ImportRow, ...]


@dataclass(frozen=True)
class ImportCheckPage:
    """Is this what you want? ``lack``, ``have`` and ``again`` as in RequestPage. ``error``:
    ``unseen``, ``changed`` or ``nothing``.
    """

    console: ConsoleFrame
    kind: str
    draft_id: str
    groups: tuple[ImportGroup, ...]
    digest: str
    lack: str
    needed: str
    have: str
    again: str
    error: str = ""
    template: str = "organisation_console/import_check.html"

    @property
    def changed(self) -> int:
        return sum(one.number for one in self.groups if one.change != "unchanged")

    @property
    def shortened(self) -> int:
        return sum(one.number for one in self.groups if one.change == "shortened")


@dataclass(frozen=True)
class ImportDonePage:
    console: ConsoleFrame
    kind: str
    number: int
    template: str = "organisation_console/import_done.html"
