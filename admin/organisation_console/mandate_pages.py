"""Pages of mandates: the list, one of them, and its last day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.organisation_console.pages import ConsoleFrame, MandateRow
from broker.web.lists.page import ListPage

GENERAL_SERVICE: Final = "algemeen"  # where a filter would name a service


@dataclass(frozen=True)
class MandatesPage:
    """``services``: UUID and name of those that can be filtered by; ``done``: what was done
    (``revoked``, ``restored``, ``too_late``).
    """

    console: ConsoleFrame
    list: ListPage[MandateRow]
    services: tuple[tuple[str, str], ...]
    done: str = ""
    template: str = "organisation_console/mandates.html"


@dataclass(frozen=True)
class MandatePage:
    """One mandate. ``done``: also ``changed``."""

    console: ConsoleFrame
    row: MandateRow
    done: str = ""
    template: str = "organisation_console/mandate.html"


@dataclass(frozen=True)
class EndDatePage:
    """Asks for another last day. ``quick``: years → day, offered in the last two months. ``lack``
    and ``again`` as in RequestPage. ``error``: a word; ``given``: what was filled in.
    """

    console: ConsoleFrame
    row: MandateRow
    first: date
    latest: date
    quick: Mapping[int, date]
    lack: str
    have: str
    again: str
    given: str = ""
    error: str = ""
    template: str = "organisation_console/end_date.html"
