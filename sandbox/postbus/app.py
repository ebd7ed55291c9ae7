"""The postbus: takes mail, text messages and letters from the broker's webhook adapter and shows
them, newest first; and the codes of the apps that people of the demo would have on their phone.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pyotp
from flask import Flask, Response, abort, jsonify, render_template, request

from sandbox.people import PEOPLE
from sandbox.prepare import Demo, recovery_codes
from sandbox.web import new_app, serve

MOST_KEPT = 500
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
KINDS = {"mail": "E-mail", "sms": "Sms", "letter": "Brief", "invoicing": "Facturatie"}


def create_app(demo: Demo) -> Flask:
    """An empty postbus."""
    app = new_app("postbus", demo)
    letters: list[dict[str, Any]] = []
    lock = threading.Lock()

    @app.get("/")
    def index() -> str:
        """All letters."""
        return render_template("postbus.html", letters=list(reversed(letters)), kinds=KINDS)

    @app.get("/mails/<message_id>")
    def mail(message_id: str) -> Response:
        """The HTML of one mail as a mail program shows it: no script runs, nothing is fetched."""
        with lock:
            found = [one for one in letters if one["id"] == message_id and one.get("html")]
        if not found:
            abort(404)
        answer = Response(found[0]["html"], mimetype="text/html")
        answer.headers["Content-Security-Policy"] = MAIL_POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    @app.post("/api/messages")
    def receive() -> tuple[Response, int]:
        """One message; the same ``id`` twice is one letter. Unsigned ones are refused."""
        if not _is_signed(demo, request.headers.get("Sluis-Signature", ""), request.get_data()):
            return jsonify({"status": "refused"}), 401
        message = request.get_json()
        with lock:
            if all(known["id"] != message["id"] for known in letters):
                letters.append({**message, "at": datetime.now(UTC).isoformat()})
                del letters[:-MOST_KEPT]
        return jsonify({"status": "accepted"}), 202

    @app.get("/codes")
    def codes() -> str:
        """What the apps, devices and drawers of the test people show at this moment."""
        left = 30 - int(time.time()) % 30
        shown = [(name, what, pyotp.TOTP(seed).now()) for name, what, seed in _seeds(demo)]
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


def _is_signed(demo: Demo, header: str, body: bytes) -> bool:
    """Who receives messages checks this, and also that ``t`` is a moment ago."""
    secret = (demo.secrets / "postbus.secret").read_bytes().strip()
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    right = hmac.new(secret, parts.get("t", "").encode() + b"." + body, hashlib.sha256)
    return hmac.compare_digest(parts.get("v1", "").encode(), right.hexdigest().encode())


def _seeds(demo: Demo) -> list[tuple[str, str, str]]:
    """Name, thing and seed of everything that makes codes, also of the operator."""
    names = {person.key: person.name for person in PEOPLE}
    return [
        (names.get(file.stem, file.stem.capitalize()), what, file.read_text().strip())
        for kind, what in (("totp", "app"), ("device", "apparaat"))
        for file in sorted(demo.secrets.glob(f"*.{kind}"))
    ]


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.postbus)
