"""Methods: pages and protocols need GET and POST, and nothing else is answered.

HEAD is asked by scanners of links and by monitors. Flask would run the view of the GET for it, with
all that this does to a login; so it is answered where an endpoint says that it only reads. Flask
also answers OPTIONS by itself; no script of another origin has anything to ask here beforehand.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import MethodNotAllowed

from broker.web.endpoints import endpoints_of

SERVED = ("GET", "HEAD", "POST")


def install(app: Flask) -> None:
    declared = endpoints_of(app)

    @app.before_request
    def _refuse_others() -> None:
        if request.method not in SERVED:
            raise MethodNotAllowed(SERVED)
        if request.method == "HEAD" and not declared.asked().answers_head:
            taken = request.url_rule.methods if request.url_rule is not None else None
            raise MethodNotAllowed(sorted((taken or set()) & {"GET", "POST"}))
