"""Logging out where a portal or service was withdrawn since the login: the session ends, nobody is
sent where nothing is registered, and the page names what may be open still.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM
from state import audit
from state.audit import EventTag
from state.registrations import Kind
from tests.broker.saml.in_world import ENTITY
from tests.broker.saml.logout_world import BROWSER, LogoutWorld
from tests.journeys.test_withdrawals import leave
from tests.world import ADDRESSES, World

OUT = "U bent uitgelogd"
YOURSELF = "Log hier zelf nog uit"
TOLD = "Deze diensten loggen u ook uit"
PORTAL = "bronhouderportaal"


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


def logged_in(world: World) -> Browser:
    browser = world.browser()
    page = world.walk(BODEM.name, "Polderpoort", "jan", browser=browser).run()
    assert page.heading == "U bent ingelogd", page.text
    return browser


def log_out(browser: Browser) -> Page:
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    return browser.click("Log overal uit")


def test_a_portal_that_stands_is_told(world: World) -> None:
    page = log_out(logged_in(world))
    assert page.heading == OUT and TOLD in page.text and YOURSELF not in page.text


@pytest.mark.parametrize(
    "gone",
    [
        [(Kind.CLIENT, PORTAL)],
        [(Kind.CLIENT, PORTAL), (Kind.SERVICE, BODEM.uuid)],
        [(Kind.SERVICE, BODEM.uuid), (Kind.CLIENT, PORTAL)],
    ],
    ids=["the portal", "the portal, then the service", "the service, then the portal"],
)
def test_a_portal_that_left_is_named_for_who_has_it_open_still(
    world: World, gone: list[tuple[Kind, str]]
) -> None:
    browser = logged_in(world)
    for kind, name in gone:
        leave(world, kind, name)
    page = log_out(browser)
    assert page.heading == OUT, page.text
    assert YOURSELF in page.text and BODEM.name in page.text and TOLD not in page.text
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.LOGOUT_PARTIAL])
    assert event.details["portals"] == 1


def test_a_service_that_left_is_still_told_by_its_name(world: World) -> None:
    """Its portal stands, and hears that the session is over."""
    browser = logged_in(world)
    leave(world, Kind.SERVICE, BODEM.uuid)
    page = log_out(browser)
    assert page.heading == OUT and TOLD in page.text and BODEM.name in page.text


def test_the_way_round_goes_past_a_portal_that_left_meanwhile(tmp_path: Path) -> None:
    """Of SAML, told by the browser: without a registration there is nowhere to go."""
    here = LogoutWorld(tmp_path, portal=BROWSER)
    browser = here.log_in()
    leave(here.world, Kind.CLIENT, "waterkaart")
    page = here.log_out(browser)
    assert page.heading == OUT, page.text
    assert YOURSELF in page.text and TOLD in page.text
    assert not here.portal.heard
    assert here.sessions() == 0


def test_a_saml_portal_that_left_asks_nothing_any_more(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, portal=BROWSER)
    browser = here.log_in(openid=False)
    name, about, index = here.name
    wanted = here.portal.request(name, about, [index])
    leave(here.world, Kind.CLIENT, "waterkaart")
    page = here.portal.asks(browser, wanted, "HTTP-Redirect")
    assert page.status == 400 and page.url.startswith(ADDRESSES.broker), page.text
    assert "Wat kunt u nu doen?" in page.text and ENTITY not in page.text
    assert here.sessions() == 1
    assert here.log_out(browser).heading == OUT
