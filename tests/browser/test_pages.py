"""Every page, on a large screen and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import SCENES, Scene
from tests.browser.sound import assert_sound
from tests.browser.visitor import Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser


def name_of(scene: Scene) -> str:
    return scene.name


@pytest.fixture(scope="module")
def visitor(running: RunningDemo, headless_shell: Browser) -> Iterator[Visitor]:
    """One window for all pages: it has the cookies of the scene that it shows, and no others."""
    with visiting(running, headless_shell) as found:
        yield found


@pytest.mark.parametrize("scene", SCENES, ids=name_of)
def test_a_page_is_sound_in_dutch_and_english(visitor: Visitor, scene: Scene) -> None:
    assert_sound(visitor, scene)
