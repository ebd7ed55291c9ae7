"""Names that strangers lock: who logged in before still comes in, in the browser where that was."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from admin.operators.roles import OperatorRole
from broker.web.cookies import KNOWN
from sandbox import prepare
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.broker.account_logins import at_password, give
from tests.broker.portal import Portal, make_portal_world, set_clock
from tests.operators import HERE, PASSWORD, TestOperator, make_operator
from tests.world import ADDRESSES, World, make_world

FACTOR = "Vul de code uit uw app in"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    """In a world of its own: what is locked here is open elsewhere."""
    return Portal(make_portal_world(tmp_path))


def at_operator(browser: Browser, name: str) -> Page:
    """At the console, as far as the password."""
    browser.open(HERE)
    return give(browser, name, PASSWORD)


def at_home(world: World, operator: TestOperator) -> Browser:
    """A browser in which this operator logged in, and logged out."""
    browser = world.browser()
    assert at_operator(browser, operator.user_name).heading == FACTOR
    browser.fill("code", operator.code(world.clock()))
    assert browser.click("Ga verder").heading == "Overzicht"
    browser.click("Log uit")
    return browser


def test_A_14_thirty_wrong_tries_keep_an_operator_out_of_no_known_browser(world: World) -> None:
    set_clock(world)
    robin = make_operator(world, "robin", OperatorRole.CONFIGURATOR)
    home, thief = at_home(world, robin), world.browser()
    thief.open(HERE)
    statuses = [give(thief, "robin", "raad het maar").status for _ in range(30)]
    assert statuses == [422] * 29 + [429], "one try was the login at home"
    assert at_operator(world.browser(), "robin").status == 429, "anywhere else the name waits"
    assert at_operator(home, "robin").heading == FACTOR
    host = urlsplit(ADDRESSES.broker).hostname or ""
    only_the_password = world.browser()
    assert at_operator(only_the_password, "robin").status == 429
    assert KNOWN not in only_the_password._cookies.get(host, {}), "known is who logged in"


def test_A_14_strangers_keep_nobody_out_of_a_browser_in_which_they_logged_in_before(
    portal: Portal,
) -> None:
    """Thirty tries at the name, a hundred from the network: the owner still comes in at home."""
    secret = prepare.password(portal.world.demo, "daan")
    home = at_password(portal)
    assert "code" in portal.heard(give(home, "daan.kuipers", secret))
    stranger = at_password(portal)
    pages = [give(stranger, "daan.kuipers", "raad het maar") for _ in range(31)]
    assert (pages[5].status, pages[-1].status) == (422, 429)
    for number in range(100):
        give(stranger, f"naam{number}", "raad het maar")
    assert give(at_password(portal), "daan.kuipers", secret).status == 429
    home = at_password(portal, browser=home)
    wrong = give(home, "Daan@voorbeeld.example", "per ongeluk fout")
    assert wrong.status == 422 and "Probeer het weer om" not in wrong.text
    assert "code" in portal.heard(give(home, "daan.kuipers", secret))
    assert give(at_password(portal), "daan.kuipers", secret).status == 429, "elsewhere they wait"


def test_A_14_a_known_browser_is_a_place_to_guess_from_no_more_than_another(
    portal: Portal,
) -> None:
    """Nor for the account of somebody else, or with a mark that was copied to another browser."""
    secret = prepare.password(portal.world.demo, "daan")
    home = at_password(portal)
    assert "code" in portal.heard(give(home, "daan.kuipers", secret))
    copied = home.duplicate()
    for number in range(5):
        browser = at_password(portal, browser=home if number % 2 else copied)
        page = give(browser, "daan.kuipers", "raad het maar")
    assert "Probeer het weer om" in page.text
    for browser in (home, copied):
        page = give(at_password(portal, browser=browser), "daan.kuipers", secret)
        assert page.status == 422 and "Probeer het weer om" in page.text
    assert "code" in portal.heard(give(at_password(portal), "daan.kuipers", secret))
    with portal.world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.ACCOUNT_PAUSED], limit=1)
        assert event.details == {"failures": 5, "own_browser": True}
    portal.world.clock.advance(7200)
    for _ in range(5):
        give(at_password(portal, browser=home), "eva.maas", "raad het maar")
    eva = prepare.password(portal.world.demo, "eva")
    assert give(at_password(portal), "eva.maas", eva).status == 422, "counted as from anywhere"
