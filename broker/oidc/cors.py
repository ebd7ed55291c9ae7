"""Scripts of web pages at the token and UserInfo endpoints: from the origins that a public client
registered, about that client, and of no other (Fetch §3.3). No cookie is ever part of it.

Discovery and keys are the same for everybody and are read from everywhere (``broker.oidc.views``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, g, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from broker.runtime import Runtime
from directory.services import OidcClient

SECONDS: Final = "600"  # how long a browser may keep what a preflight said
HEADERS: Final = "Authorization, Content-Type"
READABLE: Final = "WWW-Authenticate, Retry-After"


def begin(rt: Runtime) -> None:
    """Before a request of a script: who may read the answer is looked up while an error still
    becomes one.
    """
    if "Origin" in request.headers:
        g.scripts = rt.configuration.oidc_clients


def about(client_id: str | None) -> None:
    """This request is about this client: scripts of other clients may not read its answer."""
    g.scripts_about = client_id


def preflight(methods: Sequence[str]) -> Response:
    """The answer to OPTIONS. Raises MethodNotAllowed to every page that is not registered."""
    wanted = request.headers.get("Access-Control-Request-Method")
    if wanted not in methods or not _may_read():
        raise MethodNotAllowed(methods)
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = HEADERS
    response.headers["Access-Control-Max-Age"] = SECONDS
    return response


def end(response: AnyResponse) -> None:
    """Let the page read this answer, where it may; caches keep answers apart by origin."""
    response.vary.add("Origin")
    if _may_read():
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = READABLE


def _may_read() -> bool:
    """Where a request does not say of which client it is, as a preflight, each of them may."""
    clients: Mapping[str, OidcClient] | None = g.get("scripts")
    if clients is None:
        return False
    client_id: str | None = g.get("scripts_about")
    return any(
        request.headers["Origin"] in client.cors_origins
        for client in clients.values()
        if client_id in (None, client.client_id)
    )
