"""The cookie of one console under the name of another: what was proved for the one is not what the
other asks.
"""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from admin.operators.roles import OperatorRole
from directory.consoles import CONSOLES, MINE, OPERATOR, Console
from sandbox.browser import Browser, Cookie
from tests.broker.portal import set_clock
from tests.journeys.at_mijn import BASE, LIST
from tests.operators import HERE, PASSWORD, at_console, make_operator
from tests.world import ADDRESSES, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("world"))
    set_clock(made)
    return made


def carried(world: World, browser: Browser, of: Console, to: Console) -> Browser:
    """A browser with the cookie of one console, called as that of another."""
    other = world.browser()
    value = browser.cookies(ADDRESSES.broker)[of.cookie]
    other._cookies["localhost"] = {to.cookie: Cookie(value, "lax", None)}
    return other


def log_in(browser: Browser, url: str, user_name: str) -> None:
    """Name and password; what comes next depends on the level that the console asks."""
    page = browser.open(url)
    if page.heading == "Wie is uw makelaar?":
        page = browser.press("method", "account")
    browser.fill("name", user_name)
    browser.fill("password", PASSWORD)
    browser.click("Log in")


def test_A_08_a_password_alone_opens_no_operator_console_by_way_of_mijn(world: World) -> None:
    """``/mijn`` asks EH2, which the password gives; the operator console asks EH3."""
    who = make_operator(world, "kuiper", OperatorRole.CONFIGURATOR)
    browser = world.browser()
    log_in(browser, BASE, who.user_name)
    assert browser.page is not None and browser.page.heading == LIST
    thief = carried(world, browser, MINE, OPERATOR)
    assert thief.open(HERE).url.startswith(f"{ADDRESSES.broker}/login/")
    owner = world.browser()  # the good twin: password and code, in the console itself
    log_in(owner, HERE, who.user_name)
    owner.fill("code", who.code(world.clock()))
    assert owner.click("Ga verder").heading == "Overzicht"


@pytest.mark.parametrize("of", CONSOLES, ids=lambda one: one.client_id)
@pytest.mark.parametrize("to", CONSOLES, ids=lambda one: one.client_id)
def test_A_08_a_session_of_one_console_is_none_of_another(
    world: World, of: Console, to: Console
) -> None:
    who = make_operator(world, f"{of.client_id}.{to.client_id}", OperatorRole.CONFIGURATOR)
    browser = carried(world, at_console(world, who.person_id, of), of, to)
    asks = browser.open(ADDRESSES.broker + to.path).url.startswith(f"{ADDRESSES.broker}/login/")
    assert asks is (of is not to)


def test_A_08_another_address_keeps_the_session_and_another_browser_does_not(world: World) -> None:
    """Networks of a phone change on the way; what counts is the cookie (decision 5)."""
    who = make_operator(world, "reiziger", OperatorRole.CONFIGURATOR)
    value = at_console(world, who.person_id).cookies(ADDRESSES.broker)[OPERATOR.cookie]
    client = Client(world.app, use_cookies=False)
    for address in ("192.0.2.7", "198.51.100.8", "2001:db8::1"):
        come = {"base_url": ADDRESSES.broker, "environ_overrides": {"REMOTE_ADDR": address}}
        known = client.get("/operator", headers={"Cookie": f"{OPERATOR.cookie}={value}"}, **come)
        assert (known.status_code, "Overzicht" in known.text) == (200, True)
        assert client.get("/operator", **come).status_code == 303
