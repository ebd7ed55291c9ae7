"""Mijn gegevens: what we know of the person, who told us, and for whom they act."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from consent import requests
from consent.mandates import Mandate
from consent.requests import RequestState
from directory.people import Person
from sandbox.browser import Page
from sandbox.prepare import password
from state.db import writing
from tests.broker.account_logins import give, user_name
from tests.journeys.at_mijn import arrive
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn"


def profile(world: World, person: str = "jan", makelaar: str = "Polderpoort") -> Page:
    return arrive(world, person, makelaar).click("Mijn gegevens")


def person_row(world: World, person: str) -> Person:
    with world.session() as session:
        return session.get_one(Person, person)


def rows(page: Page, table: str) -> list[str]:
    found = page.tree.xpath(f"//table[@aria-labelledby='{table}']/tbody/tr")
    return [" ".join(row.text_content().split()) for row in found]


def test_a_login_at_mijn_begins_at_the_profile(own_world: World) -> None:
    browser = own_world.browser()
    assert browser.open(HERE).heading == "Wie is uw makelaar?"
    browser.click("Polderpoort")
    assert browser.press("person", "jan").heading == "Mijn gegevens"


def test_a_person_reads_name_address_level_and_makelaars(own_world: World) -> None:
    known = person_row(own_world, "jan")
    page = profile(own_world)
    assert page.heading == "Mijn gegevens"
    assert known.display_name in page.text and str(known.email) in page.text
    assert "Nu ingelogd metEH3" in " ".join(page.text.split())
    (way, *_others) = rows(page, "makelaars")
    assert "Polderpoort" in way


def test_an_account_of_ours_is_shown_with_its_user_name(own_world: World) -> None:
    browser = own_world.browser()
    browser.open(HERE)
    browser.press("method", "account")
    page = give(browser, user_name("eva"), password(own_world.demo, "eva"))
    assert page.heading == "Mijn gegevens"
    assert any(user_name("eva") in way and "EH3" in way for way in rows(page, "makelaars"))
    assert "Niet bekend" not in page.text


def test_only_mandates_that_stand_are_shown_with_their_end(own_world: World) -> None:
    world = own_world
    before = rows(profile(world, "sanne"), "namens")
    assert any("De Korenmolen" in row for row in before)
    with world.session() as session, session.begin():
        ended = world.clock() - timedelta(days=1)
        session.execute(
            update(Mandate).where(Mandate.person_id == "sanne").values(revoked_at=ended)
        )
    page = profile(world, "sanne")
    assert not rows(page, "namens") and "Bij ons staat geen machtiging op uw naam" in page.text


def test_who_has_no_address_reads_what_that_means(own_world: World) -> None:
    world = own_world
    with world.session() as session, session.begin():
        session.execute(update(Person).where(Person.id == "jan").values(email=None))
    assert "krijgt u geen berichten" in profile(world).text


def test_another_person_is_not_on_it(own_world: World) -> None:
    others = person_row(own_world, "sanne")
    page = profile(own_world)
    assert others.display_name not in page.text and str(others.email) not in page.text


def test_who_works_at_an_intermediary_reads_the_clients(own_world: World) -> None:
    page = profile(own_world, "mo", "Zekerweg")
    found = rows(page, "klanten")
    assert len(found) == 2 and all("via Administratiekantoor Yilmaz" in row for row in found)
    assert rows(profile(own_world), "klanten") == []


def test_more_time_is_asked_of_the_administrators_once(own_world: World) -> None:
    world = own_world
    with world.session() as session, writing(session):
        session.execute(
            update(Mandate)
            .where(Mandate.person_id.in_(["els", "roos"]))
            .values(valid_until=world.clock() + timedelta(days=30))
        )
    browser = arrive(world, "els", "Polderpoort")
    browser.click("Mijn gegevens")
    page = browser.click("Vraag verlenging")
    assert "Wij vroegen uw beheerder om verlenging" in page.text
    browser.click("Vraag verlenging")
    mails = [m for m in world.deliver_mail() if m["subject"].startswith("Verzoek: machtiging")]
    assert {m["recipient"] for m in mails} and len(mails) == len({m["recipient"] for m in mails})
    with world.session() as session:
        asked = requests.of_person(session, "els")
    assert [one.state for one in asked] == [RequestState.OPEN]
    browser = arrive(world, "roos", "Brugwacht")
    browser.click("Mijn gegevens")
    page = browser.click("Vraag verlenging")
    assert "Log eerst hoger in" in page.text, "nobody asks above the own level"
