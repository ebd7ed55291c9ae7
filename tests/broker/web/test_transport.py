"""What came in the clear goes no further; without a proxy of ours nothing is known of that."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from broker.errors import PageError
from broker.web import transport
from broker.web.endpoints import Audience, Endpoint
from tests.broker.runtimes import bare_app


def made(base_url: str = "https://login.example", hops: int = 1) -> Flask:
    app = bare_app()
    app.testing = True
    methods = ["GET", "POST"]
    page, token = Endpoint(limit="x"), Endpoint(limit="x", audience=Audience.PROGRAMS)
    health = Endpoint(limit="x", by_address=True)
    for path, endpoint in (("/page", page), ("/token", token), ("/health", health)):
        app.add_url_rule(path, path[1:], endpoint(lambda: "."), methods=methods)
    transport.install(app, base_url, proxy_hops=hops)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1)  # type: ignore[method-assign]
    return app


PLAIN = {"X-Forwarded-Proto": "http"}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/page", PLAIN, 308),
        ("/page", {"X-Forwarded-Proto": "https"}, 200),
        ("/page", {}, 200),  # nobody says how it came
        ("/health", PLAIN, 200),
        ("/nowhere", PLAIN, 308),
    ],
)
def test_a_page_asked_in_the_clear_is_asked_again(
    path: str, headers: dict[str, str], status: int
) -> None:
    answer = made().test_client().get(path, headers=headers)
    assert answer.status_code == status
    if status == 308:
        assert answer.headers["Location"] == f"https://login.example{path}"


def test_the_query_goes_along() -> None:
    answer = made().test_client().get("/page?a=1&b=%20", headers=PLAIN)
    assert answer.headers["Location"] == "https://login.example/page?a=1&b=%20"


@pytest.mark.parametrize(("method", "path"), [("POST", "/page"), ("GET", "/token")])
def test_what_was_sent_in_the_clear_and_what_programs_ask_is_refused(
    method: str, path: str
) -> None:
    with pytest.raises(PageError) as error:
        made().test_client().open(path, method=method, headers=PLAIN)
    assert (error.value.status, error.value.public_key) == (400, "https_required")


@pytest.mark.parametrize(
    ("base_url", "hops"), [("http://localhost:8000", 1), ("https://login.example", 0)]
)
def test_nothing_is_decided_on_loopback_or_without_a_proxy(base_url: str, hops: int) -> None:
    assert made(base_url, hops).test_client().post("/page", headers=PLAIN).status_code == 200
