"""Cookies of a browser: all alike, bounded, and nonsense in them counts as absent."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from broker.web import cookies
from broker.web.cookies import MAX_KNOWN, MAX_REMEMBERED, RememberedProvider
from tests.clocks import START

DAYS = 90
MARKS = [f"{number:064x}" for number in range(MAX_KNOWN + 1)]


def asking(method: str = "GET", **said: str) -> Request:
    """A request with these cookies, by the name of their constant."""
    jar = "; ".join(f"{getattr(cookies, name)}={value}" for name, value in said.items())
    return Request(EnvironBuilder(method=method, headers={"Cookie": jar}).get_environ())


def value_in(response: Response) -> str:
    (line,) = response.headers.getlist("Set-Cookie")
    return line.partition("=")[2].partition(";")[0]


def encoded(entries: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(entries).encode()).decode()


def remembered(value: str, now: datetime = START) -> dict[str, RememberedProvider]:
    return cookies.remembered_providers(asking(PROVIDERS=value), now, DAYS)


def test_every_cookie_has_the_attributes_that_keep_it_here() -> None:
    request = asking(SESSION="x")
    for write in (
        lambda r: cookies.keep_session(r, "v"),
        cookies.forget_session,
        lambda r: cookies.remember_language(r, "nl"),
        lambda r: cookies.remember_providers(r, {}, DAYS),
        lambda r: cookies.keep_known(request, r, MARKS[0]),
    ):
        response = Response()
        write(response)
        (line,) = response.headers.getlist("Set-Cookie")
        assert line.startswith("__Host-sluis-")
        parts = set(line.split("; ")[1:])
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert not any(part.startswith("Domain") for part in parts)


def test_a_choice_of_makelaar_comes_back_until_it_is_too_old() -> None:
    response = Response()
    cookies.remember_providers(response, {"s": RememberedProvider("zekerweg", START)}, DAYS)
    value = value_in(response)
    for age, there in ((0, True), (DAYS * 86400 - 1, True), (DAYS * 86400, False), (-61, False)):
        assert ("s" in remembered(value, START + timedelta(seconds=age))) is there
    assert remembered(value) == {"s": RememberedProvider("zekerweg", START)}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "é",
        encoded([]),
        encoded(7),
        encoded({"s": []}),
        encoded({"s": ["zekerweg"]}),
        encoded({"s": ["zekerweg", "yesterday"]}),
        encoded({"s": ["zekerweg", 1e300]}),
        encoded({"s": ["zekerweg", None]}),
        base64.urlsafe_b64encode(b"{").decode(),
    ],
)
def test_what_is_no_list_of_choices_counts_as_none(value: str) -> None:
    assert remembered(value) == {}


def test_the_oldest_choice_gives_way_to_a_new_one() -> None:
    choices = {
        f"s{number}": RememberedProvider("zekerweg", START + timedelta(seconds=number))
        for number in range(MAX_REMEMBERED + 1)
    }
    response = Response()
    cookies.remember_providers(response, choices, DAYS)
    assert choices.keys() - remembered(value_in(response), START).keys() == {"s0"}


@pytest.mark.parametrize(
    ("before", "provider", "after"),
    [
        ({}, "zekerweg", {"s": "zekerweg"}),
        ({"s": "polder"}, "zekerweg", {"s": "zekerweg"}),
        ({"s": "polder", "t": "polder"}, None, {"t": "polder"}),
        ({"t": "polder"}, None, None),  # nothing to forget: no cookie
        ({}, None, None),
    ],
)
def test_a_choice_is_replaced_or_forgotten_for_its_own_service_alone(
    before: dict[str, str], provider: str | None, after: dict[str, str] | None
) -> None:
    at = int(START.timestamp())
    request = asking(PROVIDERS=encoded({s: [p, at] for s, p in before.items()}))
    response = Response()
    cookies.change_remembered(request, response, "s", provider, now=START, days=DAYS)
    if after is None:
        assert "Set-Cookie" not in response.headers
        return
    found = remembered(value_in(response))
    assert {service: choice.provider_id for service, choice in found.items()} == after


def test_a_browser_may_hold_a_session_when_it_posts_without_our_cookies() -> None:
    assert cookies.may_hold_session(asking(SESSION="x"))
    assert cookies.may_hold_session(asking("POST"))
    assert not cookies.may_hold_session(asking())


def test_a_browser_knows_who_logged_in_and_who_came_first_gives_way() -> None:
    value = ""
    for mark in MARKS:
        response = Response()
        cookies.keep_known(asking(KNOWN=value), response, mark)
        value = value_in(response)
    assert cookies.known_marks(asking(KNOWN=value)) == MARKS[1:]


def test_who_comes_again_stands_once_and_last() -> None:
    response = Response()
    cookies.keep_known(asking(KNOWN=".".join(MARKS[:3])), response, MARKS[0])
    assert value_in(response) == ".".join([MARKS[1], MARKS[2], MARKS[0]])
    response = Response()
    cookies.keep_known(asking(KNOWN=".".join(MARKS[:3])), response, MARKS[3], instead=MARKS[1])
    assert value_in(response) == ".".join([MARKS[0], MARKS[2], MARKS[3]])


@pytest.mark.parametrize("value", ["", ".", "x", "A" * 64, "a" * 63, "a" * 65])
def test_what_is_no_mark_is_known_of_nobody(value: str) -> None:
    assert cookies.known_marks(asking(KNOWN=value)) == []
