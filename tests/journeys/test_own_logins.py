"""Mijn logins: what the person did, newest first, in portions, and nothing of anybody else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from assurance.levels import AssuranceLevel
from directory import history
from directory.history import HistoryEntry
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, LOZING
from state.db import writing
from tests.journeys.at_mijn import arrive
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn/logins"


def _rows(page: Page) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]


def _earlier(world: World, person: str, count: int) -> None:
    """As many logins before now, one a day."""
    with world.session() as session, writing(session):
        for days in range(1, count + 1):
            history.record(
                session,
                person_id=person,
                at=world.clock() - timedelta(days=days),
                reference=f"{days:08}",
                client_id="bronhouderportaal",
                service_uuid=BODEM.uuid,
                provider_id="polderpoort",
                outcome="success",
                level=AssuranceLevel.EH3,
                represented="90001201",
            )


def _at_logins(world: World, person: str, makelaar: str = "Polderpoort") -> tuple[Browser, Page]:
    browser = arrive(world, person, makelaar)
    return browser, browser.click("Mijn logins")


def test_a_person_sees_where_and_for_whom_they_logged_in(own_world: World) -> None:
    world = own_world
    world.walk(BODEM.name, "Polderpoort", "jan").run()
    world.walk(LOZING.name, "Veerhuis", "fatima").run()
    _browser, page = _at_logins(world, "jan")
    assert page.heading == "Mijn logins"
    rows = _rows(page)  # at one moment of the clock, so in any order
    assert len(rows) == 2
    console = next(row for row in rows if "Bronhouderportaal" not in row)
    portal = next(row for row in rows if row != console)
    assert "Mijn inlogmiddelen" in console and "Uzelf" in console
    for word in (BODEM.name, "Bronhouderportaal", "De Korenmolen", "Polderpoort", "EH3", "Gelukt"):
        assert word in portal
    assert "Lozing" not in page.text and "Herkent u een login niet?" in page.text


def test_what_did_not_succeed_is_shown_with_its_code(own_world: World) -> None:
    world = own_world
    world.walk(BODEM.name, "Polderpoort", "jan").run()
    browser = world.browser()
    world.walk("Bodemkaart inzien", "Polderpoort", "jan", browser=browser).run()
    browser.click("Annuleer en ga terug naar Bronhouderportaal")
    _browser, page = _at_logins(world, "jan")
    stopped = next(row for row in _rows(page) if "Gestopt" in row)
    with world.session() as session:
        entry = session.scalars(
            select(HistoryEntry).where(HistoryEntry.outcome == "cancelled")
        ).one()
    assert f"{entry.reference[:4]}-{entry.reference[4:]}" in stopped


def test_older_logins_are_on_the_next_pages_each_once(own_world: World) -> None:
    world = own_world
    _earlier(world, "jan", 45)
    browser, page = _at_logins(world, "jan")
    seen = _rows(page)
    assert len(seen) == 20
    seen += _rows(browser.click("Eerdere logins"))
    page = browser.click("Eerdere logins")
    seen += _rows(page)
    assert len(seen) == len(set(seen)) == 46
    assert "Nieuwste logins" in page.text
    assert not page.tree.xpath("//main//a[contains(@href, 'voor=')]")


def test_another_person_has_nothing_of_it(own_world: World) -> None:
    world = own_world
    _earlier(world, "jan", 30)
    with world.session() as session:
        cursor = history.recent(session, "jan")[3].id
    _browser, page = _at_logins(world, "sanne")
    assert "Korenmolen" not in page.text
    browser = arrive(world, "sanne", "Polderpoort")
    for address in (f"{HERE}?voor={cursor}", f"{HERE}?voor=nonsense", f"{HERE}?voor={'z' * 99}"):
        page = browser.open(address)
        assert page.status == 200 and "Er zijn geen eerdere logins." in page.text
    own = arrive(world, "jan", "Polderpoort")  # the good twin
    assert len(_rows(own.open(f"{HERE}?voor={cursor}"))) == 20


def test_without_a_session_a_login_comes_first_and_leads_here(own_world: World) -> None:
    browser = own_world.browser()
    page = browser.open(HERE)
    assert page.heading == "Wie is uw makelaar?"
    browser.click("Polderpoort")
    assert browser.press("person", "jan").heading == "Mijn logins"
