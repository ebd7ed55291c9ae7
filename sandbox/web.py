"""What the simulated parties' web applications share: one look, a waitress-like server, health."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.prepare import Demo, opened

FOLDER = Path(__file__).parent


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No line per request: the query may hold a code."""


def new_app(name: str, demo: Demo) -> Flask:
    """A Flask application with the sandbox's templates and style sheet."""
    app = Flask(
        name, template_folder=str(FOLDER / "templates"), static_folder=str(FOLDER / "static")
    )
    app.config["SESSION_COOKIE_NAME"] = f"sandbox-{name}"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.secret_key = (demo.secrets / "sandbox.secret").read_text()

    @app.context_processor
    def _addresses() -> dict[str, object]:
        return {"addresses": demo.addresses}

    @app.get("/favicon.ico")
    def favicon() -> Response:
        """For browsers that ask without having been told."""
        icon = FOLDER / "static" / "icon.svg"
        return Response(icon.read_bytes(), mimetype="image/svg+xml")

    @app.get("/health")
    def health() -> str:
        """For the supervisor."""
        return "ok"

    return app


def serve(make: Callable[[Demo], Flask], url_of: Callable[[Demo], str]) -> None:
    """Run one party: ``python -m sandbox.portal.app --demo DIRECTORY``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--demo", type=Path, required=True)
    demo = opened(parser.parse_args().demo)
    host, _, port = url_of(demo).removeprefix("http://").rpartition(":")
    server = make_server(host, int(port), make(demo), threaded=True, request_handler=_Quiet)
    server.serve_forever()
