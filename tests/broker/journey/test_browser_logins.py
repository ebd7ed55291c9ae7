"""The logins of one browser: which give way, and when a portal goes round."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from broker.errors import PageError
from broker.journey import browser_logins, login_cookie, login_store
from broker.journey.browser_logins import ROUND_SECONDS, LoginCookie
from broker.journey.login import Login
from broker.runtime import Runtime
from broker.web.cookies import LOGIN_PREFIX
from tests.broker.facts import LOGIN, PORTAL, REQUEST, a_login, a_runtime, asking, some_settings
from tests.clocks import START
from tests.keys_for_tests import make_sealer

NOW = int(START.timestamp())
MARK = browser_logins.portal_mark(PORTAL.client_id)
NAME = f"{LOGIN_PREFIX}abc"


@contextmanager
def browser(**cookies: str) -> Iterator[None]:
    """A request of a browser with these cookies, by the last part of their names."""
    header = "; ".join(f"{LOGIN_PREFIX}{name}={value}" for name, value in cookies.items())
    with Flask("any").test_request_context(headers={"Cookie": header}):
        yield


def one(begun: int, ended: int | None = None, portal: str = MARK) -> LoginCookie:
    return LoginCookie(f"{begun}", "secret", begun, "id", ended, portal)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("s.5f.id", LoginCookie(NAME, "s", 0x5F, "id")),
        ("s.5f.id.60.abc", LoginCookie(NAME, "s", 0x5F, "id", 0x60, "abc")),
        # What we did not write is the oldest of all, and over.
        ("s", LoginCookie(NAME, "s", 0, "", 0)),
        ("s.no number.id", LoginCookie(NAME, "s", 0, "", 0)),
        ("s.5f.id.60", LoginCookie(NAME, "s", 0, "", 0)),
        ("", LoginCookie(NAME, "", 0, "", 0)),
    ],
)
def test_a_cookie_says_when_its_login_began_and_ended(value: str, read: LoginCookie) -> None:
    assert browser_logins.held({NAME: value, "another": "s.5f.id"}) == [read]


@pytest.mark.parametrize(
    ("found", "most", "begun"),
    [
        ([one(1), one(2), one(3)], 3, []),
        ([one(3), one(1), one(2)], 2, [1]),
        ([one(3), one(1), one(2)], 0, [1, 2, 3]),
        ([one(1), one(2, ended=9), one(3)], 2, [2]),  # what is over goes first
        ([one(1), one(5, ended=9), one(4, ended=9)], 1, [4, 5]),
        ([], 1, []),
    ],
)
def test_ended_logins_give_way_first_and_then_the_oldest(
    found: list[LoginCookie], most: int, begun: list[int]
) -> None:
    assert [cookie.begun for cookie in browser_logins.give_way(found, most)] == begun


@pytest.mark.parametrize(
    ("found", "goes_round"),
    [
        ([one(1, ended=NOW), one(2, ended=NOW - ROUND_SECONDS + 1)], True),
        ([one(1, ended=NOW), one(2, ended=NOW - ROUND_SECONDS)], False),  # longer than a minute
        ([one(1, ended=NOW), one(2, ended=NOW + 1)], False),  # of a time to come
        ([one(1, ended=NOW), one(2, ended=NOW, portal="other")], False),
        ([one(1, ended=NOW), one(2)], False),  # still open
        ([], False),
    ],
)
def test_a_portal_goes_round_by_its_own_logins_that_ended_within_the_minute(
    found: list[LoginCookie], goes_round: bool
) -> None:
    assert browser_logins.goes_round(found, MARK, NOW, 2) is goes_round


def round_after(ended: int, login: Login) -> None:
    """Raises PageError where this login would be one too many."""
    rt = a_runtime(settings=some_settings(limits={"loop_logins": 3}))
    cookies = {f"c{n}": f"s.{NOW - 9:x}.id.{NOW - n:x}.{MARK}" for n in range(ended)}
    with browser(**cookies):
        browser_logins.refuse_rounds(rt, login)


def test_a_portal_that_goes_round_gets_a_page_with_a_way_home() -> None:
    round_after(2, LOGIN)
    with pytest.raises(PageError) as refused:
        round_after(3, LOGIN)
    assert (refused.value.status, refused.value.public_key) == (429, "login_loop")
    assert refused.value.values == {"home_url": PORTAL.home_url, "portal": "Portaal"}


def test_a_portal_that_asks_for_no_pages_gets_none() -> None:
    round_after(3, a_login(asking(passive=True)))


def opened(rt: Runtime, secret: str) -> Login:
    """A login of a browser with this secret, in the store."""
    made, _ = login_store.new_login(REQUEST, START, 15)
    login = replace(made, browser=login_store.browser_hash(secret))
    rt.store.batch(login_store.first_put(login, make_sealer(), START))
    return login


def gave_way(rt: Runtime, login: Login) -> bool:
    kept = login_store.parse(rt.store.get(login_store.key(login.id)), make_sealer())
    assert kept is not None
    return kept.login.gave_way


@pytest.mark.parametrize(("shown", "loses"), [("secret", True), ("a-guess", False)])
def test_a_browser_loses_its_own_logins_and_nobody_elses(shown: str, loses: bool) -> None:
    rt = a_runtime(settings=some_settings(limits={"browser_logins": 2}))
    old = opened(rt, "secret")
    new = opened(rt, "secret")
    response = Response()
    with browser(old=f"{shown}.1.{old.id}", new=f"secret.{NOW:x}.{new.id}"):
        browser_logins.keep_few(rt, response, keep="another")
    dropped = [line.partition("=")[0] for line in response.headers.getlist("Set-Cookie")]
    assert dropped == [f"{LOGIN_PREFIX}old"]
    assert gave_way(rt, old) is loses and not gave_way(rt, new)


def test_the_login_of_this_request_stays_whatever_else_is_open() -> None:
    rt = a_runtime(settings=some_settings(limits={"browser_logins": 2}))
    this = opened(rt, "secret")
    with browser(this=f"secret.1.{this.id}", new=f"secret.{NOW:x}.another"):
        response = Response()
        browser_logins.keep_few(rt, response, keep=this.id)
    assert not response.headers.getlist("Set-Cookie") and not gave_way(rt, this)


def test_an_end_is_noted_in_the_cookie_of_its_login_and_only_there() -> None:
    name = login_cookie.login_cookie_name(LOGIN.id).removeprefix(LOGIN_PREFIX)
    later, response = START + timedelta(minutes=14, seconds=30), Response()
    with browser(**{name: f"secret.{NOW:x}.{LOGIN.id}"}):
        browser_logins.note_end(response, LOGIN, later)
    (line,) = response.headers.getlist("Set-Cookie")
    value = line.partition("=")[2].partition(";")[0]
    (cookie,) = browser_logins.held({NAME: value})
    assert cookie == LoginCookie(NAME, "secret", NOW, LOGIN.id, int(later.timestamp()), MARK)
    assert f"Max-Age={ROUND_SECONDS};" in line  # a round is seen for a minute
    with browser(other="secret"):
        other = Response()
        browser_logins.note_end(other, LOGIN, later)
    assert not other.headers.getlist("Set-Cookie")


def test_the_cookie_outlives_its_login_so_that_who_is_late_hears_what_happened() -> None:
    response = Response()
    browser_logins.bind_browser(response, LOGIN, "secret", 900)
    (line,) = response.headers.getlist("Set-Cookie")
    assert f"Max-Age={900 + login_store.FINISHED_SECONDS};" in line
    assert all(word in line for word in ("__Host-", "Secure", "HttpOnly", "SameSite=Lax"))


def test_the_cookie_of_a_login_that_got_more_time_lives_as_much_longer() -> None:
    name = login_cookie.login_cookie_name(LOGIN.id)
    login = replace(LOGIN, expires_at=START + timedelta(minutes=100))
    response = Response()
    with browser(**{name.removeprefix(LOGIN_PREFIX): f"secret.{NOW:x}.{LOGIN.id}"}):
        browser_logins.keep_longer(response, login, START + timedelta(minutes=90))
    [line] = response.headers.getlist("Set-Cookie")
    assert line.startswith(f"{name}=secret.{NOW:x}.{LOGIN.id};")
    assert f"Max-Age={10 * 60 + login_store.FINISHED_SECONDS};" in line


def test_a_browser_without_that_cookie_gets_none() -> None:
    response = Response()
    with browser(other=f"secret.{NOW:x}.another"):
        browser_logins.keep_longer(response, LOGIN, START)
    assert not response.headers.getlist("Set-Cookie")
