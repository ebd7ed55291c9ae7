"""Pages of chain mandates that were given: intermediaries, one of them, and the steps of giving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from admin.chains.intermediaries import CompanyCard
from admin.organisation_console.pages import ChainRow, ConsoleFrame
from broker.web.lists.page import ListPage

CHAIN_STEPS: Final = ("intermediair", "diensten", "einddatum", "controle")


@dataclass(frozen=True)
class IntermediaryRow:
    """One intermediary with what it may do. ``state``: ``active``, ``soon`` where something ends
    within two months, ``off`` where a link gave all of it and links do not count, ``undo`` while
    all of it may be given back, ``revoked``. ``until``: of what
    ends first; ``stroke``: a chain mandate that was taken back last, for undoing.
    """

    id: str
    name: str
    kvk: str
    services: tuple[str, ...]
    service_uuids: tuple[str, ...]
    until: datetime
    state: str
    stroke: str = ""
    seconds: int = 0

    @property
    def number(self) -> str:
        return f"{self.kvk[:4]} {self.kvk[4:]}"


@dataclass(frozen=True)
class IntermediariesPage:
    """``services``: UUID and name of those that can be filtered by; ``done``: what was done
    (``revoked``, ``restored``, ``too_late``).
    """

    console: ConsoleFrame
    list: ListPage[IntermediaryRow]
    services: tuple[tuple[str, str], ...]
    done: str = ""
    template: str = "organisation_console/chains.html"


@dataclass(frozen=True)
class IntermediaryPage:
    """One intermediary: what is registered of it, and what it may do. ``stands``: is there anything
    left to take back?
    """

    console: ConsoleFrame
    card: CompanyCard
    rows: tuple[ChainRow, ...]
    done: str = ""
    template: str = "organisation_console/chain_intermediary.html"

    @property
    def stands(self) -> bool:
        return any(one.state not in ("undo", "revoked") for one in self.rows)

    @property
    def counts(self) -> bool:
        """Does any of it let anybody act?"""
        return any(one.state not in ("undo", "revoked", "off") for one in self.rows)


@dataclass(frozen=True)
class ChainStep:
    """``draft_id``, and which of CHAIN_STEPS this is."""

    draft_id: str
    step: str

    @property
    def number(self) -> int:
        return CHAIN_STEPS.index(self.step)


@dataclass(frozen=True)
class ChainIntermediaryStep:
    """Who? ``card``: who was found; ``given``: what was filled in. ``error``: a word."""

    console: ConsoleFrame
    wizard: ChainStep
    card: CompanyCard | None
    given: str = ""
    error: str = ""
    template: str = "organisation_console/chain_step_intermediary.html"


@dataclass(frozen=True)
class ChainServiceChoice:
    """A service. ``level``: of the chain mandate; ``why_not``: a word for why it cannot be
    chosen.
    """

    uuid: str
    name: str
    provider: str
    level: str
    is_chosen: bool
    why_not: str = ""


@dataclass(frozen=True)
class ChainServicesStep:
    """Where? ``own``: the level of the login here; ``least``: what any chain mandate asks, where
    the login is below it, and ``again`` the way to one that is not; ``hidden``: how many the words
    leave out.
    """

    console: ConsoleFrame
    wizard: ChainStep
    intermediary: str
    choices: tuple[ChainServiceChoice, ...]
    own: str
    least: str
    again: str
    words: str
    hidden: int
    error: str = ""
    template: str = "organisation_console/chain_step_services.html"


@dataclass(frozen=True)
class ChainEndDateStep:
    """Until when? ``chosen``: the day so far; ``quick``: years → day."""

    console: ConsoleFrame
    wizard: ChainStep
    first: date
    latest: date
    quick: Mapping[int, date]
    chosen: date
    given: str = ""
    error: str = ""
    template: str = "organisation_console/chain_step_end_date.html"

    @property
    def is_quick(self) -> bool:
        return self.chosen in self.quick.values()


@dataclass(frozen=True)
class ChainChangeRow:
    """One change, or what cannot be."""

    uuid: str
    service: str
    level: str
    current: date | None
    why_not: str = ""


@dataclass(frozen=True)
class ChainCheckPage:
    """What would happen, by kind. ``digest``: of what is shown. ``lack``, ``have``, ``again`` and
    ``needed`` as in CheckPage. ``error``: ``unseen``, ``changed`` or ``nothing``.
    """

    console: ConsoleFrame
    wizard: ChainStep
    card: CompanyCard
    until: date
    shortened: tuple[ChainChangeRow, ...]
    new: tuple[ChainChangeRow, ...]
    extended: tuple[ChainChangeRow, ...]
    unchanged: tuple[ChainChangeRow, ...]
    impossible: tuple[ChainChangeRow, ...]
    digest: str
    lack: str
    needed: str
    have: str
    again: str
    skipped: frozenset[str] = frozenset()
    error: str = ""
    template: str = "organisation_console/chain_step_check.html"

    @property
    def number(self) -> int:
        """How many chain mandates would be given or changed."""
        return len(self.shortened) + len(self.new) + len(self.extended)


@dataclass(frozen=True)
class ChainGivenPage:
    """It is done: what the intermediary needs to know. ``is_told``: its administrators have a
    mail.
    """

    console: ConsoleFrame
    card: CompanyCard
    rows: tuple[ChainRow, ...]
    is_told: bool
    template: str = "organisation_console/chain_given.html"
