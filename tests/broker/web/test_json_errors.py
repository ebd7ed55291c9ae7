"""What programs read when something went wrong: RFC 6749 §5.2, with code and reference."""

from __future__ import annotations

import pytest

from broker.texts.errors import ERRORS as TEXTS
from broker.web import json_errors
from tests.broker.runtimes import bare_app


@pytest.mark.parametrize(
    ("status", "key", "error", "code"),
    [
        (400, "https_required", "invalid_request", "SLS-4010"),
        (404, "not_found", "invalid_request", "SLS-4005"),
        (429, "too_many_requests", "temporarily_unavailable", "SLS-4008"),
        (503, "store_unavailable", "temporarily_unavailable", "SLS-5001"),
        (500, "server_error", "server_error", "SLS-5002"),
        (500, "never heard of", "server_error", "SLS-5002"),
    ],
)
def test_an_error_has_the_word_of_the_protocol_and_the_code_of_the_page(
    status: int, key: str, error: str, code: str
) -> None:
    with bare_app().test_request_context("/token"):
        response = json_errors.told(status, key, "AB12CD34")
    assert response.status_code == status
    said = response.get_json()  # type: ignore[attr-defined]
    assert said["error"] == error
    assert said["error_description"].endswith(f"({code}). Reference: AB12-CD34")
    assert said["error_description"].isascii()


def test_every_description_is_of_an_error_that_exists() -> None:
    assert json_errors.DESCRIPTIONS.keys() <= TEXTS.keys()
