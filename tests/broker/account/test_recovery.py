"""Forgotten login details: one answer for all, a link that works once, no way round a factor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from providers import recovery
from sandbox import prepare
from sandbox.browser import Browser, Page
from sandbox.portal.clients import VERGUNNING
from state import audit
from state.audit import EventTag
from tests.broker.account_logins import (
    NEW,
    account_of,
    at_password,
    choose_new,
    give,
    give_temporary,
    log_in,
    reset,
)
from tests.broker.portal import ISSUER, Portal, make_portal_world
from tests.world import World

ASK = f"{ISSUER}/inloggegevens-vergeten"
SENT = "Kijk in uw e-mail"
CHOOSE = "Kies een nieuw wachtwoord"
DONE = "Uw nieuwe wachtwoord is bewaard"
OVER = "Deze link werkt niet meer"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Iterator[Portal]:
    """Each test an hour later, so that no limit of another is felt."""
    world.clock.advance(7200)
    world.process.holder.refresh()
    yield Portal(world)
    for person in ("daan", "eva"):
        reset(world, person)


def ask(world: World, name: str, browser: Browser | None = None) -> Page:
    browser = browser or world.browser()
    browser.open(ASK)
    browser.fill("name", name)
    return browser.click("Stuur de e-mail")


def links(world: World, person: str = "daan") -> list[str]:
    """The links that were mailed to this person, oldest first."""
    mail = [m for m in world.deliver_mail() if m["recipient"] == f"{person}@voorbeeld.example"]
    found = [re.findall(rf"{re.escape(ASK)}/\S+", m["text"]) for m in mail]
    return [url for urls in found for url in urls]


def new_link(world: World, person: str = "daan") -> str:
    before = set(links(world, person))
    name = "eva.maas" if person == "eva" else f"{person}@voorbeeld.example"
    assert ask(world, name).heading == SENT
    (found,) = set(links(world, person)) - before
    return found


def test_a_forgotten_password_is_replaced(portal: Portal) -> None:
    url = new_link(portal.world)
    browser = portal.world.browser()
    assert browser.open(url).heading == CHOOSE
    assert "Gebruik 12 tekens of meer" in choose_new(browser, "kort").text
    assert choose_new(browser, NEW).heading == DONE
    assert "code" in portal.heard(give(at_password(portal), "daan.kuipers", NEW))
    old = prepare.password(portal.world.demo, "daan")
    assert give(at_password(portal), "daan.kuipers", old).status == 422
    subjects = [m["subject"] for m in portal.world.deliver_mail()]
    assert any("veranderd" in subject for subject in subjects)
    changed = [m for m in portal.world.deliver_mail() if "veranderd" in m["subject"]][-1]
    assert "Waarschuw meteen de helpdesk van Voorbeeld" in changed["text"]
    assert "organisatie" not in changed["text"]  # not everybody has one
    with portal.world.session() as session:
        (event,) = audit.recent(session, tags=(EventTag.PASSWORD_RECOVERED,), limit=1)
        assert event.person_id == "daan"


def test_a_new_password_ends_the_pause_of_the_name(portal: Portal) -> None:
    browser = at_password(portal)
    for number in range(5):
        page = give(browser, "daan.kuipers", f"verkeerd woord {number}")
    assert "U kunt nu even niet inloggen" in page.text
    browser = portal.world.browser()
    browser.open(new_link(portal.world))
    assert choose_new(browser, NEW).heading == DONE
    assert "code" in portal.heard(give(at_password(portal), "daan.kuipers", NEW))


def test_the_mail_tells_the_user_name(portal: Portal) -> None:
    new_link(portal.world)
    assert any("daan.kuipers" in m["text"] for m in portal.world.deliver_mail())


@pytest.mark.parametrize("name", ["niemand@voorbeeld.example", "niemand", "jan@voorbeeld.example"])
def test_A_11_asking_for_nobody_looks_the_same(portal: Portal, name: str) -> None:
    before = len(portal.world.deliver_mail())
    known, unknown = ask(portal.world, "daan.kuipers"), ask(portal.world, name)
    assert len(portal.world.deliver_mail()) == before + 1
    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert len(known.answer.body) == len(unknown.answer.body)
    assert known.url == unknown.url


def test_strangers_do_not_keep_the_mail_from_who_logged_in_before(portal: Portal) -> None:
    """Five an hour for a name, thirty from a network; in the own browser five of its own."""
    world, home = portal.world, portal.world.browser()
    log_in(portal, "daan", browser=home)
    stranger = world.browser()
    for number in range(35):
        ask(world, "daan.kuipers" if number < 6 else f"naam{number}", stranger)
    sent = len(links(world))
    stranger.open(ASK)
    assert ask(world, "daan.kuipers", stranger).status == 429
    assert len(links(world)) == sent
    pages = [ask(world, "Daan@voorbeeld.example", home) for _ in range(6)]
    assert {page.heading for page in pages} == {SENT}
    assert len(links(world)) == sent + 5
    assert ask(world, "eva.maas", home).status == 429, "of somebody else it is as from anywhere"


def spelled(number: int) -> str:
    """The address of Daan as nobody else spelled it: what these signs add does not count in it."""
    sign, times = ("\ufe00", "\ufe01", "\ufe0f")[number % 3], number // 3 + 1
    return f"daan@voor{sign * times}beeld.example"


def test_A_11_other_spellings_of_an_address_bring_no_more_mail(portal: Portal) -> None:
    before = len(links(portal.world))
    for number in range(12):
        assert ask(portal.world, spelled(number)).heading == SENT
    assert len(links(portal.world)) == before + 5
    portal.world.clock.advance(3601)
    new_link(portal.world)  # the good twin: an hour later, with a spelling of every day


def test_A_12_a_link_works_once(portal: Portal) -> None:
    url = new_link(portal.world)
    browser, other = portal.world.browser(), portal.world.browser()
    browser.open(url)
    other.open(url)
    assert choose_new(browser, NEW).heading == DONE
    assert choose_new(other, "een ander woord van de dief").heading == OVER
    assert portal.world.browser().open(url).heading == OVER


def test_A_12_of_many_at_once_one_succeeds(portal: Portal) -> None:
    url = new_link(portal.world)
    browsers = [portal.world.browser() for _ in range(4)]
    for browser in browsers:
        browser.open(url)
    with ThreadPoolExecutor(4) as pool:
        pages = list(
            pool.map(
                lambda b: choose_new(b[1], f"woord van nummer {b[0]} hier"), enumerate(browsers)
            )
        )
    assert [page.heading for page in pages].count(DONE) == 1


def test_A_12_a_newer_link_ends_the_older(portal: Portal) -> None:
    older = new_link(portal.world)
    newer = new_link(portal.world)
    assert portal.world.browser().open(older).heading == OVER
    assert portal.world.browser().open(newer).heading == CHOOSE


def test_A_12_a_link_lasts_a_quarter_of_an_hour(portal: Portal) -> None:
    url = new_link(portal.world)
    portal.world.clock.advance(recovery.HOLDS.total_seconds() - 1)
    browser = portal.world.browser()
    assert browser.open(url).heading == CHOOSE
    portal.world.clock.advance(2)
    assert choose_new(browser, NEW).heading == OVER


def test_a_link_that_is_over_is_not_mailed_late(portal: Portal) -> None:
    before = links(portal.world)
    ask(portal.world, "daan.kuipers")
    portal.world.clock.advance(recovery.HOLDS.total_seconds())
    assert links(portal.world) == before


def test_A_12_a_mail_scanner_does_no_harm(portal: Portal) -> None:
    url = new_link(portal.world)
    for _ in range(3):
        portal.world.wire.request("HEAD", url)
        portal.world.wire.request("GET", url)
    browser = portal.world.browser()
    browser.open(url)
    assert choose_new(browser, NEW).heading == DONE


def test_A_12_a_new_password_or_address_ends_the_link(portal: Portal) -> None:
    url = new_link(portal.world)
    give_temporary(portal.world, "daan", "tijdelijk woord 1")
    assert portal.world.browser().open(url).heading == OVER
    url = new_link(portal.world)
    with account_of(portal.world, "daan") as (_, account):
        recovery.forget(account)  # as sluis apply does when the address changes
    assert portal.world.browser().open(url).heading == OVER


def test_A_12_the_link_of_one_account_is_no_link_of_another(portal: Portal) -> None:
    url = new_link(portal.world)
    browser = portal.world.browser()
    browser.open(url)
    assert "daan.kuipers" in browser.page.text if browser.page else False
    assert choose_new(browser, NEW).heading == DONE
    assert log_in(portal, "eva", VERGUNNING).heading == "Vul de code uit uw app in"


def test_A_12_only_the_hash_of_a_link_is_kept(portal: Portal) -> None:
    token = new_link(portal.world).rpartition("/")[2]
    assert len(token) >= 22  # 128 bits in base64
    with account_of(portal.world, "daan") as (_, account):
        assert account.recovery_hash is not None and token not in account.recovery_hash


def test_recovery_is_no_way_round_the_second_factor(portal: Portal) -> None:
    url = new_link(portal.world, "eva")
    browser = portal.world.browser()
    browser.open(url)
    assert choose_new(browser, NEW).heading == DONE
    page = give(at_password(portal, VERGUNNING), "eva.maas", NEW)
    assert page.heading == "Vul de code uit uw app in"


def test_A_16_a_new_password_ends_what_the_old_one_opened(portal: Portal) -> None:
    code = portal.heard(log_in(portal, "daan"))["code"]
    access = portal.tokens(code)["access_token"]
    assert portal.userinfo(access).status == 200
    url = new_link(portal.world)
    browser = portal.world.browser()
    browser.open(url)
    assert choose_new(browser, NEW).heading == DONE
    assert portal.userinfo(access).status == 401


def test_mail_to_one_person_is_limited_and_the_page_does_not_tell(portal: Portal) -> None:
    before = len(links(portal.world))
    pages = [ask(portal.world, "daan.kuipers") for _ in range(8)]
    assert {(page.status, page.heading) for page in pages} == {(200, SENT)}
    assert len(links(portal.world)) - before == 5


def test_asking_for_many_from_one_network_is_limited(portal: Portal) -> None:
    browser = portal.world.browser()
    statuses = [ask(portal.world, f"naam{number}", browser).status for number in range(31)]
    assert (statuses[0], statuses[-1]) == (200, 429)


def test_asking_for_nothing_says_what_to_fill_in(portal: Portal) -> None:
    page = ask(portal.world, "")
    assert page.status == 422 and "Vul eerst iets in" in page.text


def test_A_15_an_address_with_a_line_end_sends_nothing(portal: Portal) -> None:
    before = len(portal.world.deliver_mail())
    assert ask(portal.world, "daan@voorbeeld.example\r\nBcc: a@b.example").heading == SENT
    assert len(portal.world.deliver_mail()) == before
    ask(portal.world, "daan@voorbeeld.example")
    assert len(portal.world.deliver_mail()) == before + 1
