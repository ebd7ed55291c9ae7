"""The language of a page: the switch on it, then the cookie, the portal, the browser, Dutch."""

from __future__ import annotations

import pytest

from broker.web import language
from broker.web.cookies import LANGUAGE
from broker.web.endpoints import Endpoint
from tests.broker.runtimes import bare_app


@pytest.mark.parametrize(
    ("switch", "cookie", "portal", "browser", "found"),
    [
        ("en", "nl", "nl", "nl", "en"),
        (None, "en", "nl", "nl", "en"),
        (None, None, "en", "nl", "en"),
        (None, None, None, "en", "en"),
        (None, None, None, None, "nl"),
        ("fr", "xx", "de", "fr", "nl"),
        ("fr", "en", None, None, "en"),
        ("", "", None, "fr, en;q=0.1", "en"),
        (None, None, None, "en-GB", "en"),
        (None, None, None, "en-GB, nl;q=0.9", "en"),
        (None, None, None, "EN-us,nl-NL;q=0.9", "en"),
        (None, None, None, "nl-BE, en;q=0.9", "nl"),
        (None, None, None, "fr, nl-NL;q=0.2, en;q=0.5", "en"),
        (None, None, None, "en;q=0, *", "nl"),
        (None, None, None, "*", "nl"),
        ("EN", None, None, None, "nl"),
    ],
)
def test_the_users_own_choice_goes_first_and_an_unknown_one_counts_for_nothing(
    switch: str | None, cookie: str | None, portal: str | None, browser: str | None, found: str
) -> None:
    headers = {} if browser is None else {"Accept-Language": browser}
    if cookie is not None:
        headers["Cookie"] = f"{LANGUAGE}={cookie}"
    path = "/" if switch is None else f"/?ui={switch}"
    with bare_app().test_request_context(path, headers=headers):
        language.portal_asks(portal)
        assert language.locale() == found


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/page?ui=en", "en"),
        ("/page?ui=nl", "nl"),
        ("/page?ui=fr", None),
        ("/page", None),
        ("/portal?ui=en", None),  # in a portal's link it is no wish of the user
    ],
)
def test_a_switch_is_remembered_where_it_is_the_users(path: str, kept: str | None) -> None:
    app = bare_app()
    app.add_url_rule("/page", "page", Endpoint(limit="x")(lambda: ""))
    app.add_url_rule("/portal", "portal", Endpoint(limit="x", sets_language=False)(lambda: "."))
    language.install(app)
    said = app.test_client().get(path).headers.get("Set-Cookie", "")
    assert said.startswith(f"{LANGUAGE}={kept};") if kept else not said
