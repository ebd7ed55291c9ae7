"""A page is sound: no axe violation, nothing in the console, whole on the narrowest screen; in
Dutch on a large one and in English on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser

from tests.browser.checks import NARROWEST, axe_violations, bring_axe, small_targets, too_wide
from tests.browser.scene import Scene
from tests.browser.visitor import DESKTOP, PHONE, Visitor, visiting
from tests.running_demo import RunningDemo

_LOOKS: Final = (("nl", DESKTOP), ("en", PHONE))


def name_of(scene: Scene) -> str:
    return scene.name


@contextmanager
def looking(running: RunningDemo, undrawn: Browser) -> Iterator[Visitor]:
    """One window for all pages: it has the cookies of the scene that it shows, and no others."""
    with visiting(running, undrawn) as visitor:
        bring_axe(visitor.page)
        yield visitor


def assert_sound(visitor: Visitor, scene: Scene) -> None:
    """Walk to the page and look at it, in both languages and at three sizes. What the visitor saw
    before does not count.
    """
    visitor.complaints.clear()
    walker = None
    for language, size in _LOOKS:
        visitor.resize(size)
        walker = visitor.meet(scene, language, walker)
        assert visitor.is_at_broker is not scene.of_sandbox
        _look(visitor, language)
    assert visitor.complaints == []


def _look(visitor: Visitor, language: str) -> None:
    page = visitor.page
    assert page.get_attribute("html", "lang") == language
    assert page.locator("h1").count() == 1
    assert axe_violations(page) == []
    assert small_targets(page) == []
    assert too_wide(page) == []
    visitor.resize((NARROWEST, 640))
    assert too_wide(page) == []
