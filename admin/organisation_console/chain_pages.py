"""Pages of chain mandates that were given: intermediaries, one of them, and the steps of giving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.chains.intermediaries import CompanyCard
from admin.organisation_console.pages import ChainRow, ConsoleFrame
from admin.organisation_console.wizard_pages import ChangesCheck, ServiceChoice, StepFrame
from broker.web.lists.page import ListPage


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
class ChainIntermediaryStep:
    """Who? ``card``: who was found; ``given``: what was filled in. ``error``: a word."""

    console: ConsoleFrame
    wizard: StepFrame
    card: CompanyCard | None
    given: str = ""
    error: str = ""
    template: str = "organisation_console/chain_step_intermediary.html"


@dataclass(frozen=True)
class ChainServicesStep:
    """Where? ``own``: the level of the login here; ``least``: what any chain mandate asks, where
    the login is below it, and ``again`` the way to one that is not; ``hidden``: how many the words
    leave out.
    """

    console: ConsoleFrame
    wizard: StepFrame
    intermediary: str
    choices: tuple[ServiceChoice, ...]
    own: str
    least: str
    again: str
    words: str
    hidden: int
    error: str = ""
    template: str = "organisation_console/chain_step_services.html"


@dataclass(frozen=True, kw_only=True)
class ChainCheckPage(ChangesCheck):
    """Of chain mandates. ``card``: the intermediary."""

    card: CompanyCard
    template: str = "organisation_console/chain_step_check.html"


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
