"""Very many logins in one browser, and a portal that sends it round and round (I-13)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from broker.journey import login_store
from broker.journey.browser_logins import LoginCookie, give_way, goes_round, held
from broker.journey.expiry import end_expired
from sandbox.browser import Browser
from state import audit
from state.audit import EventTag
from tests.broker.portal import ISSUER, Portal, make_portal_world, set_clock
from tests.world import World

PREFIX = "__Host-sluis-login-"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def login_cookies(browser: Browser) -> list[str]:
    return [n for n in browser.cookies(ISSUER) if n.startswith(PREFIX)]


def gave_way(world: World) -> int:
    """How many logins ended because newer ones of their browser took their place."""
    with world.session() as session:
        found = audit.recent(session, tags=[EventTag.LOGIN_EXPIRED], limit=200)
    return sum(one.reason == "gave_way" for one in found)


def opened(portal: Portal, browser: Browser) -> str:
    """The address of a login that was begun in one more tab."""
    page = browser.open(portal.url())
    assert page.status == 200
    return page.url


def test_I_13_of_fifty_open_logins_the_oldest_give_way(portal: Portal) -> None:
    browser, store = portal.world.browser(), portal.world.process.store
    tabs = []
    for _ in range(50):
        tabs.append(opened(portal, browser))
        portal.world.clock.advance(1)
        portal.world.process.holder.refresh()
    assert len(login_cookies(browser)) == 20
    jar = "; ".join(f"{n}={v}" for n, v in browser.cookies(ISSUER).items())
    assert len(jar) < 4096
    now, sealer = portal.world.clock(), portal.world.process.sealer
    stored = [store.get(login_store.key(urlsplit(tab).path.rsplit("/", 1)[-1])) for tab in tabs]
    found = [login_store.parse(raw, sealer) for raw in stored]
    over = [kept is None or login_store.is_over(kept.login, now) for kept in found]
    assert over == [True] * 30 + [False] * 20
    assert browser.open(tabs[0]).status == 410
    assert browser.open(tabs[-1]).status == 200
    browser.press("method", "makelaar")
    browser.click("Zekerweg")
    assert "code" in portal.heard(browser.press("person", "jan"))
    assert gave_way(portal.world) == 0
    portal.world.clock.advance(login_store.SOON_SECONDS + 5)
    end_expired(portal.world.process)
    assert gave_way(portal.world) == 30  # each has an ending that an operator can find


def test_I_13_a_browser_cannot_drop_the_login_of_another(portal: Portal) -> None:
    victim = portal.world.browser()
    login_id = urlsplit(opened(portal, victim)).path.rsplit("/", 1)[-1]
    forged = "; ".join(f"{PREFIX}{n:012}=wrong.{n:x}.{login_id}" for n in range(40))
    answer = portal.world.wire.request("GET", portal.url(), None, {"Cookie": forged})
    assert answer.status == 303
    assert portal.world.process.store.get(login_store.key(login_id)) is not None


def test_I_13_cookies_that_we_did_not_write_do_no_harm(portal: Portal) -> None:
    values = ("", ".", "...", "a.b.c.d", "a.zz.id", "a.1.id.zz.x", "é", "a.1", "x" * 3000)
    cookie = "; ".join(f"{PREFIX}{n:012}={value}" for n, value in enumerate(values))
    headers = {"Cookie": cookie.encode().decode("latin-1")}
    assert portal.world.wire.request("GET", portal.url(), None, headers).status == 303


def go_round(portal: Portal, browser: Browser, times: int) -> None:
    """The portal asks again as soon as it hears something."""
    for _ in range(times):
        page = browser.open(portal.url(idp_hint="zekerweg"))
        portal.heard(browser.press("person", "jan") if page.url.startswith("http://127") else page)


def test_I_13_a_portal_that_goes_round_is_stopped_with_what_to_do(portal: Portal) -> None:
    browser = portal.world.browser()
    go_round(portal, browser, 10)
    page = browser.open(portal.url())
    assert (page.status, page.heading) == (429, "U komt in een kringetje terecht")
    assert "Wat kunt u nu doen?" in page.text and "SLS-1010" in page.text
    other = Portal(portal.world, "by-post")
    assert browser.open(other.url()).status == 200  # another portal is not to blame
    assert portal.world.browser().open(portal.url()).status == 200  # nor another browser
    portal.world.clock.advance(61)
    portal.world.process.holder.refresh()
    assert browser.open(portal.url()).status == 200


def test_I_13_logins_that_were_stopped_count_as_well(portal: Portal) -> None:
    browser = portal.world.browser()
    for _ in range(10):
        browser.open(portal.url())
        assert portal.heard(browser.click("Annuleer en ga terug"))["error"] == "access_denied"
    assert browser.open(portal.url()).status == 429


def test_I_13_ten_tabs_that_open_at_once_are_no_round(portal: Portal) -> None:
    browser = portal.world.browser()
    for _ in range(15):
        assert browser.open(portal.url()).status == 200


def test_I_13_a_post_without_our_cookies_is_stopped_at_our_own_address(portal: Portal) -> None:
    browser = portal.world.browser()
    go_round(portal, browser, 10)
    page = browser.post(f"{ISSUER}/authorize", list(portal.request().items()))
    assert page.status == 429


def test_a_portal_that_asks_without_pages_hears_an_answer(portal: Portal) -> None:
    browser = portal.world.browser()
    go_round(portal, browser, 10)
    heard = portal.heard(browser.open(portal.url(prompt="none")))
    assert heard["error"] == "login_required"


def test_the_ended_give_way_before_the_open_and_then_the_oldest() -> None:
    found = [
        LoginCookie("a", "s", 10, "1"),
        LoginCookie("b", "s", 5, "2"),
        LoginCookie("c", "s", 20, "3", ended=25),
        LoginCookie("d", "s", 1, "4"),
    ]
    assert [one.name for one in give_way(found, 1)] == ["c", "d", "b"]
    assert give_way(found, 4) == []


@pytest.mark.parametrize(
    ("ages", "portal", "wanted"),
    [
        ([1, 2, 3], "aa", True),
        ([1, 2, 60], "aa", False),
        ([1, 2, -5], "aa", False),
        ([1, 2, 3], "bb", False),
        ([1, 2], "aa", False),
    ],
)
def test_a_round_is_so_many_ends_for_one_portal_in_a_minute(
    ages: list[int], portal: str, wanted: bool
) -> None:
    found = [LoginCookie(str(a), "s", 0, "", ended=1000 - a, portal="aa") for a in ages]
    found.append(LoginCookie("open", "s", 999, "", portal="aa"))
    assert goes_round(found, portal, 1000, 3) is wanted


def test_a_login_cookie_is_read_as_it_was_written() -> None:
    jar = {f"{PREFIX}x": "s.a.id", f"{PREFIX}y": "s.a.id.1f.aa", "other": "s.a.id"}
    assert held(jar) == [
        LoginCookie(f"{PREFIX}x", "s", 10, "id"),
        LoginCookie(f"{PREFIX}y", "s", 10, "id", 31, "aa"),
    ]
