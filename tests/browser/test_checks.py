"""The checks see what they are there for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import axe_violations, small_targets, too_wide
from tests.browser.visitor import visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser


def test_a_field_without_a_label_is_a_violation(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        visitor.go("/hulp/")
        assert axe_violations(visitor.page) == []
        visitor.page.evaluate(
            "document.querySelector('main').append(document.createElement('input'))"
        )
        assert any(line.startswith("label:") for line in axe_violations(visitor.page))


def test_a_page_that_scrolls_sideways_is_seen(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium, size=(320, 640)) as visitor:
        visitor.go("/hulp/")
        assert too_wide(visitor.page) == []
        visitor.page.evaluate("document.querySelector('h1').style.setProperty('width', '400px')")
        assert too_wide(visitor.page) != []


def test_a_small_control_is_seen(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        visitor.go("/hulp/")
        assert small_targets(visitor.page) == []
        visitor.page.evaluate(
            "document.querySelector('main').append(document.createElement('button'))"
        )
        assert small_targets(visitor.page) != []


def test_the_policy_stops_a_script_of_the_page_and_the_console_says_so(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor:
        visitor.go("/hulp/")
        assert visitor.complaints == []
        visitor.page.evaluate(
            """() => {
                const script = document.createElement('script')
                script.textContent = 'document.title = "changed"'
                document.body.append(script)
            }"""
        )
        assert visitor.page.title() != "changed"
        assert any("Content Security Policy" in line for line in visitor.complaints)
