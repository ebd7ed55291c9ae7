"""Logging out: what it ends, and what it ended (A17)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LogoutPage:
    """Asks before it ends. ``services``: where this session was used. ``asked``: a handle that the
    form carries on. ``back``: at the portal, for who does not log out after all.
    """

    person: str
    services: tuple[str, ...]
    portal: str | None = None
    asked: str | None = None
    back: str | None = None
    template: str = "sso/logout.html"


@dataclass(frozen=True)
class StillLoggedInPage:
    """After "no": nothing ended."""

    person: str
    services: tuple[str, ...]
    template: str = "sso/still_logged_in.html"


@dataclass(frozen=True)
class LoggedOutPage:
    """``notified``: services that hear it from us; ``not_notified``: where the user must log out as
    well; the same of makelaars. ``onward``: where who asked for it waits to hear how it went,
    called ``onward_to``.

    ``was_logged_in`` is False where there was nothing to end.
    """

    was_logged_in: bool
    notified: tuple[str, ...] = ()
    not_notified: tuple[str, ...] = ()
    makelaars: tuple[str, ...] = ()
    makelaars_open: tuple[str, ...] = ()
    onward: str | None = None
    onward_to: str | None = None
    template: str = "sso/logged_out.html"
