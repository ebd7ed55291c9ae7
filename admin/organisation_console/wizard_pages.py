"""Pages of the steps in which mandates are given: services, people, the last day, check, done. What
other wizards have as well stands here too: a step of one, a service to choose, the last day, and
what would change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.organisation_console.pages import ConsoleFrame

STEPS: Final = ("diensten", "gebruikers", "einddatum", "controle")
CHAIN_STEPS: Final = ("intermediair", "diensten", "einddatum", "controle")
REQUEST_STEPS: Final = ("klant", "diensten", "controle")


@dataclass(frozen=True)
class StepFrame:
    """``draft_id``, and which of ``steps`` this is. ``is_request``: it began with a request."""

    draft_id: str
    step: str
    steps: tuple[str, ...] = STEPS
    is_request: bool = False

    @property
    def number(self) -> int:
        return self.steps.index(self.step)


@dataclass(frozen=True)
class ServiceChoice:
    """A service. ``level``: of the mandate; ``asks``: what the service itself asks, where that is
    less; ``why_not``: a word for why it cannot be chosen; empty where it can.
    """

    uuid: str
    name: str
    provider: str
    level: str
    is_chosen: bool
    why_not: str = ""
    asks: str = ""


@dataclass(frozen=True)
class ServicesStep:
    """Which services? ``levels``: of general mandates that may be given; ``own``: the level of the
    login here; ``hidden``: how many services the words leave out. ``error``: a word.
    """

    console: ConsoleFrame
    wizard: StepFrame
    choices: tuple[ServiceChoice, ...]
    levels: tuple[str, ...]
    general: str | None
    own: str
    words: str
    hidden: int
    error: str = ""
    template: str = "organisation_console/step_services.html"


@dataclass(frozen=True)
class PersonChoice:
    """A colleague. ``why_not`` as in ServiceChoice; ``level``: None where it is not known."""

    id: str
    name: str
    email: str | None
    level: str | None
    is_chosen: bool
    is_self: bool
    why_not: str = ""


@dataclass(frozen=True)
class PeopleStep:
    """Who? ``needed``: the highest level among what was chosen."""

    console: ConsoleFrame
    wizard: StepFrame
    choices: tuple[PersonChoice, ...]
    needed: str
    words: str
    hidden: int
    error: str = ""
    template: str = "organisation_console/step_people.html"


@dataclass(frozen=True)
class EndDateStep:
    """Until when? ``chosen``: the day so far; ``quick``: years → day."""

    console: ConsoleFrame
    wizard: StepFrame
    first: date
    latest: date
    quick: Mapping[int, date]
    chosen: date
    given: str
    error: str
    template: str

    @property
    def is_quick(self) -> bool:
        return self.chosen in self.quick.values()


@dataclass(frozen=True)
class ChangeRow:
    """One change, or what cannot be. ``key`` names it in the form; ``service``: empty for a general
    mandate; ``person``: empty for a chain mandate.
    """

    key: str
    service: str
    level: str
    current: date | None
    why_not: str = ""
    person: str = ""

    @property
    def is_general(self) -> bool:
        return not self.service


@dataclass(frozen=True, kw_only=True)
class ChangesCheck:
    """What would happen, by kind. ``digest``: of what is shown. ``lack``, ``have`` and ``again`` as
    in RequestPage, ``needed``: the highest level that is given. ``error``: ``unseen``, ``changed``
    or ``nothing``; ``skipped``: keys that were left out.
    """

    console: ConsoleFrame
    wizard: StepFrame
    until: date
    shortened: tuple[ChangeRow, ...]
    new: tuple[ChangeRow, ...]
    extended: tuple[ChangeRow, ...]
    unchanged: tuple[ChangeRow, ...]
    impossible: tuple[ChangeRow, ...]
    digest: str
    lack: str
    needed: str
    have: str
    again: str
    skipped: frozenset[str] = frozenset()
    error: str = ""

    @property
    def number(self) -> int:
        """How many would be given or changed."""
        return len(self.shortened) + len(self.new) + len(self.extended)


@dataclass(frozen=True, kw_only=True)
class CheckPage(ChangesCheck):
    """Of mandates. ``people`` and ``services``: how many were chosen."""

    people: int
    services: int
    template: str = "organisation_console/step_check.html"


@dataclass(frozen=True)
class GivenPage:
    """It is done. ``number``: of mandates."""

    console: ConsoleFrame
    number: int
    template: str = "organisation_console/given.html"
