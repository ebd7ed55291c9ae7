"""Every form needs its token, but for endpoints that declare otherwise."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask_wtf.csrf import generate_csrf

from broker.web import csrf
from broker.web.endpoints import Endpoint
from tests.broker.runtimes import bare_app


def made() -> Flask:
    app = bare_app()

    @app.post("/form")
    @Endpoint(limit="x")
    def form() -> str:
        return ""

    @app.post("/free")
    @Endpoint(limit="x", csrf=False, because="the message proves itself")
    def free() -> str:
        return ""

    @app.get("/page")
    @Endpoint(limit="x")
    def page() -> str:
        return str(generate_csrf())

    csrf.install(app)
    return app


def test_a_form_without_its_token_is_refused_where_nothing_else_was_declared() -> None:
    client = made().test_client()
    assert client.post("/form").status_code == 400
    assert client.post("/free").status_code == 200


def test_what_nothing_answers_is_nowhere_and_asks_no_token() -> None:
    client = made().test_client()
    assert client.post("/nowhere").status_code == 404
    assert client.post("/page").status_code == 405


def test_a_view_is_not_free_because_another_one_of_its_name_is() -> None:
    app = bare_app()

    def of(is_checked: bool) -> Callable[[], str]:
        @Endpoint(limit="x", csrf=is_checked, because="the message proves itself")
        def view() -> str:
            return ""

        return view

    app.add_url_rule("/free", "free", of(False), methods=["POST"])
    app.add_url_rule("/form", "form", of(True), methods=["POST"])
    csrf.install(app)
    client = app.test_client()
    assert (client.post("/free").status_code, client.post("/form").status_code) == (200, 400)


def test_a_token_belongs_to_its_session_and_needs_no_referer() -> None:
    app = made()
    client = app.test_client()
    token = client.get("/page", base_url="https://login.example").text
    sent = {"csrf_token": token}
    assert client.post("/form", data=sent, base_url="https://login.example").status_code == 200
    stranger = app.test_client()
    assert stranger.post("/form", data=sent, base_url="https://login.example").status_code == 400
