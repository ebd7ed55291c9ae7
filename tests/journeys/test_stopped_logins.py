"""A login that stands before a page that says what is missing: whoever calls from there is helped
at once, and however the user leaves, the reason stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from admin.cli.tracing import explain_login
from broker.journey.expiry import end_expired
from sandbox.browser import Browser, Page
from state import trace
from state.trace import NOT_BEGUN, TraceRecord
from tests.world import World, make_world

BODEM = "Meldportaal Bodem"
LOZING = "Lozing melden"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
CANCEL = "Annuleer en ga terug naar"
BACK = "Ga terug naar Bronhouderportaal"
OTHER = {"mandate": "Kies een andere makelaar", "level": "Log in met een ander inlogmiddel"}
STOPS = {
    "mandate": ("fatima", LOZING, "Veerhuis", "mandate", "mandate_missing"),
    "means": ("bas", LOZING, "Veerhuis", "means", "means_not_activated"),
    "blocked": ("ali", BODEM, "Brugwacht", "means", "means_blocked"),
    "level": ("piet", LOZING, "Veerhuis", "level", "level_too_low"),
}
every_stop = pytest.mark.parametrize("name", STOPS)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def stand(world: World, name: str) -> tuple[Browser, str]:
    """A browser before the page, and the code on it."""
    person, service, makelaar, *_ = STOPS[name]
    browser = world.browser()
    page = world.walk(service, makelaar, person, browser=browser).run()
    found = CODE.search(page.text)
    assert page.status == 403 and found is not None, page.text
    return browser, found.group()


def all_kept(world: World, code: str) -> list[TraceRecord]:
    with world.session() as session:
        rows = session.query(trace.Trace).filter_by(reference=code.replace("-", "")).all()
        return [trace.record_of(row) for row in rows]


def kept(world: World, code: str) -> list[TraceRecord]:
    """Of the login itself, without pages of error beside it."""
    return [one for one in all_kept(world, code) if one.outcome != NOT_BEGUN]


def wait(world: World, _browser: Browser) -> None:
    world.clock.advance(16 * 60)
    end_expired(world.process)


def go_back(_world: World, browser: Browser) -> None:
    page = browser.page
    assert page is not None
    browser.click(BACK if BACK in page.text else CANCEL)


@every_stop
def test_the_code_is_explained_while_the_caller_looks_at_it(world: World, name: str) -> None:
    _, code = stand(world, name)
    *_, at, reason = STOPS[name]
    (record,) = kept(world, code)
    assert (record.outcome, record.cause) == ("refused", reason)
    assert record.failed is not None and record.steps[record.failed - 1].step == at
    told = "\n".join(explain_login(world.process.settings, code) or [])
    assert "Cause" in told and reason in told


def test_who_cancels_before_the_page_was_refused_all_the_same(world: World) -> None:
    """The panel beside the mandate page says to cancel."""
    browser, code = stand(world, "mandate")
    page = browser.click(CANCEL)
    assert "access_denied" in page.text
    (record,) = kept(world, code)
    assert (record.outcome, record.cause) == ("refused", "mandate_missing")


@every_stop
@pytest.mark.parametrize("leave", [wait, go_back])
def test_however_the_user_leaves_the_reason_stays(
    world: World, name: str, leave: Callable[[World, Browser], None]
) -> None:
    browser, code = stand(world, name)
    leave(world, browser)
    (record,) = kept(world, code)
    assert (record.outcome, record.cause) == ("refused", STOPS[name][-1])
    assert record.steps[-1].step == "ended"


def test_who_finds_another_way_was_not_refused(world: World) -> None:
    browser, code = stand(world, "level")
    browser.click(OTHER["level"])
    browser.click("Polderpoort")
    page = browser.press("person", "noor")
    (choice,) = page.tree.xpath("//button[@name='choice']/@value")
    browser.press("choice", choice)
    assert browser.press("agree", "yes").heading == "U bent ingelogd"
    (record,) = kept(world, code)
    assert (record.outcome, record.cause, record.failed) == ("success", None, None)


def test_who_finds_another_way_and_stops_there_stopped(world: World) -> None:
    browser, code = stand(world, "mandate")
    browser.click(OTHER["mandate"])
    browser.click(CANCEL)
    (record,) = kept(world, code)
    assert record.outcome == "cancelled"


def test_a_refused_answer_is_explained_while_its_page_is_open(world: World) -> None:
    page = world.walk(BODEM, "Polderpoort", "jan", fault="wrong_audience").run()
    found = CODE.search(page.text)
    assert found is not None
    (record,) = kept(world, found.group())
    assert (record.outcome, record.cause) == ("refused", "audience")
    assert page.status == 400
    wait(world, world.browser())
    assert [r.steps[-1].step for r in kept(world, found.group())] == ["ended"]


def late(world: World, browser: Browser) -> Page:
    page = browser.page
    assert page is not None
    return browser.open(page.url.partition("?")[0])


@pytest.mark.parametrize("is_written", [True, False], ids=["written", "not written yet"])
def test_who_comes_late_reads_the_code_of_the_login_and_the_way_back(
    world: World, is_written: bool
) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM)
    world.clock.advance(16 * 60)
    if is_written:
        end_expired(world.process)
    page = late(world, browser)
    assert (page.status, page.heading) == (410, "Inloggen duurde te lang")
    found = CODE.search(page.text)
    assert found is not None and "Ga terug naar Bronhouderportaal" in page.text
    end_expired(world.process)
    (record,) = kept(world, found.group())
    assert (record.outcome, record.reason) == ("expired", "login_expired")


def test_who_comes_late_with_another_browser_hears_nothing_of_the_login(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    address = browser.click(BODEM).url.partition("?")[0]
    world.clock.advance(16 * 60)
    page = world.browser().open(address)
    found = CODE.search(page.text)
    assert page.status == 410 and found is not None
    assert "Bronhouderportaal" not in page.text
    end_expired(world.process)
    assert kept(world, found.group()) == []
    (page_of_error,) = all_kept(world, found.group())
    assert page_of_error.reason == "page_login_unknown"
    assert (page_of_error.client_id, page_of_error.service_uuid) == (None, None)
