"""The address of a login, for redirects within our origin."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from flask import url_for

from broker.journey.login import Login

PORTAL: Final = "van"  # in the address, for who opens it when nothing else is known of the login


def of_login(login: Login, *, ticket: str | None = None) -> str:
    """Where this login is continued; ``ticket``: what the browser that brings an answer shows."""
    asked: dict[str, Any] = {PORTAL: portal_mark(login.request.client_id), "ticket": ticket}
    return url_for("login.enter", login_id=login.id, **asked)


def portal_mark(client_id: str) -> str:
    """What stands for a portal in cookies and addresses."""
    return hashlib.sha256(client_id.encode()).hexdigest()[:6]
