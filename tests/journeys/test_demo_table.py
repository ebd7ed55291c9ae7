"""What the table of the demo promises is what its pages show."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.browser import Page
from sandbox.texts import said
from tests.world import World, make_world


def test_sanne_chooses_from_five(world: World) -> None:
    page = world.walk("Meldportaal Bodem", "Polderpoort", "sanne").run()
    assert page.heading == "Namens wie logt u in?"
    assert len([b for b in page.tree.findall(".//button") if b.get("name") == "choice"]) == 5


def test_liv_sees_when_her_mandate_ends(world: World) -> None:
    page = world.walk("Bodemkaart inzien", "Zekerweg", "liv").run()
    assert page.heading == "Namens wie logt u in?"
    assert "Hoveniersbedrijf Groenrijk" in page.text
    assert "Stopt binnenkort: tot en met " in page.text


def test_the_pages_that_the_portal_refers_to_are_there(world: World) -> None:
    browser = world.browser()
    portal = world.demo.addresses.portal
    for path, heading in (("/hulp", "Hulp bij inloggen"), ("/privacy", "Privacy")):
        page = browser.open(f"{portal}{path}")
        assert (page.status, page.heading) == (200, heading)
    icon = world.wire.request("GET", f"{portal}/favicon.ico")
    assert icon.status == 200 and icon.body.startswith(b"<svg")


def test_the_ideas_box_says_that_an_email_account_will_do(world: World) -> None:
    page = world.browser().open(f"{world.demo.addresses.portal}/")
    assert "EH2, of een account met alleen een e-mailadres" in page.text


@pytest.mark.parametrize(
    ("language", "top", "sentence"),
    [
        ("nl", "Inloggen bij Voorbeeld", "Met een account van Voorbeeld"),
        ("en", "Log in at Voorbeeld", "With an account of Voorbeeld"),
    ],
)
def test_the_brand_is_an_organisation_and_sentences_name_it(
    world: World, language: str, top: str, sentence: str
) -> None:
    browser = world.browser(language)
    browser.open(f"{world.demo.addresses.portal}/")
    page = browser.click(said("Ideeënbus voor ondernemers", language))
    assert top in _brand(page) and sentence in page.text


def test_a_console_is_called_after_the_organisation(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.broker}/beheer")
    browser.click("Polderpoort")
    assert _brand(browser.press("person", "sanne")).startswith("Voorbeeld ")


def test_a_name_that_says_logging_in_itself_is_left_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path, ui={"name": "Inloggen"})
    page = world.browser().open(f"{world.demo.addresses.broker}/")
    assert _brand(page).startswith("Inloggen met Sluis")


def _brand(page: Page) -> str:
    (found,) = page.tree.cssselect(".sluis-brand__name")
    return " ".join(found.text_content().split())
