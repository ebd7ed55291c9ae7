"""Every page of the consoles, and what leads to them, on a large screen and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import CONSOLE_SCENES, Scene
from tests.browser.sound import assert_sound, looking, name_of
from tests.browser.visitor import Visitor
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.browser, pytest.mark.pages]


@pytest.fixture(scope="module")
def visitor(running: RunningDemo, undrawn: Browser) -> Iterator[Visitor]:
    with looking(running, undrawn) as found:
        yield found


@pytest.mark.parametrize("scene", CONSOLE_SCENES, ids=name_of)
def test_a_page_is_sound_in_dutch_and_english(visitor: Visitor, scene: Scene) -> None:
    assert_sound(visitor, scene)
