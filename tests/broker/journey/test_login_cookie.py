"""The cookie that binds a login to one browser."""

from __future__ import annotations

import pytest

from broker.journey import login_cookie, login_store
from broker.web.cookies import LOGIN_PREFIX
from tests.broker.facts import LOGIN, a_login, a_request

SECRET = "the-secret-of-this-browser"
OURS = a_login(browser=login_store.browser_hash(SECRET))
NAME = login_cookie.login_cookie_name(OURS.id)


@pytest.mark.parametrize(
    ("cookies", "is_same"),
    [
        ({NAME: SECRET}, True),
        ({NAME: f"{SECRET}.5f.{OURS.id}"}, True),  # the note behind it is the browser's own
        ({NAME: f"{SECRET}.5f.another.5f.abc123"}, True),
        ({NAME: OURS.browser}, False),  # the hash opens nothing
        ({NAME: f"x.{SECRET}"}, False),
        ({NAME: ""}, False),
        ({}, False),
        ({login_cookie.login_cookie_name("another"): SECRET}, False),
    ],
)
def test_only_who_holds_the_secret_of_this_login_is_its_browser(
    cookies: dict[str, str], is_same: bool
) -> None:
    assert login_cookie.is_same_browser(a_request(cookies), OURS) is is_same


def test_every_login_has_a_cookie_of_its_own_that_does_not_name_it() -> None:
    assert NAME.startswith(LOGIN_PREFIX) and OURS.id not in NAME
    assert login_cookie.login_cookie_name("another") != NAME


def test_the_secret_of_one_login_does_not_open_another() -> None:
    assert login_cookie.opens(SECRET, OURS)
    assert not login_cookie.opens(SECRET, LOGIN)
    assert not login_cookie.opens("", LOGIN)
