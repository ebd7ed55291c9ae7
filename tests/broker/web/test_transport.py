"""What came in the clear goes no further; without a proxy of ours nothing is known of that. Where
the proxies are read wrongly nobody goes round.
"""

from __future__ import annotations

import pytest
from flask import Flask
from structlog.testing import capture_logs
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
    app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=hops)  # type: ignore[method-assign]
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


@pytest.mark.parametrize(
    ("said", "hops", "remedy"),
    [
        ("https, http", 1, "web.trusted_proxy_hops"),  # a proxy more than was told
        ("HTTPS,http", 1, "web.trusted_proxy_hops"),
        ("https", 2, "web.trusted_proxy_hops"),  # one less: its value is not counted at all
        ("https, http, http", 2, "web.trusted_proxy_hops"),
    ],
)
@pytest.mark.parametrize("asked", ["GET /page", "POST /page", "GET /token"])
def test_a_number_of_proxies_that_is_wrong_ends_in_an_error_that_names_the_setting(
    said: str, hops: int, remedy: str, asked: str
) -> None:
    client, (method, path) = made(hops=hops).test_client(), asked.split()
    with capture_logs() as logs, pytest.raises(PageError) as error:
        client.open(path, method=method, headers={"X-Forwarded-Proto": said})
    assert (error.value.status, error.value.public_key) == (500, "proxy_misread")
    [line] = [one for one in logs if one["event"] == "transport.proxy_misread"]
    assert line["setting"] == "web.trusted_proxy_hops" and line["trusted_proxy_hops"] == hops
    assert line["x_forwarded_proto"] == said and remedy in line["remedy"]


@pytest.mark.parametrize(
    ("said", "hops", "status"),
    [
        ("http, https", 1, 200),  # what a client said before our proxy did
        ("http, https", 2, 308),  # in the clear to the first of two proxies
        ("https, https", 2, 200),
        ("http, http", 1, 308),
    ],
)
def test_proxies_that_are_counted_well_are_read_as_they_were(
    said: str, hops: int, status: int
) -> None:
    answer = made(hops=hops).test_client().get("/page", headers={"X-Forwarded-Proto": said})
    assert answer.status_code == status


def test_a_proxy_that_always_says_http_ends_at_the_second_request() -> None:
    """The browser kept a cookie that it keeps for https alone."""
    client = made().test_client()
    again = client.get("/page", headers=PLAIN, base_url="https://login.example")
    assert again.status_code == 308 and "Secure" in again.headers["Set-Cookie"]
    with capture_logs() as logs, pytest.raises(PageError) as error:
        client.get("/page", headers=PLAIN, base_url="https://login.example")
    assert error.value.public_key == "proxy_misread"
    assert "X-Forwarded-Proto" in logs[0]["remedy"]


def test_a_header_that_browsers_send_over_https_alone_says_how_they_came() -> None:
    with pytest.raises(PageError) as error:
        made().test_client().get("/page", headers={**PLAIN, "Sec-Fetch-Site": "none"})
    assert error.value.public_key == "proxy_misread"
