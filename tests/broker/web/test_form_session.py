"""The session that CSRF protection needs: opened only where its cookie is."""

from __future__ import annotations

import pytest
from flask import Flask, session

from broker.web.form_session import FormSessions
from tests.broker.runtimes import bare_app


@pytest.fixture
def app() -> Flask:
    made = bare_app()
    made.session_interface = FormSessions()
    made.add_url_rule("/read", "read", lambda: str(session.get("a")))

    @made.get("/write")
    def write() -> str:
        session["a"] = 1
        return ""

    return made


def test_what_was_written_is_read_and_without_a_cookie_there_is_nothing(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/read").text == "None"
    assert "Set-Cookie" not in client.get("/read").headers
    client.get("/write")
    assert client.get("/read").text == "1"


def test_a_session_of_another_secret_is_none(app: Flask) -> None:
    other = bare_app()
    other.secret_key = "of somebody else"
    signer = FormSessions().get_signing_serializer(other)
    assert signer is not None
    client = app.test_client()
    client.set_cookie("session", str(signer.dumps({"a": 2})))
    assert client.get("/read").text == "None"


def test_the_signer_is_made_once(app: Flask) -> None:
    sessions = FormSessions()
    assert sessions.get_signing_serializer(app) is sessions.get_signing_serializer(app)
