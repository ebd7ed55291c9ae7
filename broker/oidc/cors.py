"""Scripts of web pages at the token and UserInfo endpoints: from the origins that a public client
registered, about that client, and of no other (Fetch §3.3). No cookie is ever part of it.

Discovery and keys are the same for everybody and are read from everywhere (``broker.oidc.views``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Response, g, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from broker.configuration import Configuration
from broker.runtime import runtime

SECONDS: Final = "600"  # how long a browser may keep what a preflight said
HEADERS: Final = "Authorization, Content-Type"
READABLE: Final = "WWW-Authenticate, Retry-After"


def about(client_id: str | None) -> None:
    """This request is about this client: scripts of other clients may not read its answer."""
    g.scripts_about = client_id


def preflight(methods: Sequence[str]) -> Response:
    """The answer to OPTIONS. Raises MethodNotAllowed to every page that is not registered."""
    wanted = request.headers.get("Access-Control-Request-Method")
    if wanted not in methods or not _may_read(runtime().configuration):
        raise MethodNotAllowed(methods)
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = HEADERS
    response.headers["Access-Control-Max-Age"] = SECONDS
    return response


def end(response: AnyResponse) -> None:
    """Let the page read this answer, where it may; caches keep answers apart by origin."""
    response.vary.add("Origin")
    # What was read last: whatever tells of somebody was made with what holds now, and that
    # registrations cannot be read should be read.
    if _may_read(runtime().holder.last):
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = READABLE


def _may_read(known: Configuration | None) -> bool:
    """Where a request does not say of which client it is, as a preflight, each of them may."""
    origin, client_id = request.headers.get("Origin"), g.get("scripts_about")
    if known is None or origin is None:
        return False
    return any(
        origin in client.cors_origins
        for client in known.oidc_clients.values()
        if client_id in (None, client.client_id)
    )
