"""Methods: pages and protocols need GET, HEAD and POST, and nothing else is answered.

Flask answers OPTIONS by itself; no script of another origin has anything to ask here beforehand.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import MethodNotAllowed

SERVED = ("GET", "HEAD", "POST")


def install(app: Flask) -> None:
    @app.before_request
    def _refuse_others() -> None:
        if request.method not in SERVED:
            raise MethodNotAllowed(SERVED)
