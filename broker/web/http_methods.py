"""Methods: pages and protocols need GET and POST, and nothing else is answered.

HEAD is asked by scanners of links and by monitors. Flask would run the view of the GET for it, with
all that this does to a login; so it is answered where an endpoint says that it only reads. Flask
would also answer OPTIONS by itself; scripts of other origins have something to ask beforehand only
at endpoints that answer it themselves.
"""

from __future__ import annotations

from flask import Flask, current_app, request
from werkzeug.exceptions import MethodNotAllowed

from broker.web.current_request import current_request
from broker.web.endpoints import endpoints_of

SERVED = ("GET", "HEAD", "POST")


def install(app: Flask) -> None:
    declared = endpoints_of(app)

    @app.before_request
    def _refuse_others() -> None:
        method = current_request().method
        if method not in SERVED and not _answers_itself():
            raise MethodNotAllowed(allowed())
        if method == "HEAD" and not declared.asked().answers_head:
            raise MethodNotAllowed(allowed())


def allowed() -> tuple[str, ...]:
    """The methods that this address answers, without the one that was refused."""
    adapter = current_app.create_url_adapter(request)
    known = adapter.allowed_methods() if adapter is not None else ()
    return tuple(method for method in SERVED if method in known and method != request.method)


def _answers_itself() -> bool:
    """OPTIONS at an endpoint with an answer of its own to it."""
    rule = request.url_rule
    return (
        request.method == "OPTIONS"
        and rule is not None
        and not getattr(rule, "provide_automatic_options", True)
    )
