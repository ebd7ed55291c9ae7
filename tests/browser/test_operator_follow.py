"""The list of logins follows by itself, stops when it is told to, and works without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from sandbox.walk import Walk
from tests.browser.operator_scenes import BODEM, enter
from tests.browser.visitor import Visitor, visiting
from tests.browser.walker import Walker
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser
LIST = "/inlogspoor?makelaar=zekerweg"


def _first(visitor: Visitor) -> str:
    links = visitor.page.locator("tbody tr:first-child th a")
    return links.text_content() or "" if links.count() else ""


def _open_list(visitor: Visitor) -> None:
    walker = Walker(visitor.running, "nl")
    enter(walker, LIST)
    visitor.take_cookies_of(walker)
    visitor.go("/operator" + LIST)


def _log_in(running: RunningDemo) -> None:
    assert Walk(running.demo, BODEM, "Zekerweg", "liv").run().heading == "U bent ingelogd"


def test_a_new_login_comes_by_itself(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        _open_list(visitor)
        visitor.page.wait_for_selector("#volgt:not([hidden])")
        before = _first(visitor)
        _log_in(running)
        visitor.page.wait_for_function(
            "before => (document.querySelector('tbody th a')?.textContent ?? '') !== before",
            arg=before,
        )
        assert visitor.complaints == []
        visitor.click("#volgt a")  # pause
        assert visitor.page.locator("#volgt").count() == 0
        paused = _first(visitor)
        _log_in(running)
        visitor.page.wait_for_timeout(3000)
        assert _first(visitor) == paused


def test_a_list_whose_session_ended_says_so(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        _open_list(visitor)
        assert visitor.page.locator("#gestopt").is_hidden()
        visitor.context.clear_cookies()
        visitor.page.wait_for_selector("#gestopt:not([hidden])")
        assert visitor.page.locator("#volgt").is_hidden()


def test_without_javascript_the_list_is_refreshed_by_hand(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium, javascript=False) as visitor:
        _open_list(visitor)
        assert visitor.page.locator("#volgt").is_hidden()
        before = _first(visitor)
        _log_in(running)
        visitor.click(".sluis-links a:text-is('Ververs')")
        assert _first(visitor) != before
