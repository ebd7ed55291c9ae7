"""Pages of means at ``/beheer``: the steps of asking one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from admin.organisation_console.pages import ConsoleFrame

STEPS: Final = ("niveau", "persoon", "identiteitsbewijs", "aflevering", "bedrijven", "controle")


@dataclass(frozen=True)
class MeansSteps:
    """Where in the wizard. ``colleague``: the name of who is there already, else empty;
    ``asks_document``: there is a step for the identity document.
    """

    draft_id: str
    step: str
    colleague: str = ""
    asks_document: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(one for one in STEPS if self.asks_document or one != "identiteitsbewijs")

    @property
    def number(self) -> int:
        return self.steps.index(self.step)


@dataclass(frozen=True)
class BeginMeansPage:
    """Ask one? ``draft_id`` and ``draft_name``: of a request that was not finished."""

    console: ConsoleFrame
    draft_id: str = ""
    draft_name: str = ""
    template: str = "organisation_console/means_begin.html"


@dataclass(frozen=True)
class LevelChoice:
    """A level, and why it cannot be chosen (``above_own_level``), else empty."""

    label: str
    why_not: str


@dataclass(frozen=True)
class MeansLevelStep:
    """``restriction``: the OIN that was chosen, empty for an ordinary means; ``restrictions``: OIN
    and name of what can be.
    """

    console: ConsoleFrame
    wizard: MeansSteps
    choices: tuple[LevelChoice, ...]
    level: str
    role: str
    own: str
    restriction: str = ""
    restrictions: tuple[tuple[str, str], ...] = ()
    faults: dict[str, str] = field(default_factory=dict)
    template: str = "organisation_console/means_level.html"


@dataclass(frozen=True)
class MeansPersonStep:
    console: ConsoleFrame
    wizard: MeansSteps
    name: str
    email: str
    faults: dict[str, str] = field(default_factory=dict)
    template: str = "organisation_console/means_person.html"


@dataclass(frozen=True)
class BroughtFile:
    """A file that came in. ``side``: ``whole``, ``front`` or ``back``; ``kilobytes``: its size."""

    side: str
    media_type: str
    kilobytes: int


@dataclass(frozen=True)
class MeansDocumentStep:
    """``wizard``: None where a means is changed. ``name``: of the person; ``action``: where the
    form goes, ``back``: where "back" leads. ``kinds``: what can be chosen; ``expires``: a day as it
    was filled in; ``first``: the first day that is valid. ``faults``: by ``kind``, ``expires``,
    ``front`` and ``back``.
    """

    console: ConsoleFrame
    wizard: MeansSteps | None
    name: str
    action: str
    back: str
    kinds: tuple[str, ...]
    kind: str
    expires: str
    in_one_file: bool
    brought: tuple[BroughtFile, ...]
    first: date
    faults: dict[str, str] = field(default_factory=dict)
    template: str = "organisation_console/means_document.html"


@dataclass(frozen=True)
class MeansDeliveryStep:
    """``needs_factor``: the level asks a second factor. ``to_person``: the address is that where
    the person is identified, else that of the company. ``countries``: of numbers that get codes.
    """

    console: ConsoleFrame
    wizard: MeansSteps
    needs_factor: bool
    to_person: bool
    factor: str
    mobile: str
    address: str
    countries: tuple[str, ...]
    faults: dict[str, str] = field(default_factory=dict)
    template: str = "organisation_console/means_delivery.html"


@dataclass(frozen=True)
class PlaceChoice:
    """An organisation. ``why_not``: ``above_own_level``, else empty."""

    id: str
    name: str
    kvk: str
    own: str
    is_here: bool
    is_chosen: bool
    why_not: str


@dataclass(frozen=True)
class MeansPlacesStep:
    console: ConsoleFrame
    wizard: MeansSteps
    level: str
    choices: tuple[PlaceChoice, ...]
    faults: dict[str, str] = field(default_factory=dict)
    template: str = "organisation_console/means_places.html"


@dataclass(frozen=True)
class BroughtDocument:
    """Which identity document, until when it is valid, and in how many files."""

    kind: str
    expires_on: date
    files: int


@dataclass(frozen=True)
class MeansCheckPage:
    """All of it, once more. ``lack``: what the login lacks to ask it; ``days``: how long the codes
    can be used; ``only_at``: the provider to whose services it is restricted; ``is_identified``:
    somebody checks who the person is first; ``document``: what was brought of the identity
    document, where it is asked.
    """

    console: ConsoleFrame
    wizard: MeansSteps
    level: str
    role: str
    only_at: str
    name: str
    email: str
    factor: str
    mobile: str
    address: tuple[str, ...]
    places: tuple[str, ...]
    days: int
    needs_approval: bool
    is_identified: bool
    lack: str
    have: str
    again: str
    document: BroughtDocument | None = None
    faults: dict[str, str] = field(default_factory=dict)
    template: str = "organisation_console/means_check.html"
