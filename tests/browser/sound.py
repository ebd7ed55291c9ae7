"""A page is sound: no axe violation, nothing in the console, whole on the narrowest screen."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.checks import NARROWEST, axe_violations, small_targets, too_wide
from tests.browser.scenes import Scene
from tests.browser.visitor import visiting
from tests.running_demo import RunningDemo


def assert_sound(
    running: RunningDemo, chromium: Browser, scene: Scene, language: str, size: tuple[int, int]
) -> None:
    """Walk to the page and look at it at this size and at the narrowest."""
    with visiting(running, chromium, language=language, size=size) as visitor:
        scene.walk(visitor)
        visitor.wait_for(scene.shows)
        page = visitor.page
        assert visitor.is_at_broker
        assert page.get_attribute("html", "lang") == language
        assert page.locator("h1").count() == 1
        assert axe_violations(page) == []
        assert small_targets(page) == []
        assert too_wide(page) == []
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        assert too_wide(page) == []
        assert visitor.complaints == []
