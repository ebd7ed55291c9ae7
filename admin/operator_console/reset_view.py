"""Resets of factors in the operator console: the search, the request and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.operator_console.pages import DeskFrame


@dataclass(frozen=True)
class Masked:
    """A person, masked. ``level``: what the factors give."""

    name: str
    address: str | None
    level: str


@dataclass(frozen=True)
class FactorLine:
    """A factor that may go. ``label`` only where it is a number of ours, never a person's words."""

    id: str
    name: str
    label: str
    since: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class ResetRow:
    """An open request in the list."""

    id: str
    person: str
    asked_by: str
    asked_at: datetime
    until: datetime
    is_own: bool


@dataclass(frozen=True)
class ResetsPage:
    """``missed``: why the search showed nobody, or ``over`` after a case that is gone."""

    desk: DeskFrame
    rows: tuple[ResetRow, ...]
    missed: str = ""
    template: str = "operator_console/resets.html"


@dataclass(frozen=True)
class AskResetPage:
    """``errors``: some of ``factors``, ``reason`` and ``proof``. ``objection``: why nothing can be
    asked, as in admin.factor_resets.objection, or ``none`` where there is no factor.
    """

    desk: DeskFrame
    handle: str
    person: Masked
    factors: tuple[FactorLine, ...]
    proofs: tuple[str, ...]
    chosen: frozenset[str]
    reason: str = ""
    proof: str = ""
    errors: frozenset[str] = frozenset()
    objection: str = ""
    template: str = "operator_console/ask_reset.html"


@dataclass(frozen=True)
class ResetPage:
    """One request. ``outcome`` is empty while it is open; ``verdict``: what an approval by this
    operator would come to; ``denied``: it was tried.
    """

    desk: DeskFrame
    id: str
    person: Masked
    factors: tuple[FactorLine, ...]
    reason: str
    proof: str
    asked_by: str
    asked_at: datetime
    until: datetime
    outcome: str
    decided_by: str | None
    ended_at: datetime | None
    verdict: str
    denied: bool = False
    template: str = "operator_console/reset.html"
