"""What a browser is called: short, from a list of ours, whatever its header says."""

from __future__ import annotations

import time

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from broker.texts.outside_request import texts
from broker.web import user_agents
from broker.web.user_agents import BrowserKind, kind_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"


@pytest.mark.parametrize(
    ("header", "browser", "system"),
    [
        (f"{WINDOWS} {WEBKIT} Chrome/131.0.0.0 Safari/537.36", "Chrome", "Windows"),
        (f"{WINDOWS} {WEBKIT} HeadlessChrome/131.0.0.0 Safari/537.36", "Chrome", "Windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge", "Windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/64.0 Safari/537.36 Edge/17.17134", "Edge", "Windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/130.0.0.0 Safari/537.36 OPR/116.0.0.0", "Opera", "Windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/130.0.0.0 Safari/537.36 Vivaldi/7.0", "Vivaldi", "Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Firefox",
            "Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox",
            "Linux",
        ),
        (
            "Mozilla/5.0 (Android 15; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
            "Firefox",
            "Android",
        ),
        (f"{MAC} {IOS} Version/18.1 Safari/605.1.15", "Safari", "Mac"),
        (f"{IPHONE} {IOS} Version/18.1 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        (f"{IPHONE} {IOS} CriOS/131.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"),
        (f"{IPHONE} {IOS} FxiOS/132.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iPhone"),
        (f"{IPHONE} {IOS} EdgiOS/130.0 Version/18.0 Mobile/15E148 Safari/604.1", "Edge", "iPhone"),
        (f"{IPHONE} {IOS} Mobile/15E148", None, "iPhone"),  # a page inside another app
        (
            f"Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) {IOS} Version/12.1 Safari/604.1",
            "Safari",
            "iPad",
        ),
        (f"{ANDROID} {WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome", "Android"),
        (
            f"{ANDROID} {WEBKIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
            "Samsung Internet",
            "Android",
        ),
        (
            f"{ANDROID} {WEBKIT} Chrome/131.0 Mobile DuckDuckGo/5 Safari/537.36",
            "DuckDuckGo",
            "Android",
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/131.0.0.0 Safari/537.36",
            "Chrome",
            "ChromeOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
            "Internet Explorer",
            "Windows",
        ),
        ("curl/8.5.0", None, None),
        ("", None, None),
    ],
)
def test_browsers_are_called_as_people_call_them(
    header: str, browser: str | None, system: str | None
) -> None:
    assert kind_of(header) == BrowserKind(browser, system)


@pytest.mark.parametrize(
    ("header", "kept", "dutch"),
    [
        (f"{WINDOWS} Gecko/20100101 Firefox/132.0", "Firefox/Windows", "Firefox op Windows"),
        ("Firefox/132.0", "Firefox/", "Firefox"),
        (f"{IPHONE} Mobile/15E148", "/iPhone", "Onbekende browser op iPhone"),
        ("curl/8.5.0", None, "Onbekende browser"),
        ("<script>alert(1)</script> jan@voorbeeld.example", None, "Onbekende browser"),
        ("Windows <b>Firefox/</b> 123456782 \u202e", "Firefox/Windows", "Firefox op Windows"),
        (None, None, "Onbekende browser"),
    ],
)
def test_what_is_kept_is_two_words_of_ours_and_nothing_of_the_header(
    header: str | None, kept: str | None, dutch: str
) -> None:
    headers = {} if header is None else {"User-Agent": header}
    found = user_agents.kept(Request(EnvironBuilder(headers=headers).get_environ()))
    assert found == kept
    with texts():
        assert user_agents.in_words(found) == dutch


def test_a_header_of_any_length_costs_next_to_nothing() -> None:
    began = time.process_time()
    assert kind_of("(" * 1_000_000 + "Firefox/1 Windows") == BrowserKind(None, None)
    assert time.process_time() - began < 0.5


def test_the_longest_name_fits_where_it_is_kept() -> None:
    longest = max(len(name) for _, name in user_agents._BROWSERS)
    assert longest + 1 + max(len(name) for _, name in user_agents._SYSTEMS) <= 40
