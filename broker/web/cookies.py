"""Cookies: all ``__Host-``, Secure, HttpOnly, ``Lax``, path ``/``, no domain. Browsers keep Secure
cookies on loopback.

One keeps remembered makelaars, per service, on request. Those that bind a login to this browser are
in ``broker.journey.login_cookie``.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Request
from werkzeug.wrappers import Response

HOST_PREFIX = "__Host-"  # kept for https alone, where it came from (RFC 6265bis §4.1.3.2)
LOGIN_PREFIX = "__Host-sluis-login-"  # one per login: see ``broker.journey.login_cookie``
PROVIDERS = "__Host-sluis-makelaar"
LANGUAGE = "__Host-sluis-language"
SESSION = "__Host-sluis-session"
KNOWN = "__Host-sluis-known"
MAX_REMEMBERED = 20  # services; the oldest choice gives way
MAX_KNOWN = 10  # people of one browser; who came first gives way
KNOWN_SECONDS = 400 * 86400  # no browser keeps a cookie for longer
_MARK = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class RememberedProvider:
    provider_id: str
    chosen_at: datetime


def remembered_providers(
    request: Request, now: datetime, days: int
) -> dict[str, RememberedProvider]:
    """Service UUID → earlier choice. Nonsense and what is too old counts as absent."""
    try:
        raw = base64.urlsafe_b64decode(request.cookies.get(PROVIDERS, "")[:4096].encode())
        entries = json.loads(raw) if raw else {}
        found = {
            str(service): RememberedProvider(str(entry[0]), datetime.fromtimestamp(entry[1], UTC))
            for service, entry in list(entries.items())[:MAX_REMEMBERED]
        }
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, OSError):
        return {}
    oldest = now - timedelta(days=days)
    return {s: c for s, c in found.items() if oldest < c.chosen_at <= now + timedelta(minutes=1)}


def remember_providers(
    response: Response, choices: Mapping[str, RememberedProvider], days: int
) -> None:
    newest = sorted(choices.items(), key=lambda item: item[1].chosen_at)[-MAX_REMEMBERED:]
    entries = {s: [c.provider_id, int(c.chosen_at.timestamp())] for s, c in newest}
    value = base64.urlsafe_b64encode(json.dumps(entries, separators=(",", ":")).encode()).decode()
    set_cookie(response, PROVIDERS, value, days * 86400)


def change_remembered(
    request: Request,
    response: Response,
    service_uuid: str,
    provider_id: str | None,
    *,
    now: datetime,
    days: int,
) -> None:
    """Remember this makelaar for the service, or none any more."""
    choices = remembered_providers(request, now, days)
    if choices.pop(service_uuid, None) is None and provider_id is None:
        return
    if provider_id is not None:
        choices[service_uuid] = RememberedProvider(provider_id, now)
    remember_providers(response, choices, days)


def keep_session(response: Response, value: str) -> None:
    """The session of this browser, gone when it closes."""
    response.set_cookie(SESSION, value, path="/", secure=True, httponly=True, samesite="Lax")


def may_hold_session(request: Request) -> bool:
    """True where this browser has a session, or may have one: a POST of another site comes without
    our cookies.
    """
    return request.method == "POST" or SESSION in request.cookies


def forget_session(response: Response) -> None:
    forget(response, SESSION)


def forget(response: Response, name: str) -> None:
    """The browser drops this cookie of ours."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")


def keep_known(request: Request, response: Response, mark: str, instead: str | None = None) -> None:
    """Know the person of this mark from now on; ``instead``: a mark that it takes the place of."""
    others = [one for one in known_marks(request) if one not in (mark, instead)]
    set_cookie(response, KNOWN, ".".join([*others, mark][-MAX_KNOWN:]), KNOWN_SECONDS)


def known_marks(request: Request) -> list[str]:
    """The marks of people who logged in in this browser, as far as anybody can tell; what they are
    worth says ``broker.web.known_browsers``.
    """
    found = request.cookies.get(KNOWN, "").split(".")
    return [one for one in found if _MARK.fullmatch(one)][-MAX_KNOWN:]


def remember_language(response: Response, locale: str) -> None:
    set_cookie(response, LANGUAGE, locale, 365 * 86400)


def set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """A cookie that lives so many seconds, with the attributes that all of ours have."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax"
    )
