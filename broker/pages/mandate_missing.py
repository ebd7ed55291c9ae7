"""No mandate (A12): why, who can mend it, what they need, and a request to them."""

from __future__ import annotations

from dataclasses import dataclass

from broker.pages.choose_mandate import MandateChoice
from broker.pages.frame import Frame
from broker.pages.service_facts import ServiceFacts


@dataclass(frozen=True)
class AskedOrganisation:
    """An organisation of this person. ``administrators``: names, empty where the organisation does
    not share them.
    """

    id: str
    name: str
    number: str
    administrators: tuple[str, ...] = ()


@dataclass(frozen=True)
class MandateMissingPage:
    """``sent_to``: the organisation whose administrators were just asked."""

    frame: Frame
    facts: ServiceFacts
    refused: tuple[MandateChoice, ...]
    organisations: tuple[AskedOrganisation, ...]
    sent_to: str | None = None
    error: bool = False
    shows_reference: bool = True
    template: str = "mandate_missing.html"
