"""Pages of change forms at ``/beheer``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.organisation_console.pages import ConsoleFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class FormRow:
    """A form in the list: nothing of what was written. ``kind`` and ``state`` are words of
    ``directory.change_forms``.
    """

    id: str
    kind: str
    state: str
    person: str
    sent_at: datetime
    is_own: bool


@dataclass(frozen=True)
class FormsPage:
    """``kinds``: what can be asked here; ``every_kind`` and ``every_state``: the choices of the
    filters with their words. ``done``: ``withdrawn``.
    """

    console: ConsoleFrame
    list: ListPage[FormRow]
    kinds: tuple[str, ...]
    every_kind: tuple[tuple[str, str], ...]
    every_state: tuple[tuple[str, str], ...]
    done: str = ""
    template: str = "organisation_console/forms.html"


@dataclass(frozen=True)
class NewFormPage:
    """``error``: a word of ``admin.change_forms.forms.FormRefused``; ``most``: signs."""

    console: ConsoleFrame
    kind: str
    most: int
    given: str = ""
    error: str = ""
    template: str = "organisation_console/new_form.html"


@dataclass(frozen=True)
class FormPage:
    """``text``: for who sent it, None for other administrators; ``done``: ``sent``."""

    console: ConsoleFrame
    row: FormRow
    reference: str
    text: str | None
    taken_at: datetime | None
    decided_at: datetime | None
    answer: str | None
    may_withdraw: bool
    done: str = ""
    template: str = "organisation_console/form.html"
