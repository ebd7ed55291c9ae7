"""Logging out ends the session, what portals hold of it, and reaches those that can be told."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select

from admin.operations.worker import adapter_of
from assurance import session_lifetime
from broker.sso.grants import Grant
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, BODEMKAART, GRONDWATER
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox import PACES, OutboxRow
from tests.deliveries import deliver_due
from tests.portal_page import claims_on
from tests.world import World

IN = "U bent ingelogd"
ASKS = "Wilt u overal uitloggen?"
OUT = "U bent uitgelogd"
PROVIDER = "Wie is uw makelaar?"


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


def _logged_in(world: World) -> Browser:
    browser = world.browser()
    page = world.walk(BODEM.name, "Polderpoort", "jan", browser=browser).run()
    assert page.heading == IN
    return browser


def _go(world: World, browser: Browser, uuid: str) -> Page:
    return browser.open(f"{world.demo.addresses.portal}/login/bronhouderportaal/{uuid}")


def _out(world: World, browser: Browser) -> Page:
    return browser.open(f"{world.demo.addresses.broker}/uitloggen")


def _deliver(world: World) -> None:
    parts = world.process
    deliver_due(parts.sessions, parts.sealer, adapter_of(parts), parts.clock)


def _ended_at_portal(world: World) -> list[str]:
    found = world.wire.request("GET", f"{world.demo.addresses.portal}/ended").json()
    return list(found)


def test_the_user_logs_out_everywhere(world: World) -> None:
    browser = _logged_in(world)
    page = _out(world, browser)
    assert page.heading == ASKS
    assert "Jan de Vries" in page.text and BODEM.name in page.text
    page = browser.click("Log overal uit")
    assert page.heading == OUT
    assert BODEM.name in page.text
    assert _go(world, browser, GRONDWATER.uuid).heading == PROVIDER


def test_the_portal_is_told_once_and_knows_the_session(world: World) -> None:
    browser = _logged_in(world)
    sid = claims_on(browser.page)["sid"]
    _out(world, browser)
    browser.click("Log overal uit")
    _deliver(world)
    _deliver(world)
    assert _ended_at_portal(world) == [sid]


def test_what_a_portal_holds_is_worth_nothing_afterwards(world: World) -> None:
    browser = _logged_in(world)
    with world.session() as session:
        grants = session.query(Grant).all()
        assert [grant.revoked_at for grant in grants] == [None]
    _out(world, browser)
    browser.click("Log overal uit")
    with world.session() as session:
        assert all(grant.revoked_at is not None for grant in session.query(Grant))
        assert session_lifetime.standing(session, "jan", world.clock()) == []
        ended = audit.recent(session, tags=(EventTag.SESSION_ENDED,))
        assert [(one.person_id, one.reason) for one in ended] == [("jan", "logged_out")]


def test_O_40_a_portal_that_is_down_hears_it_later(world: World) -> None:
    browser = _logged_in(world)
    portal = urlsplit(world.demo.addresses.portal).netloc
    _out(world, browser)
    browser.click("Log overal uit")
    world.wire.down.add(portal)
    _deliver(world)
    world.wire.down.clear()
    assert _ended_at_portal(world) == []
    _deliver(world)
    assert _ended_at_portal(world) == []  # not before its time
    with world.session() as session, writing(session):
        session.scalars(select(OutboxRow)).one().due_at = world.clock()
    _deliver(world)
    assert len(_ended_at_portal(world)) == 1


def test_X_17_a_portal_that_is_down_for_an_hour_hears_it_once(world: World) -> None:
    browser = _logged_in(world)
    portal = urlsplit(world.demo.addresses.portal).netloc
    _out(world, browser)
    browser.click("Log overal uit")
    world.wire.down.add(portal)
    for _ in range(60):
        _deliver(world)
        world.clock.advance(60)
    with world.session() as session:
        row = session.scalars(select(OutboxRow)).one()
        assert row.given_up_at is None and 4 <= row.attempts <= 7, "tried again, ever later"
        due = row.due_at
    assert due is not None and due <= world.clock() + PACES["logout"].longest
    world.wire.down.clear()
    world.clock.advance(-3600)  # the portal lives by the real time, and so must the token
    with world.session() as session, writing(session):
        session.scalars(select(OutboxRow)).one().due_at = world.clock()
    for _ in range(3):
        _deliver(world)
    assert len(_ended_at_portal(world)) == 1


def test_without_a_session_there_is_nothing_to_end(world: World) -> None:
    browser = world.browser()
    page = _out(world, browser)
    assert page.heading == OUT
    assert "niet meer ingelogd" in page.text


def test_the_page_of_what_ended_is_shown_again_and_not_to_others(world: World) -> None:
    browser = _logged_in(world)
    _out(world, browser)
    page = browser.click("Log overal uit")
    assert BODEM.name in browser.open(page.url).text
    url = page.url.split("?")[0]
    assert BODEM.name not in browser.open(f"{url}?van=guessed").text


def test_O_39_a_portal_without_id_token_needs_a_click(world: World) -> None:
    browser = _logged_in(world)
    page = browser.click("Log uit")
    assert page.heading == ASKS and "Bronhouderportaal" in page.text
    assert _go(world, browser, BODEMKAART.uuid).heading == "Namens wie logt u in?"
    browser.open(page.url)
    assert browser.click("Log overal uit").url == f"{world.demo.addresses.portal}/"
    assert _go(world, browser, BODEMKAART.uuid).heading == PROVIDER


def _ask(world: World, browser: Browser, **parameters: str) -> Page:
    return browser.open(f"{world.demo.addresses.broker}/logout?{urlencode(parameters)}")


def test_who_declines_stays_logged_in_and_goes_back_to_the_portal(world: World) -> None:
    browser = _logged_in(world)
    asked = {
        "client_id": "bronhouderportaal",
        "post_logout_redirect_uri": f"{world.demo.addresses.portal}/",
        "state": "for-when-it-is-done",
    }
    _ask(world, browser, **asked)
    page = browser.click("Nee, ga terug naar Bronhouderportaal")
    assert page.url == f"{world.demo.addresses.portal}/", "no state: nothing ended"
    assert _go(world, browser, GRONDWATER.uuid).heading != PROVIDER
    _ask(world, browser, **asked)  # the good twin
    browser.click("Log overal uit")
    assert _go(world, browser, GRONDWATER.uuid).heading == PROVIDER


def test_who_declines_without_a_portal_is_told_that_nothing_ended(world: World) -> None:
    browser = _logged_in(world)
    _out(world, browser)
    page = browser.click("Nee, blijf ingelogd")
    assert page.heading == "U bent nog ingelogd"
    assert "Jan de Vries" in page.text and BODEM.name in page.text
    assert browser.click("Wilt u toch uitloggen?").heading == ASKS
    browser.click("Log overal uit")
    page = browser.open(f"{world.demo.addresses.broker}/uitloggen/niet")
    assert page.heading == OUT, "there is nothing left to keep"


def test_the_other_language_keeps_what_the_portal_asked(world: World) -> None:
    browser = _logged_in(world)
    _ask(world, browser, client_id="bronhouderportaal")
    page = browser.click("English")
    assert page.heading == "Do you want to log out everywhere?"
    assert "Register holder portal" in page.text


@pytest.mark.parametrize(
    ("wish", "asks", "out"),
    [
        ("en", "Do you want to log out everywhere?", "You are logged out"),
        ("fr en-GB nl", "Do you want to log out everywhere?", "You are logged out"),
        ("nl", ASKS, OUT),
        ("fr", ASKS, OUT),
    ],
)
def test_the_pages_of_logging_out_are_in_the_language_that_the_portal_asks(
    world: World, wish: str, asks: str, out: str
) -> None:
    browser = _logged_in(world)
    page = _ask(world, browser, client_id="bronhouderportaal", ui_locales=wish)
    assert page.heading == asks
    (button,) = [b.text_content() for f in page.forms for b in f.iter("button") if b.text_content()]
    assert browser.click(button.strip()).heading == out
    page = _ask(world, browser, client_id="bronhouderportaal", ui_locales=wish)
    assert page.heading == out  # nobody is logged in any more


@pytest.mark.parametrize(
    "parameters",
    [
        {"post_logout_redirect_uri": "http://evil.example/"},
        {"client_id": "bronhouderportaal", "post_logout_redirect_uri": "http://evil.example/"},
        {"client_id": "bronhouderportaal", "post_logout_redirect_uri": "{portal}/?added=1"},
        {"client_id": "subsidieloket", "post_logout_redirect_uri": "{portal}/"},
        {"client_id": "unknown", "post_logout_redirect_uri": "{portal}/"},
        {"id_token_hint": "eyJhbGciOiJub25lIn0.e30."},
    ],
)
def test_O_39_nobody_is_sent_where_no_registration_leads(
    world: World, parameters: dict[str, str]
) -> None:
    browser = _logged_in(world)
    portal = world.demo.addresses.portal
    page = _ask(world, browser, **{k: v.format(portal=portal) for k, v in parameters.items()})
    assert page.status == 400
    assert page.url.startswith(world.demo.addresses.broker)
    assert _out(world, browser).heading == ASKS  # the session stands


def test_O_39_the_registered_address_gets_the_state_back(world: World) -> None:
    browser = _logged_in(world)
    _ask(
        world,
        browser,
        client_id="bronhouderportaal",
        post_logout_redirect_uri=f"{world.demo.addresses.portal}/",
        state="a b&c",
    )
    page = browser.click("Log overal uit")
    assert page.url.startswith(f"{world.demo.addresses.portal}/?")
    assert parse_qs(urlsplit(page.url).query) == {"state": ["a b&c"]}


def test_O_39_a_logout_from_another_site_ends_nothing_by_itself(world: World) -> None:
    browser = _logged_in(world)
    browser.open(f"{world.demo.addresses.portal}/")
    page = browser.post(f"{world.demo.addresses.broker}/uitloggen", [])
    assert page.status == 400
    page = browser.post(
        f"{world.demo.addresses.broker}/logout", [("client_id", "bronhouderportaal")]
    )
    assert page.heading == ASKS
    assert _go(world, browser, GRONDWATER.uuid).heading != PROVIDER
