"""The gateway: answers of the broker arrive here and go on to the application behind it, at another
address.
"""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.prepare import Demo
from sandbox.web import new_app, serve


def create_app(demo: Demo) -> Flask:
    """The gateway of this demo."""
    app, application = new_app("gateway", demo), demo.addresses.portal

    @app.get("/")
    def index() -> AnyResponse:
        """Where the application begins; also after logging out."""
        return redirect(f"{application}/", 302)

    @app.get("/callback/<client_id>")
    def callback(client_id: str) -> AnyResponse:
        """The answer of the broker, for the application: it alone can redeem it."""
        query = request.query_string.decode("ascii")
        return redirect(f"{application}/callback/{client_id}?{query}", 302)

    return app


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.gateway or "")
