"""A page that a walker got is judged in the window as if the window had got it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import SCENES
from tests.browser.visitor import Visitor, visiting
from tests.browser.walker import Walker
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser
_FETCHED = "performance.getEntriesByType('resource').map(file => file.transferSize > 0)"


def fetched(visitor: Visitor) -> list[bool]:
    """Of each file that the page needs: did it come over the line?"""
    found: list[bool] = visitor.page.evaluate(_FETCHED)
    return found


def test_files_that_the_window_has_are_not_fetched_for_the_next_page(
    running: RunningDemo, headless_shell: Browser
) -> None:
    scene = next(one for one in SCENES if one.name == "fout-404")
    with visiting(running, headless_shell) as visitor:
        visitor.meet(scene, "nl")
        files = fetched(visitor)
        assert len(files) >= 5 and all(files)
        visitor.meet(scene, "en")
        files = fetched(visitor)
        assert len(files) >= 5 and not any(files)


def test_an_answer_keeps_its_policy_and_its_status(
    running: RunningDemo, headless_shell: Browser
) -> None:
    with visiting(running, headless_shell) as visitor:
        walker = Walker(running, "nl")
        walker.go("/bestaat-niet?q=*[a]\\")
        statuses: list[int] = []
        visitor.page.on("response", lambda found: statuses.append(found.status))
        visitor.stand_where(walker)
        assert statuses[0] == walker.page.status == 404
        reference = walker.text(".sluis-reference").split()
        assert (visitor.page.text_content(".sluis-reference") or "").split() == reference
        visitor.page.evaluate(
            """() => {
                const script = document.createElement('script')
                script.textContent = 'document.title = "changed"'
                document.body.append(script)
            }"""
        )
        assert visitor.page.title() != "changed"
        assert any("Content Security Policy" in line for line in visitor.complaints)


def test_after_it_the_same_address_is_asked_of_the_broker_again(
    running: RunningDemo, headless_shell: Browser
) -> None:
    with visiting(running, headless_shell) as visitor:
        walker = Walker(running, "nl")
        walker.go("/bestaat-niet")
        visitor.stand_where(walker)
        first = visitor.page.text_content(".sluis-reference")
        visitor.page.goto(walker.url)
        assert visitor.page.text_content(".sluis-reference") not in (None, first)
