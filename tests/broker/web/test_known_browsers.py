"""A browser is known of who logged in in it, each by a mark that nobody else can make."""

from __future__ import annotations

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from broker.web import known_browsers
from broker.web.cookies import KNOWN
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()


def asking(value: str = "") -> Request:
    return Request(EnvironBuilder(headers={"Cookie": f"{KNOWN}={value}"}).get_environ())


def after(person_id: str, value: str = "") -> str:
    """The cookie after this person logged in; the same where nothing changes."""
    response = Response()
    known_browsers.keep(SEALER, asking(value), response, person_id)
    lines = response.headers.getlist("Set-Cookie")
    return lines[0].partition("=")[2].partition(";")[0] if lines else value


def name(person_id: str, value: str) -> str | None:
    found = known_browsers.known_browser(SEALER, asking(value), person_id)
    assert found is None or found.person_id == person_id
    return found.name if found is not None else None


def test_each_browser_has_a_name_of_its_own_for_each_of_its_people() -> None:
    first, second = after("jan"), after("jan")
    assert name("jan", first) and name("jan", first) != name("jan", second)
    both = after("sanne", first)
    assert name("jan", both) == name("jan", first) and name("sanne", both)
    assert after("jan", both) == both, "who is known stays as he was"
    assert known_browsers.knows_anybody(asking(both))


@pytest.mark.parametrize("person_id", ["sanne", "", "ja"])
def test_a_mark_is_of_one_person(person_id: str) -> None:
    assert name(person_id, after("jan")) is None


@pytest.mark.parametrize("value", ["", "x", "0" * 64, "a" * 64 + "." + "b" * 64])
def test_what_nobody_made_is_known_of_nobody(value: str) -> None:
    assert name("jan", value) is None


def test_the_name_in_a_mark_cannot_be_changed_to_begin_a_count_anew() -> None:
    mark = after("jan")
    other = ("0" if mark[0] != "0" else "1") + mark[1:]
    assert name("jan", other) is None and name("jan", mark) is not None


def test_a_mark_of_version_0_1_is_known_and_makes_room_at_the_next_login() -> None:
    old = SEALER.fingerprint("browser", "jan")
    assert name("jan", old) is not None and name("sanne", old) is None
    new = after("jan", old)
    assert old not in new and name("jan", new) is not None
