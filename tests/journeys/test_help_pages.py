"""Help: what goes wrong now, wherever it is told, and the accessibility statement."""

from __future__ import annotations

import pytest

from sandbox.browser import Page
from tests.broker import changes
from tests.world import World

CHOOSES = "Wie is uw makelaar?"


def at(world: World, topic: str, language: str = "nl") -> Page:
    return world.browser(language).open(f"{world.demo.addresses.broker}/hulp/{topic}?ui={language}")


def test_what_the_list_of_makelaars_says_of_one_stands_under_disruptions(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    page = browser.click("Meldportaal Bodem")
    said = "Stilwater heeft onderhoud. Kies een andere makelaar of probeer het later opnieuw."
    assert page.heading == CHOOSES and said in page.text
    disruptions = at(world, "storingen").text
    assert "Stilwater: Nu niet te kiezen" in disruptions and said in disruptions
    assert "Stilwater is under maintenance." in at(world, "storingen", "en").text
    assert "Er is nu geen storing" not in disruptions


@pytest.mark.parametrize("has_notice", [True, False])
def test_a_makelaar_that_is_paused_stands_under_disruptions(
    own_world: World, has_notice: bool
) -> None:
    notice = {"notice": {"nl": "Wij werken eraan.", "en": "We work on it."}} if has_notice else {}
    changes.change_makelaar(own_world, "zekerweg", state="paused", **notice)
    said = "Wij werken eraan." if has_notice else "Nu niet beschikbaar. Probeer het later opnieuw."
    page = at(own_world, "storingen")
    (about,) = (
        str(one.text_content())
        for one in page.tree.cssselect(".utrecht-alert")
        if "Zekerweg" in str(one.text_content())
    )
    assert "Zekerweg: Nu niet te kiezen" in about and said in about


def test_a_makelaar_that_is_announced_to_be_away_is_told_once(own_world: World) -> None:
    changes.change_makelaar(own_world, "zekerweg", state="paused")
    own_world.apply(
        "kind: Announcement\nid: weg\nabout: outage\nmakelaar: zekerweg\n"
        'title: {nl: "Storing"}\ntext: {nl: "Zekerweg is weg."}\n'
    )
    text = at(own_world, "storingen").text
    assert text.count("Zekerweg: ") == 1 and "Zekerweg: Storing" in text


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "nl",
            ("WCAG 2.2, niveau A en AA", "30 november 2026", "2.2.1 (tijdlimiet)", "15 minuten"),
        ),
        (
            "en",
            ("WCAG 2.2, level A and AA", "30 November 2026", "2.2.1 (time limit)", "15 minutes"),
        ),
    ],
)
def test_the_accessibility_statement_has_standard_date_findings_and_contact(
    world: World, language: str, parts: tuple[str, ...]
) -> None:
    page = at(world, "toegankelijkheid", language)
    for part in parts:
        assert part in page.text, part
    footer = str(page.tree.cssselect("footer")[0].text_content())
    assert "helpdesk@voorbeeld.example" in footer
