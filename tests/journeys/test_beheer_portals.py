"""*Mijn machtigingen* shows where the own mandates of a company let somebody in."""

from __future__ import annotations

from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from directory.consoles import BEHEER
from sandbox.browser import Browser, Page
from sandbox.portal.clients import LOZING
from state.db import writing
from tests.journeys.beheer import BAKERY, HERE, enter
from tests.operators import at_console
from tests.world import ADDRESSES, World


def tiles(page: Page) -> dict[str, str]:
    """Where each leads, by its words."""
    found = page.tree.xpath("//ul[contains(@class, 'sluis-tiles')]/li")
    return {" ".join(one.text_content().split()): str(one.xpath(".//a/@href")[0]) for one in found}


def change(world: World, **facts: object) -> None:
    """Every mandate of Jan."""
    with world.session() as session, writing(session):
        for row in session.scalars(select(Mandate).where(Mandate.person_id == "jan")):
            for name, value in facts.items():
                setattr(row, name, value)


def at_own(world: World, browser: Browser | None = None) -> tuple[Browser, Page]:
    browser = browser or at_console(world, "jan", BEHEER)
    return browser, browser.open(f"{HERE}/mijn")


def test_a_tile_for_each_portal_with_the_services_that_are_open(own_world: World) -> None:
    world = own_world
    browser, page = at_own(world)
    found = tiles(page)
    assert any("Bronhouderportaal" in words for words in found), found
    assert all(url.startswith(ADDRESSES.portal) for url in found.values())
    assert not any("Gevaarlijk afval" in words for words in found), "asks EH4"
    change(world, service_uuid=LOZING.uuid, level=AssuranceLevel.EH3)
    _, page = at_own(world, browser)
    assert tiles(page) and all(LOZING.name in words for words in tiles(page))
    assert not any("Bodem" in words for words in tiles(page))


def test_what_does_not_count_opens_nothing(own_world: World) -> None:
    world = own_world
    browser, _ = at_own(world)
    change(world, level=AssuranceLevel.EH2, service_uuid=LOZING.uuid)
    assert tiles(at_own(world, browser)[1]) == {}, "asks EH2+"
    change(world, level=AssuranceLevel.EH3, revoked_at=world.clock())
    assert tiles(at_own(world, browser)[1]) == {}


def test_who_of_yours_acts_for_which_clients_is_taken_along(own_world: World) -> None:
    sanne = at_console(own_world, "sanne", BEHEER)
    enter(own_world, sanne, BAKERY)
    page = sanne.open(f"{HERE}/toewijzen?zoek=jan")
    assert page.status == 200
    text = sanne.click("Download csv").answer.body.decode("utf-8-sig")
    assert "Jan de Vries" in text and "Alle klanten" in text and "Fatima" not in text
    assert "Klanten toewijzen" in sanne.open(f"{HERE}/wijzigingen").text
