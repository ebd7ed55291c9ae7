"""On whose behalf: what the page of choices shows, and what stands beside every page after it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from directory.organisations import Organisation
from sandbox.browser import Browser, Page
from state.db import writing
from tests.world import World

BODEM = "Meldportaal Bodem"
BODEM_UUID = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
CHOICES = "Namens wie logt u in?"


def heads(page: Page) -> list[str]:
    return [str(one.text_content()) for one in page.tree.iter("h2")]


def choices(page: Page) -> list[str]:
    return [str(b.get("value")) for b in page.tree.iter("button") if b.get("name") == "choice"]


def at_choices(world: World, person: str, makelaar: str, browser: Browser | None = None) -> Browser:
    browser = browser or world.browser()
    assert world.walk(BODEM, makelaar, person, browser=browser).run().heading == CHOICES
    return browser


def give_clients(world: World, how_many: int) -> None:
    """Mo's office may act for so many more."""
    with world.session() as session, writing(session):
        office = session.scalars(select(Organisation).where(Organisation.kvk == "90001542")).one()
        for number in range(how_many):
            client = Organisation(kvk=f"8000{number:04}", name=f"Klant nummer {number} Café")
            session.add(client)
            session.flush()
            session.add(
                ChainMandate(
                    organisation_id=client.id,
                    intermediary_id=office.id,
                    service_uuid=BODEM_UUID,
                    level=AssuranceLevel.EH3,
                    valid_from=world.clock() - timedelta(days=1),
                    valid_until=world.clock() + timedelta(days=400),
                )
            )


def at_consent(world: World, person: str) -> Page:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM)
    browser.click("Polderpoort")
    page = browser.press("person", person)
    assert page.heading == "Deze gegevens geven wij door"
    return page


def test_who_acts_for_a_branch_reads_which_and_who_acts_for_all_reads_that(world: World) -> None:
    tim = at_consent(world, "tim").text
    assert "Alleen vestiging De Korenmolen, winkel" in tim
    assert "Vestiging 0000 9001 2021" in tim  # as it is passed on
    jan = at_consent(world, "jan").text
    assert "Hele organisatie" in jan and "Alleen vestiging" not in jan


def test_what_was_chosen_stands_first_the_next_time_in_another_browser(own_world: World) -> None:
    world = own_world
    browser = at_choices(world, "mo", "Zekerweg")
    assert browser.page is not None and "Vorige keer koos u" not in heads(browser.page)
    before = choices(browser.page)
    browser.click("Groenrijk")
    browser.press("agree", "yes")
    page = at_choices(world, "mo", "Zekerweg").page
    assert page is not None and heads(page)[0] == "Vorige keer koos u"
    assert choices(page)[0] == "90001639.90001542."
    assert sorted(choices(page)) == sorted(before)


def test_a_long_list_is_searched_without_a_script(own_world: World) -> None:
    world = own_world
    browser = at_choices(world, "mo", "Zekerweg")
    assert browser.page is not None and not browser.page.tree.cssselect("#zoek")
    give_clients(world, 60)
    browser = at_choices(world, "mo", "Zekerweg")
    assert browser.page is not None
    assert len(choices(browser.page)) == 50
    assert "Hier staan de eerste 50 van 63." in browser.page.text
    browser.fill("q", "cafe 99999999")
    page = browser.click("Zoek")
    assert "Niets gevonden" in page.text and choices(page) == []
    browser.fill("q", "80000059")
    page = browser.click("Zoek")
    assert choices(page) == ["80000059.90001542."]
    assert "1 gevonden van 63" in page.text
    page = browser.click("English")  # looks for the same
    assert choices(page) == ["80000059.90001542."] and "1 found of 63" in page.text
    page = browser.press("choice", "80000059.90001542.")
    assert "Klant nummer 59 Café" in page.text
