"""Links name the configured address, whatever a request says of itself."""

from __future__ import annotations

import pytest
from flask import url_for

from broker.web.base_url import BoundFlask


@pytest.fixture
def app() -> BoundFlask:
    made = BoundFlask("tests")
    made.add_url_rule("/page/<name>", "page", lambda name: url_for("page", name=name))
    made.add_url_rule("/whole", "whole", lambda: url_for("page", name="b", _external=True))
    made.add_url_rule("/folder/", "folder", lambda: "")
    made.bind_to("https://login.example:8443")
    return made


@pytest.mark.parametrize(
    "base_url", ["http://localhost", "https://elders.example", "http://[::1]:1"]
)
def test_a_link_does_not_follow_the_host_of_the_request(app: BoundFlask, base_url: str) -> None:
    client = app.test_client()
    assert client.get("/whole", base_url=base_url).text == "https://login.example:8443/page/b"
    assert client.get("/page/a", base_url=base_url).text == "/page/a"
    moved = client.get("/folder?a=1", base_url=base_url)
    assert moved.headers["Location"] == "https://login.example:8443/folder/?a=1"


def test_methods_and_unknown_addresses_are_told_apart_as_always(app: BoundFlask) -> None:
    client = app.test_client()
    assert (client.get("/nowhere").status_code, client.post("/whole").status_code) == (404, 405)
