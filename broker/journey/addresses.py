"""The address of a login, for redirects within our origin."""

from __future__ import annotations

import hashlib
from typing import Final

from broker.journey.login import Login
from state.query_strings import query_string

LOGINS: Final = "/login"  # below it each login has its address
PORTAL: Final = "van"  # in the address, for who opens it when nothing else is known of the login


def of_login(login: Login, *, ticket: str | None = None) -> str:
    """Where this login is continued; ``ticket``: what the browser that brings an answer shows."""
    asked = {PORTAL: portal_mark(login.request.client_id)}
    if ticket is not None:
        asked["ticket"] = ticket
    return f"{LOGINS}/{login.id}?{query_string(asked)}"


def portal_mark(client_id: str) -> str:
    """What stands for a portal in cookies and addresses."""
    return hashlib.sha256(client_id.encode()).hexdigest()[:6]
