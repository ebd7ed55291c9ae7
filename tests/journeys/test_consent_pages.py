"""What is passed on, and on what ground: the service says it, and there is one way to refuse."""

from __future__ import annotations

import pytest
import yaml

from sandbox.browser import Page
from tests.world import World

BODEM = "Meldportaal Bodem"
LOZING = "Lozing melden"
IN_ENGLISH = {LOZING: "Report a discharge"}
SHOWN = "Deze gegevens geven wij door"
GROUND = "Wie water loost, moet dat melden. Zo staat het in de Waterwet."


def at_consent(world: World, service: str, person: str, language: str = "nl") -> Page:
    browser = world.browser(language)
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(service if language == "nl" else IN_ENGLISH[service])
    browser.click("Polderpoort")
    return browser.press("person", person)


def change_service(world: World, service: str, **changed: object) -> None:
    file = world.demo.registrations / "20-services.yaml"
    documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    found = next(one for one in documents if one["name"]["nl"] == service)
    kept = {name: value for name, value in {**found, **changed}.items() if value is not None}
    world.apply(yaml.safe_dump(kept), "changed-service.yaml")


def ways_out(page: Page) -> list[str]:
    """Buttons that end the login without an answer to the question."""
    return [
        button.text_content()
        for form in page.forms
        for button in form.iter("button")
        if form.action.endswith("/cancel") or button.get("value") == "no"
    ]


def test_the_ground_is_that_of_the_service(world: World) -> None:
    page = at_consent(world, LOZING, "noor")
    assert page.heading == SHOWN and GROUND in page.text
    assert "The Water Act says so." in at_consent(world, LOZING, "noor", "en").text


def test_a_service_that_names_no_ground_is_given_none(own_world: World) -> None:
    change_service(own_world, LOZING, consent_ground=None)
    page = at_consent(own_world, LOZING, "noor")
    assert page.heading == SHOWN
    assert "wet" not in page.text.lower().replace("weten", "").replace("wetb", "")


def test_a_ground_in_dutch_alone_is_marked_as_dutch(own_world: World) -> None:
    change_service(own_world, LOZING, consent_ground={"nl": "Dat is geregeld."})
    page = at_consent(own_world, LOZING, "noor", "en")
    (said,) = page.tree.cssselect("main span[lang=nl]")
    assert said.text_content() == "Dat is geregeld."


@pytest.mark.parametrize(
    ("service", "person", "ways"),
    [
        (BODEM, "jan", ["Geef niet door en ga terug"]),
        (LOZING, "noor", ["Annuleer en ga terug naar Bronhouderportaal"]),
    ],
)
def test_there_is_one_way_to_refuse(
    world: World, service: str, person: str, ways: list[str]
) -> None:
    assert ways_out(at_consent(world, service, person)) == ways
