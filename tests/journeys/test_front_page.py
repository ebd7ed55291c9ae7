"""Who opens the address of the broker itself reads where to begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import World, make_world

HEADINGS = {
    "nl": "Hier logt u in voor een andere website",
    "en": "This is where you log in to another website",
}


@pytest.mark.parametrize("language", HEADINGS)
def test_the_front_page_shows_the_ways_on(world: World, language: str) -> None:
    page = world.browser(language).open(f"{world.demo.addresses.broker}/")
    assert (page.status, page.heading) == (200, HEADINGS[language])
    links = {link.get("href") for link in page.tree.findall(".//main//a")}
    portal = world.demo.addresses.portal
    portals = {f"{portal}/", f"{portal}/waterloket/", f"{portal}/peilwijzer/"}
    assert links == {*portals, "/mijn", "/beheer", "/operator", "/ontwikkelaars/"}


@pytest.mark.parametrize("place", ["/mijn", "/beheer", "/operator", "/ontwikkelaars/"])
def test_the_ways_lead_somewhere(world: World, place: str) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.broker}/")
    assert browser.open(f"{world.demo.addresses.broker}{place}").status == 200


def test_outside_a_demo_no_portal_is_named(tmp_path: Path) -> None:
    world = make_world(tmp_path, ui={"demo": False})
    page = world.browser().open(f"{world.demo.addresses.broker}/")
    assert page.status == 200
    assert "portal" not in page.text.lower()
