"""Who logs out everywhere ends what somebody else is doing with their means at that moment."""

from __future__ import annotations

import pytest

from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from tests.journeys.test_own_sessions import at_mijn, at_portal, is_logged_in
from tests.world import ADDRESSES, World

CONSENT = "Deze gegevens geven wij door"


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


def at_the_makelaar(world: World) -> Browser:
    """A browser in the middle of a login at a portal."""
    browser = world.browser()
    browser.open(f"{ADDRESSES.portal}/")
    browser.click(BODEM.name)
    browser.click("Polderpoort")
    return browser


@pytest.mark.parametrize("stays", [False, True])
def test_a_login_that_is_under_way_ends_with_logging_out_everywhere(
    world: World, stays: bool
) -> None:
    under_way, of_another = at_the_makelaar(world), at_the_makelaar(world)
    assert under_way.press("person", "jan").heading == CONSENT
    of_another.press("person", "sanne")
    assert of_another.click("De Korenmolen").heading == CONSENT
    owner = at_mijn(world)
    owner.click("Log overal uit")
    owner.click("Log alleen andere browsers uit" if stays else "Log overal uit")
    refused = under_way.press("agree", "yes")
    assert refused.heading != "U bent ingelogd" and not is_logged_in(world, under_way)
    assert of_another.press("agree", "yes").heading == "U bent ingelogd"
    world.clock.advance(seconds=1)
    assert is_logged_in(world, at_portal(world))  # who begins anew
