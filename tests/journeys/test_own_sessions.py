"""Mijn sessies: where somebody is logged in, in which browser, and out of it again: one or all."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from lxml.html import HtmlElement
from pydantic import TypeAdapter
from sqlalchemy import select

from admin.operations.worker import adapter_of
from broker.console.running_sessions import running
from broker.downstream import DownstreamName, LogoutRequest
from broker.sso.grants import Grant
from directory.consoles import BEHEER, MINE
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, GRONDWATER
from state import audit
from state.audit import AuditEvent, EventTag
from tests.deliveries import deliver_due
from tests.journeys.at_mijn import AGAIN, arrive, log_in_again
from tests.operators import at_console, later
from tests.world import ADDRESSES, World

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"
HERE = f"{ADDRESSES.broker}/mijn/sessies"
LIST = "Mijn sessies"
ASKS = "Wilt u overal uitloggen?"
MAKELAAR = "Wie is uw makelaar?"


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


def at_portal(world: World, person: str = "jan", user_agent: str = FIREFOX) -> Browser:
    """A browser with a login at a portal."""
    browser = world.browser()
    browser.user_agent = user_agent
    party = {"sanne": "De Korenmolen"}.get(person)
    walk = world.walk(BODEM.name, "Polderpoort", person, browser=browser, on_behalf_of=party)
    assert walk.run().heading == "U bent ingelogd"
    return browser


def at_mijn(world: World, person: str = "jan", browser: Browser | None = None) -> Browser:
    browser = browser or world.browser()
    browser.user_agent = browser.user_agent or IPHONE
    arrive(world, person, "Polderpoort", browser)
    assert browser.click(LIST).heading == LIST
    return browser


def at_beheer(world: World, browser: Browser | None = None) -> Browser:
    browser = browser or world.browser()
    browser.open(f"{ADDRESSES.broker}/beheer")
    browser.click("Polderpoort")
    assert is_at_beheer(browser.press("person", "sanne"))
    return browser


def is_at_beheer(page: Page) -> bool:
    return page.status == 200 and page.url.startswith(f"{ADDRESSES.broker}/beheer")


def rows(page: Page) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]


def row_of(page: Page, words: str) -> HtmlElement:
    (found,) = [row for row in page.tree.xpath("//tbody/tr") if words in row.text_content()]
    return found


def end(browser: Browser, words: str) -> Page:
    """Press the button in the row with these words."""
    assert browser.page is not None
    form = next(row_of(browser.page, words).iter("form"))
    return browser.post(ADDRESSES.broker + str(form.get("action")), list(form.form_values()))


def is_logged_in(world: World, browser: Browser) -> bool:
    """Does this browser's session answer at another service?"""
    address = f"{world.demo.addresses.portal}/login/bronhouderportaal/{GRONDWATER.uuid}"
    return browser.open(address).heading != MAKELAAR


def told_to_portals(world: World) -> int:
    parts = world.process
    deliver_due(parts.sessions, parts.sealer, adapter_of(parts), parts.clock)
    found = world.wire.request("GET", f"{world.demo.addresses.portal}/ended").json()
    return len(list(found))


def events(world: World) -> Sequence[AuditEvent]:
    with world.session() as session:
        return list(audit.recent(session, tags=(EventTag.SESSION_ENDED,)))


def test_a_person_sees_each_browser_since_when_and_where(world: World) -> None:
    at_portal(world)
    at_portal(world, "sanne")
    page = at_mijn(world).page
    assert page is not None
    here, elsewhere = rows(page)
    for words in ("Safari op iPhone", "Deze browser", "Mijn inlogmiddelen", "via Polderpoort"):
        assert words in here
    for words in ("Firefox op Windows", BODEM.name, "via Polderpoort"):
        assert words in elsewhere
    assert "Deze browser" not in elsewhere
    moments = re.findall(r"\d{1,2} \w+ \d{4}", elsewhere)
    assert len(moments) >= 2, "since when, and when it was used"
    assert "Mozilla" not in page.answer.body.decode()


def test_a_browser_that_does_not_say_what_it_is_has_a_name_too(world: World) -> None:
    at_portal(world, user_agent="")
    page = at_mijn(world).page
    assert page is not None and "Onbekende browser" in rows(page)[1]


def test_one_session_ends_and_the_others_do_not(world: World) -> None:
    away, other = at_portal(world), at_portal(world, user_agent=IPHONE.replace("iPhone", "iPad"))
    browser = at_mijn(world)
    page = end(browser, "Firefox op Windows")
    assert page.heading == LIST and "De sessie is beëindigd" in page.text
    assert len(rows(page)) == 2
    assert not is_logged_in(world, away)
    assert is_logged_in(world, other)
    assert told_to_portals(world) == 1
    (event,) = events(world)
    assert (event.person_id, event.reason) == ("jan", "ended_by_owner")


def test_a_session_at_a_console_ends_the_same_way(world: World) -> None:
    console = at_beheer(world)
    browser = at_mijn(world, "sanne")
    assert "Beheer" in rows(browser.open(HERE))[1]
    end(browser, "Onbekende browser")
    assert console.open(f"{ADDRESSES.broker}/beheer").heading == MAKELAAR
    (event,) = events(world)
    assert (event.client_id, event.reason) == (BEHEER.client_id, "ended_by_owner")
    assert len(rows(browser.open(HERE))) == 1


def test_who_logs_out_everywhere_is_out_of_portals_and_consoles_and_of_this_browser(
    world: World,
) -> None:
    away, console = at_portal(world, "sanne"), at_beheer(world)
    others = at_portal(world, "jan")
    browser = at_mijn(world, "sanne", at_portal(world, "sanne", IPHONE))
    assert browser.click("Log overal uit").heading == ASKS
    assert browser.page is not None and "4 sessies" in browser.page.text
    page = browser.click("Log overal uit")
    assert page.heading == "U bent uitgelogd" and BODEM.name in page.text
    for name in ("__Host-sluis-session", MINE.cookie):
        assert name not in browser.cookies(ADDRESSES.broker)
    assert browser.open(HERE).heading == MAKELAAR
    assert not is_logged_in(world, browser)
    assert not is_logged_in(world, away)
    assert console.open(f"{ADDRESSES.broker}/beheer").heading == MAKELAAR
    assert is_logged_in(world, others)  # somebody else
    assert told_to_portals(world) == 2
    assert {one.reason for one in events(world)} == {"logged_out_everywhere"}
    assert len(events(world)) == 4
    with world.session() as session:
        standing = select(Grant.person_id).where(Grant.revoked_at.is_(None))
        assert set(session.scalars(standing)) == {"jan"}


def test_who_logs_out_elsewhere_stays_here(world: World) -> None:
    away, console = at_portal(world, "sanne"), at_beheer(world)
    browser = at_mijn(world, "sanne", at_portal(world, "sanne", IPHONE))
    browser.click("Log overal uit")
    page = browser.click("Log alleen andere browsers uit")
    assert page.heading == LIST and "U bent in andere browsers uitgelogd" in page.text
    assert len(rows(page)) == 2 and all("Deze browser" in row for row in rows(page))
    assert is_logged_in(world, browser)
    assert not is_logged_in(world, away)
    assert console.open(f"{ADDRESSES.broker}/beheer").heading == MAKELAAR
    assert told_to_portals(world) == 1


def test_ending_the_session_that_looks_is_logging_out(world: World) -> None:
    browser = at_mijn(world)
    assert end(browser, "Safari op iPhone").heading == "U bent uitgelogd"
    assert MINE.cookie not in browser.cookies(ADDRESSES.broker)
    assert browser.open(HERE).heading == MAKELAAR


def test_a_session_of_somebody_else_cannot_be_ended_by_who_knows_its_id(world: World) -> None:
    others = at_portal(world)
    with world.session() as session:
        (theirs,) = running(session, world.process, person_id="jan")
    browser = at_mijn(world, "sanne")
    assert browser.page is not None
    form = next(f for f in browser.page.forms if str(f.get("action")).endswith("/uit"))
    page = browser.post(f"{HERE}/{theirs.id}/uit", list(form.form_values()))
    assert "Deze sessie was al beëindigd" in page.text  # and nothing about whose it is
    assert is_logged_in(world, others)
    own = at_mijn(world, "jan")  # the good twin
    end(own, "Firefox op Windows")
    assert not is_logged_in(world, others)


def test_a_session_that_ended_meanwhile_ends_no_second_time(world: World) -> None:
    at_portal(world)
    first, second = at_mijn(world), at_mijn(world)
    end(first, "Firefox op Windows")
    assert "Deze sessie was al beëindigd" in end(second, "Firefox op Windows").text
    assert told_to_portals(world) == 1


@pytest.mark.parametrize("path", ["/overal", "/{id}/uit"])
def test_another_site_ends_nothing(world: World, path: str) -> None:
    away = at_portal(world)
    with world.session() as session:
        (one,) = running(session, world.process, person_id="jan")
    browser = at_mijn(world)
    browser.open(f"{ADDRESSES.portal}/")
    assert browser.post(HERE + path.format(id=one.id), []).status == 400
    assert is_logged_in(world, away)


def long_at_mijn(world: World) -> Browser:
    """Jan logged in at /mijn eleven minutes ago."""
    with later(world, minutes=-11):
        browser = at_console(world, "jan", MINE)
    assert browser.open(HERE).heading == LIST
    return browser


def test_a_login_of_eleven_minutes_ago_ends_nothing_but_itself(world: World) -> None:
    away = at_portal(world)
    browser = long_at_mijn(world)
    page = end(browser, "Firefox op Windows")
    assert (page.status, page.heading) == (403, AGAIN)
    assert is_logged_in(world, away)
    assert browser.open(f"{HERE}/overal").heading == AGAIN
    browser.open(HERE)
    assert end(browser, "Deze browser").heading == "U bent uitgelogd"


def test_who_had_to_log_in_again_for_one_session_comes_back_to_the_list(world: World) -> None:
    away = at_portal(world)
    browser = long_at_mijn(world)
    end(browser, "Firefox op Windows")
    assert log_in_again(browser, "jan", "Polderpoort").heading == LIST
    end(browser, "Firefox op Windows")
    assert not is_logged_in(world, away)


def test_who_had_to_log_in_again_for_all_comes_back_to_that_question(world: World) -> None:
    away = at_portal(world)
    browser = at_mijn(world)
    page = browser.open(f"{HERE}/overal")
    form = next(f for f in page.forms if str(f.get("action")).endswith("/overal"))
    fields = list(form.form_values())
    with later(world, minutes=11):
        assert browser.post(f"{HERE}/overal", fields).heading == AGAIN
        assert is_logged_in(world, away)
    browser = long_at_mijn(world)
    browser.open(f"{HERE}/overal")
    assert log_in_again(browser, "jan", "Polderpoort").heading == ASKS
    browser.click("Log overal uit")
    assert not is_logged_in(world, away)


def test_a_session_that_was_not_used_for_long_is_shown_for_what_a_portal_may_hold(
    world: World,
) -> None:
    at_portal(world)
    with later(world, minutes=world.process.settings.sessions.idle_minutes + 1):
        browser = at_console(world, "jan", MINE)
        page = browser.open(HERE)
        assert "Bij een dienst kunt u nog ingelogd zijn" in rows(page)[1]
        end(browser, "Firefox op Windows")
        assert len(rows(browser.open(HERE))) == 1
        assert [one.reason for one in events(world)] == ["ended_by_owner"]


def test_a_console_that_was_not_used_for_long_is_not_shown(world: World) -> None:
    minutes = world.process.settings.login.session_idle_minutes
    with later(world, minutes=-minutes - 1):
        at_beheer_before = at_console(world, "jan", BEHEER)
    browser = at_console(world, "jan", MINE)
    assert len(rows(browser.open(HERE))) == 1
    with later(world, minutes=-minutes + 1):
        at_console(world, "jan", BEHEER)
    assert len(rows(browser.open(HERE))) == 2  # the good twin
    assert at_beheer_before.open(f"{ADDRESSES.broker}/beheer").heading == MAKELAAR


def test_who_logs_in_again_at_a_console_ends_what_the_earlier_cookie_opened(world: World) -> None:
    browser = long_at_mijn(world)
    thief = browser.duplicate()
    assert thief.open(HERE).heading == LIST
    assert browser.open(f"{HERE}/overal").heading == AGAIN
    log_in_again(browser, "jan", "Polderpoort")
    assert thief.open(HERE).heading == MAKELAAR
    page = browser.open(HERE)
    assert len(rows(page)) == 1 and "Deze browser" in rows(page)[0]
    (event,) = events(world)
    assert (event.reason, event.client_id) == ("replaced", MINE.client_id)


@pytest.mark.parametrize("also_at_portal", [True, False])
def test_logging_out_here_ends_the_consoles_of_this_browser_and_of_no_other(
    world: World, also_at_portal: bool
) -> None:
    browser = at_beheer(world, at_portal(world, "sanne") if also_at_portal else None)
    at_mijn(world, "sanne", browser)
    other = at_beheer(world)
    page = browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert page.heading == ASKS and "Sanne" in page.text
    assert "Beheer" in page.text and "Mijn inlogmiddelen" in page.text
    page = browser.click("Log overal uit")
    assert page.heading == "U bent uitgelogd" and "Beheer" in page.text
    kept = browser.cookies(ADDRESSES.broker)
    assert not {BEHEER.cookie, MINE.cookie, "__Host-sluis-session"} & set(kept)
    assert browser.open(f"{ADDRESSES.broker}/beheer").heading == MAKELAAR
    assert is_at_beheer(other.open(f"{ADDRESSES.broker}/beheer"))


def test_a_thief_of_a_console_cookie_is_out_when_its_owner_logs_out(world: World) -> None:
    browser = at_beheer(world)
    thief = browser.duplicate()
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    browser.click("Log overal uit")
    assert thief.open(f"{ADDRESSES.broker}/beheer").heading == MAKELAAR


def test_a_portal_that_logs_its_user_out_without_a_page_ends_the_consoles_here_too(
    world: World,
) -> None:
    browser = at_beheer(world, at_portal(world, "sanne"))
    rt, portal = world.runtime, world.runtime.configuration.relying_parties["bronhouderportaal"]
    with world.session() as session:
        (found,) = [one for one in running(session, world.process) if not one.is_console]
    shown = rt.downstreams[DownstreamName.OIDC].session_id(portal, found.id)  # in its ID token
    asked = LogoutRequest(portal.client_id, shown)
    rt.store.put("logout:handle", TypeAdapter(LogoutRequest).dump_json(asked), 60)
    page = browser.open(f"{ADDRESSES.broker}/uitloggen?asked=handle")
    assert page.heading == "U bent uitgelogd" and "Beheer" in page.text
    assert browser.open(f"{ADDRESSES.broker}/beheer").heading == MAKELAAR


def test_the_page_of_logging_out_here_leads_to_what_runs_elsewhere(world: World) -> None:
    browser = at_portal(world)
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert browser.click("Bekijk waar u nog meer bent ingelogd").heading == MAKELAAR
    browser.click("Polderpoort")
    assert browser.press("person", "jan").heading == LIST
    browser.click("Mijn logins")
    assert browser.click("Log overal uit").heading == ASKS


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_is_there_in_both_languages(world: World, language: str) -> None:
    at_portal(world)
    browser = world.browser(language)
    browser.user_agent = IPHONE
    browser.open(HERE)
    browser.click("Polderpoort")
    page = browser.press("person", "jan")
    words: dict[str, Sequence[str]] = {
        "nl": ("Mijn sessies", "Firefox op Windows", "Deze browser"),
        "en": ("My sessions", "Firefox on Windows", "This browser"),
    }
    assert all(word in page.text for word in words[language])
