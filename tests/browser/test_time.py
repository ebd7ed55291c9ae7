"""The warning before a page stops working, and more time without leaving it (WCAG 2.2, 2.2.1)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import axe_violations, small_targets, too_wide
from tests.browser.scenes import LOZING
from tests.browser.visitor import DESKTOP, PHONE, Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser

WARNING, FAILED, OVER = (f"[data-time={name}]" for name in ("warning", "failed", "over"))
BUTTON = ".sluis-time-bar button"
LINE = "[data-until]"
SECOND = 1000


def _later(visitor: Visitor, minutes: float) -> None:
    visitor.page.clock.run_for(int(minutes * 60 * SECOND))


def _is_well(visitor: Visitor) -> None:
    page = visitor.page
    assert axe_violations(page) == []
    assert too_wide(page) == []
    assert small_targets(page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_login_warns_and_gives_time_and_keeps_what_was_typed(
    running: RunningDemo, chromium: Browser, size: tuple[int, int]
) -> None:
    with visiting(running, chromium, size=size) as visitor:
        page = visitor.page
        page.clock.install()
        visitor.ask(LOZING)
        visitor.choose("brugwacht")
        visitor.log_in_as("roos")
        visitor.wait_for("#code")
        page.fill("#code", "123")
        _later(visitor, 12.5)
        assert not page.is_visible(WARNING)
        _later(visitor, 1)
        assert page.is_visible(WARNING) and page.is_visible(BUTTON)
        assert page.get_attribute(".sluis-time-bar", "role") == "status"
        assert page.evaluate("document.activeElement.id") == "code", "the focus stays"
        _is_well(visitor)
        with page.expect_response("**/more-time") as answered:
            page.click(BUTTON)
        assert answered.value.status == 200
        page.wait_for_selector(WARNING, state="hidden")
        assert page.input_value("#code") == "123"
        assert page.is_visible("[data-got-time]")
        _later(visitor, 14)
        assert page.is_visible(WARNING), "it warns again"
        _later(visitor, 2)
        assert page.is_visible(OVER) and not page.is_visible(BUTTON)
        _is_well(visitor)


def test_nothing_that_has_the_focus_hides_behind_the_warning(
    running: RunningDemo, chromium: Browser
) -> None:
    """WCAG 2.2, 2.4.11."""
    with visiting(running, chromium, size=PHONE) as visitor:
        page = visitor.page
        page.clock.install()
        visitor.ask(LOZING)
        _later(visitor, 14)
        assert page.is_visible(WARNING)
        top = page.locator(".sluis-time-bar").bounding_box()
        assert top is not None
        page.focus("body")
        for _ in range(40):
            page.keyboard.press("Tab")
            inside, above = page.evaluate(
                """() => { const e = document.activeElement
                return [!!e.closest('.sluis-time-bar'), e.getBoundingClientRect().top] }"""
            )
            assert inside or above < top["y"]


def test_a_console_gives_time_beside_the_page(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        page = visitor.page
        page.clock.install()
        visitor.go("/mijn")
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        visitor.wait_for(LINE)
        address = page.url
        _later(visitor, 13.5)
        assert page.is_visible(WARNING)
        _is_well(visitor)
        with page.expect_response("**/mijn/tijd") as answered:
            page.click(BUTTON)
        assert answered.value.status == 200
        page.wait_for_selector(WARNING, state="hidden")
        assert page.url == address and len(page.context.pages) == 1


def _typed(visitor: Visitor) -> str:
    """A code of which three digits are filled in."""
    page = visitor.page
    page.clock.install()
    visitor.ask(LOZING)
    visitor.choose("brugwacht")
    visitor.log_in_as("roos")
    visitor.wait_for("#code")
    page.fill("#code", "123")
    return page.url


@pytest.mark.parametrize("status", [None, 429, 503], ids=["no network", "limited", "unwell"])
def test_where_no_time_can_be_had_what_was_typed_stays(
    running: RunningDemo, chromium: Browser, status: int | None
) -> None:
    with visiting(running, chromium, size=PHONE) as visitor:
        page, address = visitor.page, _typed(visitor)
        page.route(
            "**/more-time",
            lambda route: route.abort() if status is None else route.fulfill(status=status),
        )
        page.click(".sluis-time button")  # long before the warning
        page.wait_for_selector(FAILED)
        assert page.is_visible(BUTTON) and not page.is_visible("[data-got-time]")
        _is_well(visitor)
        _later(visitor, 14)
        assert page.is_visible(FAILED) and page.is_visible(WARNING)
        _is_well(visitor)
        assert (page.url, page.input_value("#code")) == (address, "123")
        page.unroute("**/more-time")
        page.click(BUTTON)
        page.wait_for_selector("[data-got-time]")
        assert not page.is_visible(FAILED)
        assert (page.url, page.input_value("#code")) == (address, "123")
        visitor.complaints.clear()  # the browser says that answers were refusals


def test_a_session_that_is_gone_is_told_by_its_page(
    running: RunningDemo, chromium: Browser
) -> None:
    """The cookie went, as after logging out in another tab: the page says so and leads on, and
    goes nowhere by itself.
    """
    with visiting(running, chromium) as visitor:
        page, address = visitor.page, _typed(visitor)
        _later(visitor, 14)
        page.context.clear_cookies()
        page.click(BUTTON)
        page.wait_for_selector(OVER)
        assert not page.is_visible(BUTTON) and not page.is_visible(WARNING)
        assert (page.url, page.input_value("#code")) == (address, "123")
        with page.expect_navigation():
            page.click(f"{OVER} a")
        visitor.complaints.clear()  # the browser says that the answer was a refusal


def test_work_in_another_tab_is_time_in_this_one(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        page = visitor.page
        page.clock.install()
        visitor.go("/mijn")
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        visitor.wait_for(LINE)
        _later(visitor, 13.5)
        assert page.is_visible(WARNING)
        other = page.context.new_page()
        other.clock.install(time=page.evaluate("Date.now()") / 1000)
        other.goto(page.url)
        page.wait_for_selector(WARNING, state="hidden")
