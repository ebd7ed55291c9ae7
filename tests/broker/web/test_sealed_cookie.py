"""Cookies with something of ours in them: for so long, whatever a browser keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from broker.web.sealed_cookie import SealedCookie
from tests.clocks import START
from tests.keys_for_tests import make_sealer

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Kept:
    """What the cookie of these tests says."""

    address: str
    has_proof: bool = False


@dataclass(frozen=True)
class Other:
    """What another one says."""

    link: str


SEALER = make_sealer()
COOKIE = SealedCookie("__Host-sluis-proef", "proof", Kept)
PROVEN = Kept("a@voorbeeld.example", has_proof=True)


def at(moment: datetime) -> Any:
    return SimpleNamespace(sealer=SEALER, clock=lambda: moment)


def sent(cookie: SealedCookie[Any] = COOKIE, value: object = PROVEN) -> str:
    response = Response()
    cookie.hand_out(response, at(START), value, START + HOUR)
    header = response.headers["Set-Cookie"]
    assert "Max-Age=3600" in header and "HttpOnly" in header and "Secure" in header
    return header.partition("=")[2].partition(";")[0]


def read(value: str, moment: datetime = START, cookie: SealedCookie[Any] = COOKIE) -> object:
    headers: Mapping[str, str] = {"Cookie": f"{cookie.name}={value}"}
    with Flask("bare").test_request_context("/", headers=headers):
        return cookie.read(at(moment))


def test_what_was_handed_out_comes_back() -> None:
    assert read(sent()) == PROVEN
    assert read(sent(), START + HOUR - timedelta(seconds=1)) == PROVEN


def test_M_09_it_is_over_when_it_says_so_also_for_who_kept_the_cookie() -> None:
    assert read(sent(), START + HOUR) is None
    assert read(sent(), START + timedelta(days=400)) is None


@pytest.mark.parametrize("value", ["", "x", "=", "Zm91dA==", "é", "A" * 5000])
def test_anything_that_we_did_not_seal_is_nothing(value: str) -> None:
    assert read(value) is None


def test_a_cookie_opens_no_other_and_none_of_another_version() -> None:
    assert read(sent(SealedCookie(COOKIE.name, "other", Kept))) is None
    assert read(sent(SealedCookie(COOKIE.name, "proof", Other), Other("x"))) is None
    value = sent()
    changed = value[:20] + ("A" if value[20] != "A" else "B") + value[21:]
    assert read(changed) is None
