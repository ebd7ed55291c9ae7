"""Choice of the makelaar (A2), with the facts for the administrator (A3)."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame
from broker.journey.pages.service_facts import ServiceFacts
from broker.web.announcement_page import Spoken


@dataclass(frozen=True)
class ProviderChoice:
    """One makelaar. ``ceiling`` is the level it goes to; ``notices`` are what is said of it now;
    ``federation``: out of whose list it comes, which chose its name; empty for one of ours.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    notices: tuple[Spoken, ...]
    is_paused: bool
    reaches: bool
    ceiling: str
    federation: str = ""


@dataclass(frozen=True)
class LeftMakelaar:
    """The makelaar of this login that can be used no more since it was chosen. ``name``: None where
    it is not registered any more. ``may_return``: it is paused.
    """

    name: str | None
    may_return: bool


@dataclass(frozen=True)
class ChooseProviderPage:
    """``choices`` are those that match ``search``, or the first of them where it ``has_more``; the
    page splits them by what can be chosen. ``left``: why somebody who chose before is here again.
    """

    frame: Frame
    facts: ServiceFacts
    choices: tuple[ProviderChoice, ...]
    search: str
    has_more: bool
    remember_days: int
    offers_account: bool = False
    error: bool = False
    left: LeftMakelaar | None = None
    template: str = "journey/choose_provider.html"

    @property
    def shows_reference(self) -> bool:
        """Only for who is here again: nothing went wrong for the others."""
        return self.left is not None

    @property
    def available(self) -> tuple[ProviderChoice, ...]:
        return tuple(c for c in self.choices if c.reaches and not c.is_paused)

    @property
    def paused(self) -> tuple[ProviderChoice, ...]:
        return tuple(c for c in self.choices if c.reaches and c.is_paused)

    @property
    def too_low(self) -> tuple[ProviderChoice, ...]:
        return tuple(c for c in self.choices if not c.reaches)
