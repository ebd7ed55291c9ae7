"""The postbus: takes mail, text messages and letters from the broker's webhook adapter and shows
them, newest first.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify, render_template, request

from sandbox.prepare import Demo
from sandbox.web import new_app, serve

MOST_KEPT = 500
KINDS = {"mail": "E-mail", "sms": "Sms", "letter": "Brief"}


def create_app(demo: Demo) -> Flask:
    """An empty postbus."""
    app = new_app("postbus", demo)
    letters: list[dict[str, Any]] = []
    lock = threading.Lock()

    @app.get("/")
    def index() -> str:
        """All letters."""
        return render_template("postbus.html", letters=list(reversed(letters)), kinds=KINDS)

    @app.post("/api/messages")
    def receive() -> tuple[Response, int]:
        """One message; the same ``id`` twice is one letter."""
        message = request.get_json()
        with lock:
            if all(known["id"] != message["id"] for known in letters):
                letters.append({**message, "at": datetime.now(UTC).strftime("%H:%M:%S UTC")})
                del letters[:-MOST_KEPT]
        return jsonify({"status": "accepted"}), 202

    @app.get("/api/messages")
    def messages() -> Response:
        """For tests."""
        return jsonify(letters)

    return app


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.postbus)
