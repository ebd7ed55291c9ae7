"""Every page, on a large screen and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import SCENES, Scene
from tests.browser.sound import assert_sound
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser


def name_of(scene: Scene) -> str:
    return scene.name


@pytest.mark.parametrize("scene", SCENES, ids=name_of)
def test_a_page_is_sound_in_dutch_and_english(
    running: RunningDemo, headless_shell: Browser, scene: Scene
) -> None:
    assert_sound(running, headless_shell, scene)
