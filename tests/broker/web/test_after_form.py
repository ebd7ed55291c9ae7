"""Where a form of ours ends: at its own answer, and at what follows it within our origin."""

from __future__ import annotations

import pytest

from broker.web import after_form
from broker.web.endpoints import Endpoint
from tests.broker.runtimes import bare_app

SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "ends"),
    [
        ("POST", "/question", {}, True),
        ("POST", "/question", {"Sec-Fetch-Site": "cross-site"}, True),
        ("POST", "/acs", {}, False),  # a form of a makelaar
        ("GET", "/question", {}, False),
        ("GET", "/question", SAME, True),  # a form or a link of ours; both may be shown a page
        ("GET", "/question", {"Sec-Fetch-Site": "none"}, False),
        ("GET", "/question", {"Sec-Fetch-Site": "same-site"}, False),
        ("GET", "/question", {"Sec-Fetch-Site": "cross-site"}, False),
    ],
)
def test_a_form_of_ours_ends_here(
    method: str, path: str, headers: dict[str, str], ends: bool
) -> None:
    app = bare_app()
    views = {
        "question": Endpoint("x"),
        "acs": Endpoint("x", csrf=False, because="another posts"),
    }
    for name, endpoint in views.items():
        app.add_url_rule(f"/{name}", name, endpoint(lambda: "."), methods=["GET", "POST"])
    with app.test_request_context(path, method=method, headers=headers):
        assert after_form.ends_form() is ends
