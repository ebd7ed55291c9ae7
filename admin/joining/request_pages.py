"""Pages of a first administrator who asks for an account."""

from __future__ import annotations

from dataclasses import dataclass

from broker.web.time_left import TimeLeft


@dataclass(frozen=True)
class AskOrganisationPage:
    """Which organisation? ``error``: as ``NumberFault`` says, or ``limited``."""

    kvk: str = ""
    error: str = ""
    template: str = "joining/ask_organisation.html"


@dataclass(frozen=True)
class AlreadyUsesPage:
    """The organisation has administrators; their names, where it shares them."""

    organisation: str
    administrators: tuple[str, ...]
    template: str = "joining/already_uses.html"


@dataclass(frozen=True)
class AskPersonPage:
    """Who asks? ``errors``: ``organisation``, ``name``, ``email`` or ``limited``."""

    kvk: str
    organisation: str = ""
    name: str = ""
    email: str = ""
    errors: tuple[str, ...] = ()
    template: str = "joining/ask_person.html"


@dataclass(frozen=True)
class RequestCodePage:
    """``error``: ``wrong``, or empty."""

    email: str
    error: str = ""
    template: str = "joining/request_code.html"


@dataclass(frozen=True)
class AskNamesPage:
    """``errors``: of ``short_name``, ``taken_group``, ``user_name`` and ``taken_user``."""

    organisation: str
    short_name: str = ""
    user_name: str = ""
    errors: tuple[str, ...] = ()
    template: str = "joining/ask_names.html"


@dataclass(frozen=True)
class AccountMadePage:
    template: str = "joining/account_made.html"


@dataclass(frozen=True)
class StepTimePage:
    """It stands beside the step that got more time."""

    time: TimeLeft
    template: str = "joining/more_time.html"
