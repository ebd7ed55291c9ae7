"""Traces for operators: the list (C8) and one login (C9). Registrations and machine words; no
people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from admin.operator_console.pages import DeskFrame
from broker.texts.trace_words import Explained
from broker.web.lists.page import ListPage
from state.trace import NOT_BEGUN

MOST_SIGNS: Final = 70  # of a reason in a filter


@dataclass(frozen=True)
class LoginRow:
    """One login in a list. ``outcome`` and ``reason`` are machine words, ``why`` says the reason in
    a sentence where it is explained, the rest are names.
    """

    id: str
    reference: str
    outcome: str
    reason: str | None
    why: str | None
    service: str
    makelaar: str | None
    started_at: datetime
    ended_at: datetime


class Choice(NamedTuple):
    """One of a filter."""

    value: str
    name: str


@dataclass(frozen=True)
class ReasonRow:
    """Why logins did not succeed, and how often. ``url``: the list of them."""

    reason: str
    why: str | None
    number: int
    last_at: datetime
    url: str


@dataclass(frozen=True)
class LoginList:
    """The part of the page that is replaced while it follows."""

    list: ListPage[LoginRow]
    kept_days: int
    template: str = "operator_console/login_list.html"


@dataclass(frozen=True)
class TracesPage:
    """Addresses are of this page, with the same filters. ``follow_url`` is empty on older pages and
    after a pause. ``reasons``: of the chosen day, or of the last twenty-four hours (``day`` is
    None).
    """

    desk: DeskFrame
    logins: LoginList
    services: tuple[Choice, ...]
    makelaars: tuple[Choice, ...]
    reasons: tuple[ReasonRow, ...]
    day: date | None
    refresh_url: str
    follow_url: str
    pause_url: str
    resume_url: str
    code: str = ""  # what was typed and is no code
    template: str = "operator_console/traces.html"

    @property
    def reason_choices(self) -> tuple[Choice, ...]:
        """The reasons that there were, in a few words, by alphabet."""
        named = (Choice(one.reason, _short(one.why or one.reason)) for one in self.reasons)
        return tuple(sorted(named, key=lambda choice: choice.name.casefold()))


def _short(text: str) -> str:
    return text if len(text) <= MOST_SIGNS else f"{text[: MOST_SIGNS - 1].rstrip()}…"


@dataclass(frozen=True)
class Fact:
    """What a step found or expected."""

    name: str
    value: str


@dataclass(frozen=True)
class StepRow:
    """One step. ``state``: ``ok``, ``bad`` or ``off`` (the user stopped). ``after``: time since the
    login began. ``times``: how often in a row, the last of them is shown.
    """

    name: str
    state: str
    detail: str
    after: str
    reason: str | None = None
    times: int = 1
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class EventRow:
    """An audit event with the reference of this login."""

    at: datetime
    what: str
    reason: str | None


@dataclass(frozen=True)
class TraceView:
    """One login from begin to end. ``ended_at`` is None for one that is not closed yet. ``times``:
    of a page of error, how often it was shown; the last time is told.
    """

    id: str | None
    outcome: str
    reason: str | None
    client: str | None
    service: str | None
    makelaar: str | None
    level: str | None
    started_at: datetime | None
    ended_at: datetime | None
    steps: tuple[StepRow, ...]
    failed: int | None  # number of the step that failed, from 1
    explained: Explained | None
    events: tuple[EventRow, ...] = ()
    times: int = 1

    @property
    def is_login(self) -> bool:
        """A login, not a page of error or a request that was refused."""
        return self.outcome != NOT_BEGUN

    @property
    def title(self) -> str | None:
        """The service; of what was refused without one, what it was."""
        if self.service is None and not self.is_login and self.steps:
            return self.steps[0].name
        return self.service


@dataclass(frozen=True)
class TracePage:
    """Everything under one reference; mostly one login, or one page of error."""

    desk: DeskFrame
    reference: str
    views: tuple[TraceView, ...]
    template: str = "operator_console/trace.html"

    @property
    def logins(self) -> int:
        """How many of them are logins: more than one is chance."""
        return sum(view.is_login for view in self.views)


@dataclass(frozen=True)
class NoTracePage:
    """Nothing is known under this reference."""

    desk: DeskFrame
    reference: str
    kept_days: int
    template: str = "operator_console/no_trace.html"


@dataclass(frozen=True)
class Expiry:
    """A certificate of ours and when it ends."""

    name: str
    at: datetime
    days: int


@dataclass(frozen=True)
class StartPage:
    """The start page: figures of this moment, and nothing that is not known."""

    desk: DeskFrame
    at: datetime
    succeeded: int
    refused: int
    other: int
    waiting: int
    oldest_at: datetime | None
    expires: Expiry | None
    failures: tuple[LoginRow, ...]
    reasons: tuple[ReasonRow, ...]
    metadata_waiting: int
    kept_days: int
    template: str = "operator_console/dashboard.html"
