"""The checks see what they are there for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import (
    NARROWEST,
    axe_violations,
    bring_axe,
    small_targets,
    too_wide,
)
from tests.browser.visitor import DESKTOP, PHONE, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser


@pytest.fixture(params=["chromium", "undrawn"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """That in which people walk, and that in which pages are only looked at."""
    found: Browser = request.getfixturevalue(request.param)
    return found


def test_a_field_without_a_label_is_a_violation(running: RunningDemo, browser: Browser) -> None:
    with visiting(running, browser) as visitor:
        visitor.go("/hulp/")
        assert axe_violations(visitor.page) == []
        visitor.page.evaluate(
            "document.querySelector('main').append(document.createElement('input'))"
        )
        assert any(line.startswith("label:") for line in axe_violations(visitor.page))


@pytest.mark.parametrize("brought", [True, False], ids=["before it opened", "when asked"])
def test_what_is_wrong_on_a_phone_alone_is_a_violation_on_a_phone(
    running: RunningDemo, browser: Browser, brought: bool
) -> None:
    """The same document after another size of the window: its styles are those of that size."""
    with visiting(running, browser) as visitor:
        if brought:
            bring_axe(visitor.page)
        visitor.go("/hulp/")
        visitor.page.evaluate(
            """() => document.styleSheets[0].insertRule(
                '@media (max-width: 400px) { h1 { color: #eee !important } }')"""
        )
        assert axe_violations(visitor.page) == []
        visitor.resize(PHONE)
        assert any(line.startswith("color-contrast:") for line in axe_violations(visitor.page))
        visitor.resize(DESKTOP)
        assert axe_violations(visitor.page) == []


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("html-has-lang", "document.documentElement.removeAttribute('lang')"),
        ("html-lang-valid", "document.documentElement.lang = 'nederlands'"),
        ("document-title", "document.title = ''"),
        ("link-name", "document.querySelector('main a').textContent = ''"),
        ("heading-order", "document.querySelector('main').append(document.createElement('h6'))"),
        (
            "duplicate-id-active",
            "document.querySelectorAll('main *').forEach(e => { e.id = 'same' })",
        ),
        ("landmark-one-main", "document.querySelector('main').outerHTML = '<div>x</div>'"),
    ],
)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_is_wrong_is_a_violation_in_every_look(
    running: RunningDemo, undrawn: Browser, size: tuple[int, int], rule: str, broken: str
) -> None:
    with visiting(running, undrawn, size=size) as visitor:
        bring_axe(visitor.page)
        visitor.go("/hulp/")
        assert axe_violations(visitor.page) == []
        visitor.page.evaluate(f"() => {{ {broken} }}")
        found = {line.partition(":")[0] for line in axe_violations(visitor.page)}
        assert rule in found


def test_a_page_that_is_made_narrow_is_seen_to_scroll_sideways(
    running: RunningDemo, browser: Browser
) -> None:
    with visiting(running, browser) as visitor:
        visitor.go("/hulp/")
        visitor.page.evaluate("document.querySelector('h1').style.setProperty('width', '400px')")
        assert too_wide(visitor.page) == []
        visitor.resize((NARROWEST, 640))
        assert too_wide(visitor.page) != []


def test_a_page_that_scrolls_sideways_is_seen(running: RunningDemo, browser: Browser) -> None:
    with visiting(running, browser, size=(320, 640)) as visitor:
        visitor.go("/hulp/")
        assert too_wide(visitor.page) == []
        visitor.page.evaluate("document.querySelector('h1').style.setProperty('width', '400px')")
        assert too_wide(visitor.page) != []


def test_a_small_control_is_seen(running: RunningDemo, browser: Browser) -> None:
    with visiting(running, browser) as visitor:
        visitor.go("/hulp/")
        assert small_targets(visitor.page) == []
        visitor.page.evaluate(
            "document.querySelector('main').append(document.createElement('button'))"
        )
        assert small_targets(visitor.page) != []


def test_the_policy_stops_a_script_of_the_page_and_the_console_says_so(
    running: RunningDemo, browser: Browser
) -> None:
    with visiting(running, browser) as visitor:
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
