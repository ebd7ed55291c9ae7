"""What the simulated parties' web applications share: one look, two languages, a server, health."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, request, send_from_directory, session
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.language import DUTCH, LANGUAGES, other_than
from sandbox.moments import moment, second
from sandbox.prepare import Demo, opened
from sandbox.texts import said

FOLDER: Final = Path(__file__).parent
# The style sheets and letters of the broker, as files: the parties look like one house.
THEME: Final = FOLDER.parent / "broker" / "static"


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
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _shared() -> dict[str, object]:
        lang = language()
        return {
            "addresses": demo.addresses,
            "lang": lang,
            "_": lambda text, **values: said(text, lang, **values),
            "moment": lambda at: moment(datetime.fromisoformat(at), lang),
            "second": lambda at: second(at, lang),
            "language_url": language_url,
        }

    @app.get("/theme/<path:name>")
    def theme(name: str) -> Response:
        """The looks of the broker."""
        return send_from_directory(THEME, name, max_age=3600)

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


def language() -> str:
    """The language of this answer: as was chosen on a page, else as the browser says."""
    chosen = request.args.get("lang")
    if chosen in LANGUAGES:
        session["lang"] = chosen
        return chosen
    kept = session.get("lang")
    return str(kept) if kept in LANGUAGES else _of_browser()


def chosen_language() -> str | None:
    """What a person chose here, and no browser by itself."""
    kept = session.get("lang")
    return str(kept) if kept in LANGUAGES else None


def language_url(here: str | None = None) -> str:
    """This page, or the one at ``here``, in the other language."""
    other = {"lang": other_than(language())}
    if here is not None:
        return f"{here}?{urlencode(other)}"
    return f"{request.path}?{urlencode({**request.args, **other})}"


def _of_browser() -> str:
    asked = (value.partition("-")[0].lower() for value, wish in request.accept_languages if wish)
    return next((one for one in asked if one in LANGUAGES), DUTCH)


def serve(make: Callable[[Demo], Flask], url_of: Callable[[Demo], str]) -> None:
    """Run one party: ``python -m sandbox.portal.app --demo DIRECTORY``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--demo", type=Path, required=True)
    demo = opened(parser.parse_args().demo)
    host, _, port = url_of(demo).removeprefix("http://").rpartition(":")
    server = make_server(host, int(port), make(demo), threaded=True, request_handler=_Quiet)
    server.serve_forever()
