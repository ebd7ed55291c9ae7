"""Every page in Dutch, on a large screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import SCENES, Scene
from tests.browser.sound import assert_sound
from tests.browser.visitor import DESKTOP
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_page_in_dutch_is_sound(
    running: RunningDemo, headless_shell: Browser, scene: Scene
) -> None:
    assert_sound(running, headless_shell, scene, "nl", DESKTOP)
