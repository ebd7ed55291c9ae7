"""What a trace of a page of error knows of the request, and what it may not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask, request

from broker.web import bodies, error_facts
from broker.web.bodies import MAX_BODY, MAX_FILE_BODY
from state.trace import Fact


@pytest.fixture
def app() -> Flask:
    made = Flask("bare")
    bodies.install(made, lambda _: False)
    made.add_url_rule("/login/<login_id>", "enter", lambda login_id: login_id)
    return made


def facts(app: Flask, path: str, key: str = "csrf", **asked: object) -> Mapping[str, Fact]:
    with app.test_request_context(path, **asked):
        app.preprocess_request()
        return error_facts.of_error(request, status=400, key=key, detail="", found={})


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        (None, "none"),
        ("a=1; b=2", "others"),
        ("a=1; __Host-sluis-login-0123=geheim", "ours"),
        ("__Host-sluis-mijn=geheim", "ours"),
    ],
)
def test_cookies_are_told_of_and_never_told(app: Flask, cookie: str | None, kept: str) -> None:
    told = facts(app, "/login/x", headers={"Cookie": cookie} if cookie else {})
    assert told["kept_by_browser"] == kept
    assert "geheim" not in str(told)


def test_an_address_is_told_by_its_rule_and_a_browser_by_its_family(app: Flask) -> None:
    sent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; jan@voorbeeld.example) Firefox/140.0"}
    told = facts(app, "/login/geheim?code=geheim", headers=sent)
    assert (told["path"], told["browser"]) == ("/login/<login_id>", "Firefox/Linux")
    assert "geheim" not in str(told) and "jan" not in str(told)


@pytest.mark.parametrize(
    ("path", "below"), [("/login/x/y", "/login"), ("/log", None), ("/geheim", None), ("/", None)]
)
def test_of_an_address_that_does_not_exist_only_what_is_ours_is_told(
    app: Flask, path: str, below: str | None
) -> None:
    assert facts(app, path, "not_found")["below"] == below


@pytest.mark.parametrize(
    ("path", "most"), [("/login/x", MAX_BODY), ("/beheer/importeren/gebruikers", MAX_FILE_BODY)]
)
@pytest.mark.parametrize("more", [1, 0, -97])
def test_what_is_too_large_is_told_with_what_is_allowed(
    app: Flask, path: str, most: int, more: int
) -> None:
    length = most + more
    told = facts(app, path, "too_large", content_length=length, method="POST")
    sent = length if more > 0 else None
    assert (told["sent_bytes"], told["allowed_bytes"]) == (sent, most)


@pytest.mark.parametrize(("method", "told"), [("PUT", "PUT"), ("JAN-1", "?"), ("X" * 40, "?")])
def test_a_method_without_a_name_is_not_repeated(app: Flask, method: str, told: str) -> None:
    assert facts(app, "/login/x", method=method)["http_method"] == told


def test_a_key_without_a_text_has_the_code_of_an_error_of_ours(app: Flask) -> None:
    assert facts(app, "/login/x", "no such key")["error_code"] == "SLS-5002"
