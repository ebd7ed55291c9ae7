"""The cookie of one login: it binds the login to this browser."""

from __future__ import annotations

import hashlib
import hmac

from flask import Request
from werkzeug.wrappers import Response

from broker.journey.login import Login
from broker.journey.login_store import browser_hash
from broker.web.cookies import LOGIN_PREFIX, set_cookie


def login_cookie_name(login_id: str) -> str:
    """Distinct per login, so that two tabs do not disturb each other."""
    return LOGIN_PREFIX + hashlib.sha256(login_id.encode()).hexdigest()[:12]


def keep_login(response: Response, login: Login, value: str, seconds: int) -> None:
    """The cookie of one login; what its value holds stands in ``broker.journey.browser_logins``."""
    set_cookie(response, login_cookie_name(login.id), value, seconds)


def is_same_browser(request: Request, login: Login) -> bool:
    """True where this browser holds the secret of the login."""
    value = request.cookies.get(login_cookie_name(login.id), "")
    return opens(value.partition(".")[0], login)


def opens(secret: str, login: Login) -> bool:
    """True where this is the secret of the login."""
    return hmac.compare_digest(browser_hash(secret), login.browser)
