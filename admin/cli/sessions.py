"""``sluis session``: what runs of people, told in lines of at most 80 columns, and ended."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from admin.actor import COMMAND_LINE
from admin.cli.process import process_at
from admin.people import sessions
from admin.people.sessions import EndedSessions, SessionChoice
from admin.traces.names import RegistrationNames
from broker.console.running_sessions import RunningSession
from broker.settings import Settings
from broker.web import user_agents
from directory.consoles import CONSOLES
from state.db import writing

MOST: Final = 100
WIDTH: Final = 80
_LANGUAGE: Final = "en"
_PATHS: Final = {console.client_id: console.path for console in CONSOLES}


def list_sessions(settings: Settings, wanted: SessionChoice, *, as_json: bool) -> list[str]:
    """Lines to print. Raises NoSuchPerson and NoSuchMakelaar."""
    most = MOST if wanted == SessionChoice() else None
    with process_at(settings) as process, process.sessions() as sql:
        found = sessions.listed(sql, process, wanted, most=most)
        names = RegistrationNames(sql, _LANGUAGE)
        lines = [line for one in found for line in _lines(one, names)]
    if as_json:
        return [json.dumps([_fields(one) for one in found], indent=2)]
    if not found:
        return ["Nobody is logged in." if wanted == SessionChoice() else "No session runs."]
    told = f"{_counted(found)}. Times are UTC."
    if most is not None and len(found) == most:
        told += " There may be more: name a person or a makelaar."
    return [*lines, *_wrapped(told, "")]


def count_sessions(settings: Settings, wanted: SessionChoice) -> str:
    """What would end, in words. Raises NoSuchPerson, NoSuchMakelaar and NoSuchSession."""
    with process_at(settings) as process, process.sessions() as sql:
        return _counted(sessions.listed(sql, process, wanted))


def end_sessions(settings: Settings, wanted: SessionChoice) -> list[str]:
    """Lines to print. Raises NoSuchPerson, NoSuchMakelaar and NoSuchSession."""
    with process_at(settings) as process, process.sessions() as sql, writing(sql):
        ended = sessions.end(sql, process, wanted, actor=COMMAND_LINE)
    return _told(ended)


def _lines(one: RunningSession, names: RegistrationNames) -> list[str]:
    """Three lines or more: what, where and when."""
    kind = "console" if one.is_console else "browser"
    used = _moment(one.last_used) if one.last_used is not None else "not known"
    idle = ", too long ago for a new login" if one.is_idle else ""
    places = list(dict.fromkeys(_place(p.client_id, names) for p in one.places))
    makelaar = names.with_id("provider", one.provider_id) or "a makelaar that is not known"
    where = f"{_browser(one)}, by {makelaar}"
    return [
        f"{one.id}  {kind}  {one.person_id}",
        *_wrapped(f"{where}, at {', '.join(places) or 'no portal that is known'}", "  "),
        *_wrapped(f"since {_moment(one.since)}, last used {used}{idle}", "  "),
    ]


def _place(client_id: str, names: RegistrationNames) -> str:
    """The path of a console, the name of a portal."""
    return _PATHS.get(client_id) or names.with_id("client", client_id) or client_id


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _counted(found: Sequence[RunningSession]) -> str:
    consoles = sum(one.is_console for one in found)
    return _numbers(len(found) - consoles, consoles)


def _numbers(browsers: int, consoles: int) -> str:
    return (
        f"{browsers} session{'' if browsers == 1 else 's'} of browsers and "
        f"{consoles} at our consoles"
    )


def _told(ended: EndedSessions) -> list[str]:
    lines = _wrapped(f"Ended: {_numbers(ended.browsers, ended.consoles)}.", "")
    if ended.grants:
        more = "1 login" if ended.grants == 1 else f"{ended.grants} logins"
        lines += _wrapped(f"Ended as well: what portals held of {more} outside these sessions.", "")
    if ended.told:
        lines += _wrapped(f"Portals that are told: {', '.join(ended.told)}.", "")
    if ended.not_told:
        lines += _wrapped(
            f"Portals that cannot be told, where people may still be logged in: "
            f"{', '.join(ended.not_told)}.",
            "",
        )
    if ended.makelaars_not_told:
        lines += _wrapped(
            f"Makelaars that cannot be told without a browser: "
            f"{', '.join(ended.makelaars_not_told)}.",
            "",
        )
    return lines


def _fields(one: RunningSession) -> dict[str, object]:
    kind = user_agents.read(one.browser)
    return {
        "id": one.id,
        "kind": "console" if one.is_console else "browser",
        "person": one.person_id,
        **asdict(kind),
        "makelaar": one.provider_id,
        "since": one.since.isoformat(),
        "last_used": one.last_used.isoformat() if one.last_used is not None else None,
        "idle": one.is_idle,
        "at": list(dict.fromkeys(place.client_id for place in one.places)),
    }


def _browser(one: RunningSession) -> str:
    kind = user_agents.read(one.browser)
    name = kind.browser or "unknown browser"
    return f"{name} on {kind.system}" if kind.system is not None else name


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
