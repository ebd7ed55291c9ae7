"""Only who asks for our own name is answered; health is asked by address."""

from __future__ import annotations

import pytest
from flask import Flask

from broker.errors import PageError
from broker.web import hosts
from broker.web.endpoints import Endpoint
from tests.broker.runtimes import bare_app


@pytest.fixture
def app() -> Flask:
    made = bare_app()
    made.testing = True
    made.add_url_rule("/page", "page", Endpoint(limit="x")(lambda: "."))
    made.add_url_rule("/health", "health", Endpoint(limit="x", by_address=True)(lambda: "."))
    hosts.install(made, "https://login.example")
    return made


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("login.example", True),
        ("LOGIN.example", True),
        ("login.example:443", True),
        ("login.example:80", False),
        ("login.example.", False),
        ("login.example.elders.example", False),
        ("elders.example", False),
        ("127.0.0.1", False),
        ("", False),
    ],
)
def test_a_page_asked_under_another_name_is_refused_and_health_is_not(
    app: Flask, host: str, is_ours: bool
) -> None:
    client = app.test_client()
    assert client.get("/health", environ_overrides={"HTTP_HOST": host}).status_code == 200
    for path, status in (("/page", 200), ("/nowhere", 404)):
        if is_ours:
            assert client.get(path, environ_overrides={"HTTP_HOST": host}).status_code == status
            continue
        with pytest.raises(PageError) as error:
            client.get(path, environ_overrides={"HTTP_HOST": host})
        assert (error.value.status, error.value.public_key) == (400, "wrong_host")
