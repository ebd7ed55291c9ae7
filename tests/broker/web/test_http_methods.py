"""GET and POST are answered, HEAD where an endpoint only reads, and no other method; also not by
Flask itself.
"""

from __future__ import annotations

import pytest
from flask import Flask

from broker.web import http_methods
from broker.web.endpoints import Endpoint, Readers
from tests.broker.runtimes import bare_app

METHODS = ["GET", "POST", "PUT", "DELETE"]


def made() -> tuple[Flask, list[str]]:
    """An application, and the names of the views that ran."""
    app, ran = bare_app(), list[str]()
    endpoints = {
        "question": Endpoint("x"),
        "help": Endpoint("x", only_reads=True),
        "keys": Endpoint("x", readers=Readers.ANYBODY),
    }
    for name, endpoint in endpoints.items():

        def view(name: str = name) -> str:
            ran.append(name)
            return "."

        app.add_url_rule(f"/{name}", name, endpoint(view), methods=METHODS)
    http_methods.install(app)
    return app, ran


@pytest.mark.parametrize(
    ("method", "status"),
    [
        *(("GET", 200), ("HEAD", 200), ("POST", 200)),
        *((one, 405) for one in ("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "ANY")),
    ],
)
def test_other_methods_are_refused(method: str, status: int) -> None:
    app, ran = made()
    answer = app.test_client().open("/help", method=method)
    assert answer.status_code == status
    assert ran == (["help"] if status == 200 else [])
    if status == 405 and method in ("OPTIONS", "PUT", "DELETE"):
        assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(("name", "is_answered"), [("question", False), ("keys", True)])
def test_a_scanner_that_asks_with_head_runs_no_view_that_does_more_than_read(
    name: str, is_answered: bool
) -> None:
    app, ran = made()
    answer = app.test_client().head(f"/{name}")
    assert answer.status_code == (200 if is_answered else 405)
    assert ran == ([name] if is_answered else [])
    if not is_answered:
        assert answer.headers["Allow"] == "GET, POST"


def test_what_does_not_exist_is_not_found_also_with_head() -> None:
    app, _ = made()
    assert app.test_client().head("/nowhere").status_code == 404
