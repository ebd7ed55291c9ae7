"""Every page: no axe violation, nothing in the console, whole on the narrowest screen."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import NARROWEST, axe_violations, small_targets, too_wide
from tests.browser.scenes import SCENES, Scene
from tests.browser.visitor import DESKTOP, PHONE, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser
LOOKS = (("nl", DESKTOP), ("en", PHONE))


@pytest.mark.parametrize(
    ("scene", "look"),
    [pytest.param(s, k, id=f"{s.name}-{k[0]}") for s, k in product(SCENES, LOOKS)],
)
def test_a_page_is_sound(
    running: RunningDemo, chromium: Browser, scene: Scene, look: tuple[str, tuple[int, int]]
) -> None:
    language, size = look
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
