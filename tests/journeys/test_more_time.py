"""Who needs longer gets longer: in a login, and in the consoles (WCAG 2.2, 2.2.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assurance import session_lifetime
from broker.journey import login_store
from broker.journey.expiry import end_expired
from broker.journey.login import Login
from directory.history import HistoryEntry
from sandbox.browser import Browser, Page
from sandbox.portal.clients import GRONDWATER, PortalService
from state import audit, trace_search
from state.audit import EventTag
from state.db import writing
from state.ephemeral import Put
from state.trace_search import Wanted
from tests.journeys.at_mijn import arrive
from tests.world import ADDRESSES, World

BODEM = "Meldportaal Bodem"
IN = "U bent ingelogd"
CONSENT = "Deze gegevens geven wij door"
MORE = "Geef mij meer tijd"
MAKELAAR = "Wie is uw makelaar?"
PERIOD = timedelta(minutes=15)
HERE = f"{ADDRESSES.broker}/mijn/tijd"


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


def begin(world: World, *, javascript: bool = True) -> Browser:
    """A login that stands at the choice of the makelaar."""
    browser = world.browser(javascript=javascript)
    browser.open(f"{world.demo.addresses.portal}/")
    assert browser.click(BODEM).heading == MAKELAAR
    return browser


def wait(world: World, **time: float) -> None:
    world.clock.advance(timedelta(**time).total_seconds())
    world.process.holder.refresh()


def said(page: Page) -> list[str]:
    """Until when, as the page says it."""
    return [str(one.text_content()) for one in page.tree.cssselect("[data-until]")]


def login_of(world: World, page: Page) -> Login:
    login_id = page.url.partition("/login/")[2][:26]
    kept = login_store.parse(
        world.process.store.get(login_store.key(login_id)), world.process.sealer
    )
    assert kept is not None
    return kept.login


def test_a_slow_reader_asks_more_time_and_logs_in(world: World) -> None:
    world.clock.now = datetime.now(UTC) - timedelta(
        minutes=28
    )  # makelaars know the real time alone
    browser = begin(world)
    assert browser.page is not None
    first = said(browser.page)
    wait(world, minutes=14)
    page = browser.click(MORE)
    assert page.heading == MAKELAAR
    assert said(page) != first
    wait(world, minutes=14)
    assert browser.open(page.url).heading == MAKELAAR
    browser.click("Polderpoort")
    browser.press("person", "jan")
    assert browser.press("agree", "yes").heading == "U bent ingelogd"
    with world.session() as session:
        [trace] = trace_search.newest(session, Wanted(), limit=5)
    assert "more-time" in [step.step for step in trace.record.steps]


def test_who_asks_ten_times_gets_it_ten_times_and_then_no_more(world: World) -> None:
    browser, times = begin(world), 0
    while browser.page is not None and MORE in browser.page.text:
        wait(world, minutes=14)
        assert browser.click(MORE).heading == MAKELAAR
        times += 1
        assert times < 20
    assert times >= 10
    assert browser.page is not None
    assert "Daarna begint u opnieuw" in browser.page.text
    address, login = browser.page.url, login_of(world, browser.page)
    assert login.expires_at - login.created_at == 11 * PERIOD
    wait(world, minutes=15)
    assert browser.open(address).heading == "Inloggen duurde te lang"


def test_a_login_that_got_more_time_and_was_left_ends_once_and_later(world: World) -> None:
    browser = begin(world)
    wait(world, minutes=14)
    page = browser.click(MORE)
    wait(world, minutes=2)
    end_expired(world.process)  # the list of its first end
    wait(world, seconds=10)
    end_expired(world.process)
    assert browser.open(page.url).heading == MAKELAAR
    wait(world, minutes=15)
    for _ in range(2):
        end_expired(world.process)
        wait(world, seconds=10)
    with world.session() as session:
        endings = audit.recent(session, tags=[EventTag.LOGIN_EXPIRED])
        assert len(endings) == 1
        assert session.scalars(select(HistoryEntry)).all() == []
    assert "30 minuten" in browser.open(page.url).text or "29 minuten" in browser.page.text


def test_another_browser_or_another_site_gives_no_time(world: World) -> None:
    browser = begin(world)
    assert browser.page is not None
    login = login_of(world, browser.page)
    address = f"{ADDRESSES.broker}/login/{login.id}/more-time"
    wait(world, minutes=5)
    assert browser.post(address, []).status == 400  # without the token of the page
    stranger = begin(world)
    assert stranger.page is not None
    [token, *_] = stranger.page.tree.cssselect("input[name=csrf_token]")
    assert stranger.post(address, [("csrf_token", token.get("value"))]).status == 403
    browser.open(f"{ADDRESSES.broker}/login/{login.id}")
    assert login_of(world, browser.page).expires_at == login.expires_at
    browser.click(MORE)
    assert login_of(world, browser.page).expires_at == login.expires_at + timedelta(minutes=5)


def test_who_leaves_for_the_makelaar_has_a_whole_period_there(world: World) -> None:
    world.clock.now = datetime.now(UTC) - timedelta(minutes=14)
    browser = begin(world)
    assert browser.page is not None
    page = browser.page
    wait(world, minutes=14)
    browser.click("Polderpoort")
    assert login_of(world, page).expires_at == world.clock() + PERIOD


@pytest.mark.parametrize("minutes", [14, 16])
def test_an_answer_of_a_makelaar_comes_in_one_period_whatever_the_login_got(
    world: World, minutes: int
) -> None:
    world.clock.now = datetime.now(UTC)
    browser = begin(world, javascript=False)
    assert browser.page is not None
    page = browser.page
    other_tab = browser.duplicate()
    browser.click("Polderpoort")
    if browser.page.url.startswith(ADDRESSES.broker):
        browser.click("Ga verder")
    browser.press("person", "jan")  # the form of its answer waits to be sent
    wait(world, minutes=10)
    other_tab.open(page.url)
    wait(world, minutes=minutes - 10)
    assert login_of(world, page).expires_at > world.clock()
    [button] = browser.page.tree.cssselect("form button")
    answered = browser.follow(button)
    if minutes < 15:  # read, and then judged by its own times
        ended = login_of(world, page).ended
        assert ended is not None and ended.reason == "issue_instant"
        return
    assert (answered.status, answered.heading) == (409, "Inloggen bij uw makelaar duurde te lang")
    assert login_of(world, page).ended is None
    again = browser.follow(answered.tree.cssselect("main a")[0])
    assert again.url.startswith(ADDRESSES.makelaars)


def answered_by_an_earlier_login(world: World) -> Browser:
    """A login at another service, which stands at the consent page."""
    browser = world.browser()
    assert world.walk(BODEM, "Polderpoort", "jan", browser=browser).run().heading == IN
    return browser


def go(world: World, browser: Browser, service: PortalService, query: str = "") -> Page:
    url = f"{world.demo.addresses.portal}/login/bronhouderportaal/{service.uuid}"
    return browser.open(f"{url}?{query}")


def last_ending(world: World) -> EventTag:
    """How the last login ended here; a portal knows the real time alone."""
    endings = [EventTag.LOGIN_SUCCEEDED, EventTag.LOGIN_REFUSED, EventTag.LOGIN_CANCELLED]
    with world.session() as session:
        return audit.recent(session, tags=endings)[0].tag


def test_more_time_in_a_login_that_an_earlier_one_answered_holds(world: World) -> None:
    """Its session lasts along with it: 42 minutes, where 30 without a use would end it."""
    browser = answered_by_an_earlier_login(world)
    assert go(world, browser, GRONDWATER).heading == CONSENT
    for _ in range(3):
        wait(world, minutes=14)
        assert browser.click(MORE).heading == CONSENT
    browser.press("agree", "yes")
    assert last_ending(world) is EventTag.LOGIN_SUCCEEDED


def test_a_page_says_when_the_session_behind_it_ends(world: World) -> None:
    browser = answered_by_an_earlier_login(world)
    began = world.clock()
    wait(world, minutes=25)
    page = go(world, browser, GRONDWATER)
    until = login_of(world, page).expires_at
    assert abs(until - began - timedelta(minutes=30)) < timedelta(seconds=5)
    assert MORE in page.text
    browser.click(MORE)
    assert login_of(world, page).expires_at == world.clock() + PERIOD
    wait(world, minutes=14)
    browser.press("agree", "yes")
    assert last_ending(world) is EventTag.LOGIN_SUCCEEDED


def test_more_time_after_logging_out_elsewhere_asks_who_it_is(world: World) -> None:
    browser = answered_by_an_earlier_login(world)
    page = go(world, browser, GRONDWATER)
    session_id = login_of(world, page).session_id
    assert session_id is not None
    with world.session() as session, writing(session):
        session_lifetime.end(session, session_id, "logged_out", world.clock())
    wait(world, minutes=2)
    assert browser.click(MORE).url.startswith(ADDRESSES.makelaars)
    assert login_of(world, page).must_be == "jan"


def read_slowly(world: World, max_age: int) -> tuple[Browser, Page]:
    """Logged in for a portal that asks this age, and 28 minutes at the consent page."""
    world.clock.now = datetime.now(UTC)
    browser = world.browser()
    assert go(world, browser, GRONDWATER, f"max_age={max_age}").heading == MAKELAAR
    browser.click("Polderpoort")
    assert browser.press("person", "jan").heading == CONSENT
    for _ in range(2):
        wait(world, minutes=14)
        page = browser.click(MORE)
        assert page.heading == CONSENT, "nobody is sent away while they read"
    return browser, page


def go_back(world: World, browser: Browser, page: Page) -> None:
    """To the makelaar, which knows the real time alone."""
    world.clock.now = datetime.now(UTC)
    world.process.holder.refresh()
    assert browser.open(page.url).url.startswith(ADDRESSES.makelaars)


def test_O_23_more_time_makes_no_login_fresher_than_the_portal_asks(world: World) -> None:
    browser, page = read_slowly(world, max_age=60)
    assert browser.press("agree", "yes").url.startswith(ADDRESSES.makelaars)
    login = login_of(world, page)
    assert (login.identity, login.must_be, login.departures) == (None, "jan", 2)
    go_back(world, browser, page)
    assert browser.press("person", "jan").heading == IN, "what was agreed to stays so"


def test_O_23_somebody_else_cannot_go_on_with_a_login_that_is_too_old(world: World) -> None:
    browser, page = read_slowly(world, max_age=60)
    assert browser.press("agree", "yes").url.startswith(ADDRESSES.makelaars)
    go_back(world, browser, page)
    assert browser.press("person", "sanne").heading != IN
    assert last_ending(world) is EventTag.LOGIN_REFUSED


def test_O_23_who_is_slow_and_fresh_enough_is_not_asked_again(world: World) -> None:
    browser, _ = read_slowly(world, max_age=3600)
    browser.press("agree", "yes")
    assert last_ending(world) is EventTag.LOGIN_SUCCEEDED


def test_O_23_a_form_that_comes_too_late_finishes_no_login_that_is_too_old(world: World) -> None:
    browser, page = read_slowly(world, max_age=60)
    login, other = login_of(world, page), browser.duplicate()
    browser.press("agree", "yes")
    agreed = replace(login, consent=login_of(world, page).consent)  # as it is before the next GET
    kept = login_store.dump(agreed, world.process.sealer)
    world.process.store.batch([Put(login_store.key(login.id), kept, 3600)])
    [token, *_] = page.tree.cssselect("input[name=csrf_token]")
    address = f"{ADDRESSES.broker}/login/{login.id}/respond"
    answered = other.post(address, [("csrf_token", str(token.get("value")))])
    assert answered.url.startswith(ADDRESSES.makelaars)
    assert login_of(world, page).identity is None


def test_a_console_says_until_when_and_a_page_beside_it_gives_more(world: World) -> None:
    browser = arrive(world, "jan", "Polderpoort")
    assert browser.page is not None
    first, address = said(browser.page), browser.page.url
    wait(world, minutes=14)
    page = browser.click(MORE)
    assert page.heading == "U bent nog ingelogd"
    assert page.url.split("?")[0] == HERE
    assert said(page) != first
    wait(world, minutes=14)
    assert browser.open(address).heading == "Mijn inlogmiddelen"
    wait(world, minutes=16)
    assert browser.open(address).heading != "Mijn inlogmiddelen"


def test_a_console_gives_no_more_than_its_session_has(world: World) -> None:
    browser = arrive(world, "jan", "Polderpoort")
    for _ in range(33):
        wait(world, minutes=14.4)
        page = browser.open(HERE)
        assert page.heading == "U bent nog ingelogd"
    assert MORE not in page.text and "Daarna logt u opnieuw in" in page.text
    wait(world, minutes=6)
    assert browser.open(HERE).heading != "U bent nog ingelogd"
