"""A page is sound: no axe violation, nothing in the console, whole on the narrowest screen; in
Dutch on a large one and in English on a phone.
"""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Browser, Page

from tests.browser.checks import NARROWEST, axe_violations, small_targets, too_wide
from tests.browser.scenes import Scene
from tests.browser.visitor import DESKTOP, PHONE, Visitor, visiting
from tests.running_demo import RunningDemo

_SKELETON: Final = """
    () => [...document.querySelectorAll('main, main *')]
        .map(e => e.tagName + [...e.classList].map(c => '.' + c).join('')).join(' ')
"""


def assert_sound(running: RunningDemo, chromium: Browser, scene: Scene) -> None:
    """Walk to the page and look at it, in both languages and at three sizes.

    Most pages are asked once more in English where they stand; a page that is the answer to a form,
    or is another one when it is asked again, is walked to from the start.
    """
    with visiting(running, chromium, language="nl", size=DESKTOP) as visitor:
        scene.walk(visitor)
        visitor.wait_for(scene.shows)
        _look(visitor, "nl")
        was_asked_again = _ask_in_english(visitor, scene)
        if was_asked_again:
            _look(visitor, "en")
        assert visitor.complaints == []
    if not was_asked_again:
        running.forget_codes()
        with visiting(running, chromium, language="en", size=PHONE) as visitor:
            scene.walk(visitor)
            visitor.wait_for(scene.shows)
            _look(visitor, "en")
            assert visitor.complaints == []


def _look(visitor: Visitor, language: str) -> None:
    page = visitor.page
    assert visitor.is_at_broker
    assert page.get_attribute("html", "lang") == language
    assert page.locator("h1").count() == 1
    assert axe_violations(page) == []
    assert small_targets(page) == []
    assert too_wide(page) == []
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert too_wide(page) == []


def _ask_in_english(visitor: Visitor, scene: Scene) -> bool:
    """The same page in English, on a phone; False where that would be another page."""
    page = visitor.page
    if visitor.method != "GET":
        return False
    before, complaints = _skeleton(page), list(visitor.complaints)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"{page.url}{'&' if '?' in page.url else '?'}ui=en")
    is_same = page.locator(scene.shows).count() > 0 and _skeleton(page) == before
    if not is_same:
        visitor.complaints[:] = complaints  # of a page that nobody asked for
    return is_same


def _skeleton(page: Page) -> str:
    """What the page is made of, without its texts."""
    found: str = page.evaluate(_SKELETON)
    return found
