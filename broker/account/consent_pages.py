"""The pages of own consents at ``/mijn``, and of makelaars that this browser remembers (A25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.account.pages import MineFrame


@dataclass(frozen=True)
class ConsentRow:
    """One consent. ``claims``: what leaves, in words, none where that was not kept; ``is_asked``:
    False where the service has another ground, so that there is nothing to withdraw.
    """

    id: str
    portal: str
    service: str
    claims: tuple[str, ...]
    given_at: datetime
    withdrawn_at: datetime | None
    is_asked: bool


@dataclass(frozen=True)
class ConsentsPage:
    """``done``: ``withdrawn``, or ``over`` for what had been before."""

    mine: MineFrame
    standing: tuple[ConsentRow, ...]
    withdrawn: tuple[ConsentRow, ...]
    done: str = ""
    template: str = "account/consents.html"


@dataclass(frozen=True)
class WithdrawPage:
    """Withdraw this one?"""

    mine: MineFrame
    row: ConsentRow
    template: str = "account/withdraw.html"


@dataclass(frozen=True)
class RememberedRow:
    """A service, and the makelaar that this browser takes for it, since when and until when."""

    service_uuid: str
    service: str
    makelaar: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class RememberedPage:
    """``done``: what was just forgotten (``one``, ``all``)."""

    mine: MineFrame
    rows: tuple[RememberedRow, ...]
    done: str = ""
    template: str = "account/remembered.html"
