"""The logins of one browser, as its cookies tell: how many are open, and does a portal go round?

The value of a login's cookie is ``secret.begun.id``, and once the login ended
``secret.begun.id.ended.portal``. Only the secret is ever believed; the rest is the browser's own
note, by which it can lose logins of its own and nobody else's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from werkzeug.wrappers import Response

from broker.errors import PageError
from broker.journey import login_cookie, login_store
from broker.journey.addresses import portal_mark
from broker.journey.login import Login
from broker.monitoring import metrics
from broker.runtime import Runtime
from broker.web import cookies
from broker.web.current_request import current_request
from broker.web.language import locale

ROUND_SECONDS: Final = 60
_ID_LENGTH: Final = 26


@dataclass(frozen=True)
class LoginCookie:
    """A login cookie. Times in seconds since 1970; ``ended`` None while it is open."""

    name: str
    secret: str
    begun: int
    login_id: str
    ended: int | None = None
    portal: str = ""


def held(found: Mapping[str, str]) -> list[LoginCookie]:
    """The login cookies among these. One that we did not write is the oldest of all."""
    return [_read(n, v) for n, v in found.items() if n.startswith(cookies.LOGIN_PREFIX)]


def _read(name: str, value: str) -> LoginCookie:
    secret, *rest = value.split(".")
    try:
        begun, login_id, *end = rest
        ended = int(end[0], 16) if end else None
        return LoginCookie(name, secret, int(begun, 16), login_id, ended, end[1] if end else "")
    except (ValueError, IndexError):
        return LoginCookie(name, secret, 0, "", 0)


def give_way(found: Sequence[LoginCookie], most: int) -> list[LoginCookie]:
    """Those beyond ``most`` that give way: the ended ones first, then the oldest."""
    order = sorted(found, key=lambda one: (one.ended is None, one.begun))
    return order[: max(0, len(order) - most)]


def goes_round(found: Sequence[LoginCookie], portal: str, now: int, most: int) -> bool:
    """Did so many logins of this portal end here within the last minute?"""
    recent = [
        one
        for one in found
        if one.portal == portal and one.ended is not None and now - ROUND_SECONDS < one.ended <= now
    ]
    return len(recent) >= most


def refuse_rounds(rt: Runtime, login: Login) -> None:
    """Stop a portal that sends the same browser back again and again. Raises PageError.

    Not under prompt=none, which shows no pages and leaves no cookies.
    """
    asked, most = login.request, rt.settings.limits.loop_logins
    if asked.passive:
        return
    found = held(current_request().cookies)
    now = int(rt.clock().timestamp())
    if len(found) < most or not goes_round(found, portal_mark(asked.client_id), now, most):
        return
    metrics.RATE_LIMITED.labels("login-loop").inc()
    relying_party = rt.configuration.relying_parties.get(asked.client_id)
    raise PageError(
        429,
        "login_loop",
        "the portal sends the same browser again and again",
        home_url=relying_party.home_url if relying_party else None,
        portal=relying_party.name.in_(locale()) if relying_party else None,
    )


def keep_few(rt: Runtime, response: Response, keep: str) -> None:
    """Drop the oldest logins of this browser beyond the most that it may have open. ``keep`` is the
    id of the login that this request is about.
    """
    others = [one for one in held(current_request().cookies) if one.login_id != keep]
    for one in give_way(others, rt.settings.limits.browser_logins - 1):
        response.delete_cookie(one.name, path="/", secure=True, httponly=True, samesite="Lax")
        if one.ended is None and len(one.login_id) == _ID_LENGTH:
            _drop(rt, one)


def _drop(rt: Runtime, one: LoginCookie) -> None:
    kept = login_store.parse(rt.store.get(login_store.key(one.login_id)), rt.sealer)
    if kept is None or login_store.is_over(kept.login, rt.clock()):
        return
    if login_cookie.opens(one.secret, kept.login):
        rt.store.batch(login_store.give_way(kept, rt.sealer, rt.clock()))


def note_end(response: Response, login: Login, now: datetime) -> None:
    """Write in the cookie of this login that it ended, where the browser has that cookie."""
    name = login_cookie.login_cookie_name(login.id)
    found = next((one for one in held(current_request().cookies) if one.name == name), None)
    if found is None:
        return
    end = f"{int(now.timestamp()):x}.{portal_mark(login.request.client_id)}"
    seconds = max(ROUND_SECONDS, int((login.expires_at - now).total_seconds()))
    login_cookie.keep_login(response, login, f"{found.secret}.{_note(login)}.{end}", seconds)


def bind_browser(response: Response, login: Login, secret: str, seconds: int) -> None:
    """Give this browser the cookie of a login, which takes so many seconds at most from now. The
    cookie stays longer, so that who comes late hears what happened to the login.
    """
    kept = seconds + login_store.FINISHED_SECONDS
    login_cookie.keep_login(response, login, f"{secret}.{_note(login)}", kept)


def keep_longer(response: Response, login: Login, now: datetime) -> None:
    """The cookie of a login that got more time lives as much longer."""
    name = login_cookie.login_cookie_name(login.id)
    found = next((one for one in held(current_request().cookies) if one.name == name), None)
    if found is not None:
        seconds = int((login.expires_at - now).total_seconds())
        bind_browser(response, login, found.secret, seconds)


def _note(login: Login) -> str:
    return f"{int(login.created_at.timestamp()):x}.{login.id}"
