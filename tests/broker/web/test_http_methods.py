"""GET, HEAD and POST are answered, and no other method; also not by Flask itself."""

from __future__ import annotations

import pytest

from broker.web import http_methods
from tests.broker.runtimes import bare_app


@pytest.mark.parametrize(
    ("method", "status"),
    [
        *(("GET", 200), ("HEAD", 200), ("POST", 200)),
        *((one, 405) for one in ("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "ANY")),
    ],
)
def test_other_methods_are_refused(method: str, status: int) -> None:
    app = bare_app()
    app.add_url_rule("/", "page", lambda: ".", methods=["GET", "POST", "PUT", "DELETE"])
    http_methods.install(app)
    answer = app.test_client().open("/", method=method)
    assert answer.status_code == status
    if status == 405 and method in ("OPTIONS", "PUT", "DELETE"):
        assert answer.headers["Allow"] == "GET, HEAD, POST"
