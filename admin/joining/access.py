"""Who is at ``/toegang``: the session of its console, at whatever level."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from broker.console import sessions
from broker.console.sessions import ConsoleSession
from broker.web.endpoints import Endpoint, declare_blueprint
from directory.consoles import JOINING

blueprint: Final = Blueprint("joining", __name__, url_prefix=JOINING.path)
declare_blueprint(blueprint, Endpoint(limit="console"))
AGAIN: Final = "opnieuw"  # in the address of the button that begins a login


def current() -> ConsoleSession | None:
    """Who is logged in here; None for who is not."""
    return sessions.current(JOINING)
