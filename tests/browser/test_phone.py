"""On a phone a question and its answers stand on two screens; after a mistake its field has the
focus.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser

from tests.browser.scenes import SCENES
from tests.browser.visitor import PHONE, Visitor, visiting
from tests.browser.walker import Walker
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser
SCREENS: Final = 2
# Pages that ask one thing. A list of makelaars or organisations is as long as it is.
ASK_ONE_THING: Final = (
    *("inlogmethode", "code", "code-fout", "code-sms", "code-apparaat", "code-herstel"),
    *("code-geblokkeerd", "niveau-te-laag", "niveau-onbekend", "niveau-na-makelaar"),
    *("middel-niet-actief", "middel-geblokkeerd", "machtiging-ontbreekt", "machtiging-verlopen"),
    *("machtiging-al-gevraagd", "document", "document-code", "toestemming"),
    *("toestemming-informatie", "makelaar-onbereikbaar"),
)
_BOTTOM: Final = "document.querySelector('.sluis-lock').getBoundingClientRect().bottom + scrollY"


@pytest.fixture(scope="module")
def visitor(running: RunningDemo, undrawn: Browser) -> Iterator[Visitor]:
    with visiting(running, undrawn, size=PHONE) as found:
        yield found


@pytest.fixture(scope="module")
def walkers() -> dict[str, Walker]:
    """By the scene: who walked there in one language may read it in the other."""
    return {}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", ASK_ONE_THING)
def test_a_question_stands_on_two_screens_of_a_phone(
    visitor: Visitor, walkers: dict[str, Walker], name: str, language: str
) -> None:
    scene = next(one for one in SCENES if one.name == name)
    walkers[name] = visitor.meet(scene, language, walkers.get(name))
    assert visitor.page.get_attribute("html", "lang") == language
    assert visitor.page.evaluate(_BOTTOM) <= SCREENS * PHONE[1]


@pytest.mark.parametrize(("name", "field"), [("code-fout", "code"), ("mijn-app-fout", "code")])
def test_after_a_wrong_code_the_field_has_the_focus(
    running: RunningDemo, headless_shell: Browser, name: str, field: str
) -> None:
    scene = next(one for one in SCENES if one.name == name)
    with visiting(running, headless_shell) as visitor:
        visitor.meet(scene, "nl")
        assert visitor.page.evaluate("document.activeElement.id") == field


@pytest.mark.parametrize("javascript", [True, False])
def test_the_filters_of_a_list_are_folded_on_a_phone_alone(
    running: RunningDemo, headless_shell: Browser, javascript: bool
) -> None:
    """Without a script, and not while one is set: the rows begin on the first screen."""
    scene = next(one for one in SCENES if one.name == "beheer-machtigingen")
    with visiting(running, headless_shell, javascript=javascript) as visitor:
        visitor.meet(scene, "nl")
        page = visitor.page
        fold, field = page.locator(".sluis-toolbar summary"), page.locator("#dienst")
        assert field.is_visible() and not fold.is_visible()
        visitor.resize(PHONE)
        assert fold.is_visible() and not field.is_visible()
        fold.click()
        assert field.is_visible()
        page.locator("#stand").select_option("active")
        page.locator(".sluis-toolbar button").click()
        assert page.locator("#stand").is_visible()


def test_the_details_for_the_administrator_are_printed_by_a_button(
    running: RunningDemo, headless_shell: Browser
) -> None:
    scene = next(one for one in SCENES if one.name == "machtiging-ontbreekt")
    with visiting(running, headless_shell) as visitor:
        visitor.meet(scene, "nl")
        page = visitor.page
        page.evaluate("window.print = () => { window.printed = true; }")
        page.click("details:has([data-print]) summary")
        page.click("[data-print] button")
        assert page.evaluate("window.printed") is True
        page.emulate_media(media="print")
        assert page.locator("dl.sluis-facts code").first.is_visible()
        assert not page.locator("footer").is_visible()
