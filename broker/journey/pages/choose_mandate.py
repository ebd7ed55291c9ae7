"""On whose behalf? (A10)"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.journey.pages.frame import Frame, ShownBranch

_WHITE: Final = re.compile(r"\s+")
FROM_SO_MANY: Final = 8  # entries, a list is easier to search than to read
MOST_SHOWN: Final = 50
LONGEST_SEARCH: Final = 64
SELF: Final = "self"


@dataclass(frozen=True)
class MandateChoice:
    """A party to act for. ``number``: KvK or RSIN as people write it; ``reason``: why it cannot be
    chosen. ``is_current``: this browser acts for it now; ``is_double``: it can be chosen in
    another way as well, directly or through an intermediary. ``ends_soon``: within two months.
    """

    key: str
    name: str
    number: str
    branches: tuple[ShownBranch, ...] = ()
    intermediary: str | None = None
    level: str = ""
    valid_until: datetime | None = None
    reason: str | None = None
    is_current: bool = False
    is_double: bool = False
    ends_soon: bool = False

    def matches(self, search: str) -> bool:
        """Is every word of the search in a name, an address or a number? Without accents; numbers
        with or without spaces.
        """
        names = [self.name, self.intermediary]
        names += [part for one in self.branches for part in (one.name, one.address)]
        numbers = [self.number, *(one.number for one in self.branches)]
        text = _plain(" ".join(part for part in (*names, *numbers) if part))
        packed = [_WHITE.sub("", number) for number in numbers]
        sought = _plain(search)
        is_number = _WHITE.sub("", sought).isdigit()
        words = [_WHITE.sub("", sought)] if is_number else sought.split()
        return all(word in text or any(word in one for one in packed) for word in words)


@dataclass(frozen=True)
class ChooseMandatePage:
    """``usable`` can be chosen, ``refused`` are shown with why not; ``allows_self``: one may come
    for oneself. ``last``: the key of what this person chose the last time, or SELF. ``search``:
    what the user looks for, in a list that is long enough for it.
    """

    frame: Frame
    usable: tuple[MandateChoice, ...]
    refused: tuple[MandateChoice, ...]
    allows_self: bool
    person: str
    last: str | None = None
    search: str = ""
    error: bool = False
    template: str = "journey/choose_mandate.html"

    @property
    def total(self) -> int:
        return len(self.usable) + len(self.refused)

    @property
    def can_search(self) -> bool:
        return self.total >= FROM_SO_MANY

    @property
    def found(self) -> tuple[MandateChoice, ...]:
        """What matches the search and can be chosen."""
        return tuple(choice for choice in self.usable if choice.matches(self.search))

    @property
    def shown(self) -> tuple[MandateChoice, ...]:
        """As much of it as one page holds."""
        return self.found[:MOST_SHOWN]

    @property
    def not_possible(self) -> tuple[MandateChoice, ...]:
        """What matches the search and cannot be chosen."""
        return tuple(choice for choice in self.refused if choice.matches(self.search))[:MOST_SHOWN]

    @property
    def first(self) -> MandateChoice | None:
        """What was chosen the last time; it stands above the lists."""
        return next((choice for choice in self.found if choice.key == self.last), None)

    @property
    def self_first(self) -> bool:
        """The last time this person came for him- or herself."""
        return self.allows_self and self.last == SELF

    @property
    def own(self) -> tuple[MandateChoice, ...]:
        """Directly, without an intermediary."""
        return tuple(choice for choice in self._rest if choice.intermediary is None)

    @property
    def clients(self) -> tuple[MandateChoice, ...]:
        """Through an intermediary that they gave a chain mandate."""
        return tuple(choice for choice in self._rest if choice.intermediary is not None)

    @property
    def own_organisations(self) -> int:
        """How many organisations ``own`` names: one can stand there for several branches."""
        return len({choice.number for choice in self.own})

    @property
    def has_doubles(self) -> bool:
        """One organisation stands among ``own`` and among ``clients``."""
        own = {choice.number for choice in self.own}
        return any(choice.is_double and choice.number in own for choice in self.clients)

    @property
    def _rest(self) -> tuple[MandateChoice, ...]:
        return tuple(choice for choice in self.shown if choice is not self.first)


def _plain(text: str) -> str:
    """As people type it: without capitals and accents."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in taken_apart if not unicodedata.combining(sign))
