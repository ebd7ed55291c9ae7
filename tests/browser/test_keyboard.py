"""A login with the keyboard alone, with the focus in sight all the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import BODEM, LOZING
from tests.browser.visitor import DESKTOP, PHONE, Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser

MOST_TABS = 60
FOCUSED = """(selector) => {
    const now = document.activeElement
    const style = getComputedStyle(now)
    const box = now.getBoundingClientRect()
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    return {
        reached: now.matches(selector),
        visible: outlined && box.top < innerHeight && box.bottom > 0,
        what: now.outerHTML.slice(0, 120),
    }
}"""


def _tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until this has the focus; every stop at the broker must be seen."""
    for _ in range(MOST_TABS):
        visitor.page.keyboard.press("Tab")
        stop = visitor.page.evaluate(FOCUSED, selector)
        if visitor.is_at_broker:
            assert stop["visible"], stop["what"]
        if stop["reached"]:
            return
    raise AssertionError(f"{MOST_TABS} times Tab does not reach {selector}")


def _tab_and_press(visitor: Visitor, selector: str, key: str = "Enter") -> None:
    visitor.page.wait_for_selector(selector)
    _tab_to(visitor, selector)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(key)
    visitor.look()  # past the page that goes on by itself


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_login_with_the_keyboard_alone(
    running: RunningDemo, chromium: Browser, size: tuple[int, int]
) -> None:
    with visiting(running, chromium, size=size) as visitor:
        visitor.page.goto(running.addresses.portal + "/")
        _tab_and_press(visitor, "main a")
        _tab_and_press(visitor, "button[value=zekerweg]")
        _tab_and_press(visitor, "button[value=mo]")
        visitor.page.wait_for_selector("button[name=choice]")
        _tab_and_press(visitor, "button[name=choice]", "Space")
        visitor.page.wait_for_selector("button[name=agree]")
        _tab_to(visitor, "input[name=keep]")
        visitor.page.keyboard.press("Space")
        assert visitor.page.is_checked("input[name=keep]")
        visitor.page.keyboard.press("Space")  # not kept: the next test is asked again
        _tab_and_press(visitor, "button[name=agree][value=yes]")
        assert visitor.is_in, visitor.heading


def test_the_first_tab_skips_to_the_question(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(BODEM)
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(FOCUSED, ".utrecht-skip-link")["reached"]
        visitor.page.keyboard.press("Enter")
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(
            "document.querySelector('main').contains(document.activeElement)"
        )


def test_fold_outs_open_with_the_keyboard(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(BODEM)
        assert not visitor.page.is_visible("code.sluis-copy >> nth=0")
        _tab_to(visitor, "details:last-of-type > summary")
        visitor.page.keyboard.press("Enter")
        assert visitor.page.is_visible("code.sluis-copy >> nth=0")


def test_a_wrong_code_has_the_focus_and_is_found_from_its_message(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(LOZING)
        visitor.choose("brugwacht")
        visitor.log_in_as("roos")
        visitor.wait_for("#code")
        visitor.give_code(running.wrong_code_of("roos"))
        visitor.wait_for("#code-fout")
        assert visitor.page.evaluate("document.activeElement.id") == "code", "it has the focus"
        visitor.page.locator("a[href='#code']").focus()
        visitor.page.keyboard.press("Enter")
        assert visitor.page.evaluate("document.activeElement.id") == "code"
        described = visitor.page.get_attribute("#code", "aria-describedby") or ""
        assert "code-fout" in described.split()
        assert visitor.page.locator("#code-fout").is_visible()
