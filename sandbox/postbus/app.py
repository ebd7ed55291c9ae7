"""The postbus: takes mail from the broker's webhook adapter and shows it, newest first."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pyotp
from flask import Flask, Response, jsonify, render_template, request

from sandbox.people import PEOPLE
from sandbox.prepare import Demo, device_seed, recovery_codes, totp_secret
from sandbox.web import new_app, serve

MOST_KEPT = 500


def create_app(demo: Demo) -> Flask:
    """An empty postbus."""
    app = new_app("postbus", demo)
    letters: list[dict[str, Any]] = []
    lock = threading.Lock()

    @app.get("/")
    def index() -> str:
        """All letters."""
        return render_template("postbus.html", letters=list(reversed(letters)))

    @app.post("/api/messages")
    def receive() -> tuple[Response, int]:
        """One message; the same ``id`` twice is one letter."""
        message = request.get_json()
        with lock:
            if all(known["id"] != message["id"] for known in letters):
                letters.append({**message, "at": datetime.now(UTC).strftime("%H:%M:%S UTC")})
                del letters[:-MOST_KEPT]
        return jsonify({"status": "accepted"}), 202

    @app.get("/codes")
    def codes() -> str:
        """What the apps, devices and drawers of the test people show at this moment."""
        left = 30 - int(time.time()) % 30
        shown = [
            (person.name, what, pyotp.TOTP(seed).now())
            for person in PEOPLE
            for what, seed in _seeds(demo, person.key)
        ]
        kept = [
            (person.name, recovery_codes(demo, person.key))
            for person in PEOPLE
            if (demo.secrets / f"{person.key}.codes").exists()
        ]
        return render_template("codes.html", shown=shown, left=left, kept=kept)

    @app.get("/api/messages")
    def messages() -> Response:
        """For tests."""
        return jsonify(letters)

    return app


def _seeds(demo: Demo, person: str) -> list[tuple[str, str]]:
    found = []
    if (demo.secrets / f"{person}.totp").exists():
        found.append(("app", totp_secret(demo, person)))
    if (demo.secrets / f"{person}.device").exists():
        found.append(("apparaat", device_seed(demo, person)))
    return found


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.postbus)
