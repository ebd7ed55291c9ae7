"""Mijn toestemmingen: read, withdrawn, and what the withdrawal does to portal and next login."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from consent import register
from consent.register import Consent
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM
from state import audit
from state.audit import EventTag
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.journeys.at_mijn import arrive
from tests.journeys.test_own_sessions import told_to_portals
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn/toestemmingen"
LIST = "Mijn toestemmingen"
CONSENT = "Deze gegevens geven wij door"


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def agree(world: World, person: str = "jan", browser: Browser | None = None) -> Browser:
    """Log in and let it be remembered."""
    browser = browser or world.browser()
    walk = world.walk(BODEM.name, "Polderpoort", person, browser=browser)
    walk.on_behalf_of = "De Korenmolen" if person == "sanne" else None
    walk.remembers = True
    assert walk.run().heading == "U bent ingelogd"
    return browser


def consents_of(world: World, person: str = "jan") -> list[Consent]:
    with world.session() as session:
        return list(session.scalars(select(Consent).where(Consent.person_id == person)))


def rows(page: Page, table: str) -> list[str]:
    found = page.tree.xpath(f"//table[@aria-labelledby='{table}']/tbody/tr")
    return [" ".join(row.text_content().split()) for row in found]


def withdraw(browser: Browser) -> Page:
    browser.open(HERE)
    assert browser.click("Trek in").heading == "Wilt u deze toestemming intrekken?"
    return browser.click("Trek de toestemming in")


def test_a_person_reads_what_leaves_for_which_portal(world: World) -> None:
    agree(world)
    page = arrive(world, "jan", "Polderpoort").click(LIST)
    (row,) = rows(page, "nu")
    for words in (BODEM.name, "Bronhouderportaal", "Pseudoniem", "Niveau"):
        assert words in row
    assert "jan@voorbeeld.example" not in row, "names of data, no values"


def test_a_consent_that_was_withdrawn_is_asked_again_and_stays_on_the_list(world: World) -> None:
    browser = agree(world)
    owner = arrive(world, "jan", "Polderpoort")
    page = withdraw(owner)
    assert page.heading == LIST and "De toestemming is ingetrokken" in page.text
    assert not rows(page, "nu") and len(rows(page, "ingetrokken")) == 1
    assert told_to_portals(world) == 1
    (event,) = _events(world)
    assert event.person_id == "jan" and event.details == {"grants": 1}
    browser.open(f"{world.demo.addresses.portal}/login/bronhouderportaal/{BODEM.uuid}")
    assert browser.press("person", "jan").heading == CONSENT


def test_a_token_that_was_given_before_is_worth_nothing_after(tmp_path: Path) -> None:
    portal = Portal(make_portal_world(tmp_path))
    set_clock(portal.world)
    found = portal.tokens(portal.code("jan", "polderpoort", scope=scope_of(BODEM)))
    token = found["access_token"]
    assert portal.userinfo(token).status == 200
    with portal.world.session() as session, session.begin():
        register.give(
            session,
            person_id="jan",
            client_id=portal.client_id,
            service_uuid=BODEM.uuid,
            shown="0" * 64,
            now=portal.world.clock(),
        )
    withdraw(arrive(portal.world, "jan", "Polderpoort"))
    assert portal.userinfo(token).status == 401


def test_what_was_agreed_to_once_ends_with_its_session_and_the_page_says_so(tmp_path: Path) -> None:
    portal = Portal(make_portal_world(tmp_path))
    set_clock(portal.world)
    token = portal.tokens(portal.code("jan", "polderpoort", scope=scope_of(BODEM)))["access_token"]
    owner = arrive(portal.world, "jan", "Polderpoort")
    page = owner.open(HERE)
    assert not rows(page, "nu") and "Dan gold uw toestemming alleen voor die login" in page.text
    assert portal.userinfo(token).status == 200
    (way,) = page.tree.cssselect("main p a[href$='/mijn/sessies']")
    owner.follow(way)
    (there,) = [
        row for row in owner.page.tree.cssselect("tbody tr") if BODEM.name in row.text_content()
    ]
    owner.follow(there.cssselect("button")[0])
    assert portal.userinfo(token).status == 401


def test_L_07_the_consent_of_another_person_is_not_there(world: World) -> None:
    agree(world, "sanne")
    (given,) = consents_of(world, "sanne")
    thief = agree(world)
    arrive(world, "jan", "Polderpoort", thief)
    thief.open(HERE)
    page = thief.click("Trek in")
    fields = [(n, v) for form in page.forms for n, v in form.form_values() if n == "csrf_token"][:1]
    there = f"{HERE}/{given.id}/intrekken"
    assert thief.open(there).status == 404
    assert thief.post(there, fields).status == 404
    assert consents_of(world, "sanne")[0].withdrawn_at is None
    owner = arrive(world, "sanne", "Polderpoort")  # the good twin
    assert "De toestemming is ingetrokken" in withdraw(owner).text
    assert owner.open(there).status == 404, "once"


def _events(world: World) -> list[audit.AuditEvent]:
    with world.session() as session:
        return audit.recent(session, tags=(EventTag.CONSENT_WITHDRAWN,))
