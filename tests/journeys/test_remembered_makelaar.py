"""A remembered makelaar: no page of its own, and forgotten where it did not help."""

from __future__ import annotations

from sandbox.browser import Browser
from tests.world import World

BODEM = "Meldportaal Bodem"
PROVIDER = "Wie is uw makelaar?"


def test_a_remembered_makelaar_costs_no_page(world: World) -> None:
    browser = _jan_remembers(world)
    again = world.walk(BODEM, "Polderpoort", "jan", browser=browser)
    again.run()
    assert again.pages == ["Log in bij Polderpoort", "U bent ingelogd"]


def test_it_is_kept_per_service(world: World) -> None:
    browser = _jan_remembers(world)
    other = world.walk("Vergunning aanvragen", "Polderpoort", "jan", browser=browser)
    other.run()
    assert other.pages[0] == PROVIDER


def test_it_is_not_kept_unasked(world: World) -> None:
    browser = world.browser()
    for _ in range(2):
        walk = world.walk(BODEM, "Polderpoort", "jan", browser=browser)
        walk.run()
        assert walk.pages[0] == PROVIDER


def test_who_cancels_there_is_asked_again(world: World) -> None:
    browser = _jan_remembers(world)
    stopped = world.walk(BODEM, "Polderpoort", "jan", browser=browser, cancel_at_makelaar=True)
    assert "access_denied" in stopped.run().text
    again = world.walk(BODEM, "Polderpoort", "jan", browser=browser)
    again.run()
    assert again.pages[0] == PROVIDER


def test_a_makelaar_whose_answer_was_refused_is_asked_again(world: World) -> None:
    browser = _jan_remembers(world)
    spoilt = world.walk(BODEM, "Polderpoort", "jan", browser=browser, fault="expired")
    assert spoilt.run().status == 400
    page = browser.click("Ga terug naar Bronhouderportaal")
    assert "U bent niet ingelogd" in page.text
    again = world.walk(BODEM, "Polderpoort", "jan", browser=browser)
    again.run()
    assert again.pages[0] == PROVIDER


def test_another_makelaar_forgets_it(world: World) -> None:
    browser = world.browser()
    world.walk(BODEM, "Polderpoort", "sanne", browser=browser, remembers=True).run()
    page = browser.click("Kies een andere manier om in te loggen")
    assert page.heading == PROVIDER


def _jan_remembers(world: World) -> Browser:
    browser = world.browser()
    page = world.walk(BODEM, "Polderpoort", "jan", browser=browser, remembers=True).run()
    assert page.heading == "U bent ingelogd"
    return browser
