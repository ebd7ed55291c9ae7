"""Pages of an intermediary: its clients, one of them, and who of its people acts for which."""

from __future__ import annotations

from dataclasses import dataclass

from admin.chains.intermediaries import CompanyCard
from admin.organisation_console.chain_pages import IntermediaryRow
from admin.organisation_console.pages import ChainRow, ConsoleFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class ClientsPage:
    """``services``: UUID and name of those that can be filtered by; ``done``: what was done
    (``given_up``, ``taken_up``, ``too_late``).
    """

    console: ConsoleFrame
    list: ListPage[IntermediaryRow]
    services: tuple[tuple[str, str], ...]
    done: str = ""
    template: str = "organisation_console/clients.html"


@dataclass(frozen=True)
class ClientPage:
    """One client: what is registered of it, and where the company may act for it. ``people``: id
    and name of the colleagues who may act for it, as far as the allocation goes.
    """

    console: ConsoleFrame
    card: CompanyCard
    rows: tuple[ChainRow, ...]
    people: tuple[tuple[str, str], ...]
    done: str = ""
    template: str = "organisation_console/client.html"

    @property
    def stands(self) -> bool:
        return any(one.state not in ("undo", "revoked") for one in self.rows)

    @property
    def counts(self) -> bool:
        """Does any of it let anybody act?"""
        return any(one.state not in ("undo", "revoked", "off") for one in self.rows)


@dataclass(frozen=True)
class AllocationRow:
    """One colleague. ``clients``: how many are named; None for every client. ``mandates``: how many
    the company gave, without which nobody acts.
    """

    id: str
    name: str
    email: str | None
    clients: int | None
    mandates: int


@dataclass(frozen=True)
class AllocationsPage:
    """Who acts for whom. ``done``: ``allocated``."""

    console: ConsoleFrame
    list: ListPage[AllocationRow]
    done: str = ""
    template: str = "organisation_console/allocations.html"


@dataclass(frozen=True)
class ClientChoice:
    """One box: a client everywhere (``service`` empty), or at one service. ``key``: in the form."""

    key: str
    client: str
    number: str
    service: str
    is_chosen: bool


@dataclass(frozen=True)
class AllocationPage:
    """For which clients does this person act? ``hidden``: how many boxes the words leave out, or
    stand further on. ``is_every``: no limit. ``again``: where to log in anew, where the login is
    too old to give more; empty where it is not. ``error``: ``same``.
    """

    console: ConsoleFrame
    person_id: str
    person: str
    is_every: bool
    choices: tuple[ClientChoice, ...]
    words: str
    hidden: int
    again: str
    error: str = ""
    template: str = "organisation_console/allocation.html"
