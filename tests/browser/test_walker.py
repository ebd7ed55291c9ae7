"""Who walked to a page in one language reads it in the other, where it is still the same page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import BODEM, SCENES, Scene
from tests.browser.visitor import Visitor, visiting
from tests.browser.walker import Walker
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser


def _scene(name: str) -> Scene:
    return next(scene for scene in SCENES if scene.name == name)


def _language(walker: Walker) -> str:
    return str(walker.page.tree.get("lang"))


def test_a_page_that_was_asked_for_is_read_in_the_other_language(running: RunningDemo) -> None:
    walker = Walker(running, "nl")
    _scene("toestemming").walk(walker)
    heading = walker.page.heading
    place, asked = walker.url, len(walker.browser.visited)
    assert _language(walker) == "nl"
    assert walker.read_in("en")
    assert _language(walker) == "en"
    assert walker.page.heading != heading
    assert (walker.url, len(walker.browser.visited)) == (place, asked + 1)
    walker.agree()  # it is the page itself, not a picture of it


def test_what_a_form_was_answered_with_is_not_asked_for_again(running: RunningDemo) -> None:
    walker = Walker(running, "nl")
    _scene("makelaar-fout").walk(walker)
    asked = len(walker.browser.visited)
    assert not walker.read_in("en")
    assert (walker.language, len(walker.browser.visited)) == ("nl", asked)


def test_another_page_at_the_same_address_is_not_the_same_page(running: RunningDemo) -> None:
    walker = Walker(running, "nl")
    walker.ask(BODEM)
    walker.browser.forget_cookies()
    assert not walker.read_in("en")


def test_a_page_that_lost_an_element_is_not_the_same_page(running: RunningDemo) -> None:
    """As a message does that is shown once."""
    walker = Walker(running, "nl")
    walker.go("/hulp/")
    walker.expect("main").append(walker.expect("main").makeelement("p"))
    assert not walker.read_in("en")


@pytest.mark.parametrize(("name", "again"), [("toestemming", False), ("makelaar-fout", True)])
def test_a_visitor_walks_again_only_where_the_page_cannot_be_read(
    running: RunningDemo, undrawn: Browser, name: str, again: bool
) -> None:
    scene = _scene(name)

    def met(visitor: Visitor, language: str, there: Walker | None) -> Walker:
        found = visitor.meet(scene, language, there)
        assert visitor.page.get_attribute("html", "lang") == language
        return found

    with visiting(running, undrawn) as visitor:
        first = met(visitor, "nl", None)
        assert (met(visitor, "en", first) is not first) is again
