"""Pages of change forms at ``/operator``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.operator_console.pages import DeskFrame


@dataclass(frozen=True)
class WaitingFormRow:
    """A form that waits: nothing of what was written, and nobody's name."""

    id: str
    kind: str
    state: str
    organisation: str
    kvk: str
    sent_at: datetime
    is_mine: bool


@dataclass(frozen=True)
class WaitingFormsPage:
    """The oldest first. ``done``: ``decided``."""

    desk: DeskFrame
    rows: tuple[WaitingFormRow, ...]
    done: str = ""
    template: str = "operator_console/forms.html"


@dataclass(frozen=True)
class DecideFormPage:
    """One form. ``is_own``: who looks sent it; ``error``: ``empty``, ``too_long``, ``over`` or
    ``own``; ``given``: the answer that was typed.
    """

    desk: DeskFrame
    row: WaitingFormRow
    reference: str
    person: str
    text: str
    taken_at: datetime | None
    decided_at: datetime | None
    answer: str | None
    waits: bool
    is_own: bool
    most: int
    given: str = ""
    error: str = ""
    template: str = "operator_console/form.html"
