"""The page that tells whether somebody may open a service, and which rule says no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from admin.organisation_console.pages import ConsoleFrame


@dataclass(frozen=True)
class WhatIfResult:
    """The answer. ``rule``: of WhatIfRule, empty for yes; ``refusal``: why a mandate falls short,
    in words; ``through``: the intermediary of a chain; ``until``: when the mandate ends.
    """

    person_id: str
    person: str
    service: str
    day: date
    may: bool
    rule: str
    needed: str
    reached: str
    means: str
    refusal: str
    mandate_id: str | None
    through: str
    until: datetime | None


@dataclass(frozen=True)
class WhatIfPage:
    """``people`` and ``services``: id and name of what can be chosen; ``who``, ``service`` and
    ``day``: what is; ``given_day``: how it was typed; ``wrong``: the first field that is not filled
    in.
    """

    console: ConsoleFrame
    people: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str], ...]
    who: str
    service: str
    day: date
    today: date
    result: WhatIfResult | None = None
    wrong: str = ""
    given_day: str = ""
    template: str = "organisation_console/what_if.html"
