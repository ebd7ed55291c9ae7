"""No mandate (A12): why, who can mend it, what they need, and a request to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.journey.pages.choose_mandate import MandateChoice
from broker.journey.pages.frame import Frame
from broker.journey.pages.service_facts import ServiceFacts


@dataclass(frozen=True)
class AskedOrganisation:
    """An organisation of this person. ``administrators``: names, empty where the organisation does
    not share them. ``asked_at``: of a request that waits for a decision; ``refused_at``: when the
    last one was refused, and ``refused_because`` why, in the words of the administrator.
    """

    id: str
    name: str
    number: str
    administrators: tuple[str, ...] = ()
    asked_at: datetime | None = None
    refused_at: datetime | None = None
    refused_because: str | None = None


@dataclass(frozen=True)
class MandateMissingPage:
    """``sent_to``: the organisation whose administrators were just asked. ``hears``: the decision
    can be mailed to this person.
    """

    frame: Frame
    facts: ServiceFacts
    refused: tuple[MandateChoice, ...]
    organisations: tuple[AskedOrganisation, ...]
    sent_to: str | None = None
    hears: bool = False
    error: bool = False
    shows_reference: bool = True
    template: str = "journey/mandate_missing.html"

    @property
    def waiting(self) -> tuple[AskedOrganisation, ...]:
        """Where a request is open: asking again changes nothing."""
        return tuple(place for place in self.organisations if place.asked_at is not None)

    @property
    def askable(self) -> tuple[AskedOrganisation, ...]:
        """Where a request can be sent."""
        return tuple(place for place in self.organisations if place.asked_at is None)

    @property
    def needs_higher_login(self) -> bool:
        """There is a mandate, and this login is too low for it: another mandate does not help."""
        return self._lacks("login_level")

    @property
    def needs_whole(self) -> bool:
        """There is a mandate, for a branch: one for the whole organisation helps."""
        return self._lacks("branch")

    @property
    def needs_higher_mandate(self) -> bool:
        """There is a mandate, for a lower level than the service asks."""
        return self._lacks("mandate_level")

    def _lacks(self, reason: str) -> bool:
        """Every mandate is refused for this, and for nothing else."""
        return {choice.reason for choice in self.refused} == {reason}

    @property
    def only_waits(self) -> bool:
        """There is nothing left to ask."""
        return self.sent_to is not None or bool(self.waiting and not self.askable)
