"""User groups: everybody in one may act for all its companies and sees the logins of the others;
who leaves may no more, at the next token; the last administrator stays.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from admin.actor import COMMAND_LINE
from admin.people import erasure
from assurance.levels import AssuranceLevel
from broker.sso.grants import Grant
from directory import groups
from directory.consoles import BEHEER
from directory.dates import day_of
from directory.groups import GroupMember, UserGroup
from directory.organisations import Organisation
from directory.people import Membership, Person
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.journeys.beheer import (
    BAKERY,
    GARDEN,
    HERE,
    OFFICE,
    enter,
    held,
    organisation,
    rows,
    send,
    token,
)
from tests.journeys.joining import mails
from tests.operators import at_console, later
from tests.world import World, make_world


def sanne(world: World, kvk: str = BAKERY) -> Browser:
    browser = at_console(world, "sanne", BEHEER)
    enter(world, browser, kvk)
    return browser


def make(world: World, short_name: str = "molen", kvk: str = BAKERY) -> Browser:
    """Sanne, at the page of her new group."""
    browser = sanne(world, kvk)
    browser.open(f"{HERE}/groepen")
    browser.click("Maak een groep")
    browser.fill("kortenaam", short_name)
    browser.fill("naam", "De Molen")
    browser.click("Maak de groep")
    return browser


def add(browser: Browser, person: str, role: str = "member") -> Page:
    """From the page of the group."""
    browser.click("Voeg groepslid toe")
    browser.fill("gebruiker", person)
    browser.fill("rol", role)
    return browser.click("Voeg toe")


def address(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.url.partition("?")[0]


def test_a_group_acts_for_its_companies_and_a_member_who_left_does_not(own_world: World) -> None:
    world = own_world
    before = {row.id for row in held(world, "fatima")}
    browser = make(world)
    assert browser.page is not None and "De groep is gemaakt" in browser.page.text
    assert any("Sanne Bakker" in row and "Beheerder" in row for row in rows(browser.page))
    page = add(browser, "fatima")
    assert "Het groepslid is toegevoegd" in page.text
    (given,) = [row for row in held(world, "fatima") if row.id not in before]
    assert (given.service_uuid, given.level) == (None, AssuranceLevel.EH2_PLUS)
    (mail,) = [one for one in mails(world, "fatima@voorbeeld.example") if "groep" in one["subject"]]
    assert mail["subject"] == "U zit in de groep De Molen" and "Bakkerij" in mail["text"]
    walk = world.walk("Lozing melden", "Veerhuis", "fatima")
    walk.run()
    assert standing(world, "fatima"), "the portal holds what this login gave"
    page = browser.click("Bekijk de logins")
    assert any("Fatima Bouzid" in row and "Bakkerij" in row for row in rows(page))
    history, today = address(browser), day_of(world.clock()).isoformat()
    for query, is_there in (
        ("?wie=fatima", True),
        ("?wie=sanne", False),
        ("?wie=mo", False),  # in no way of this group
        (f"?van={today}", True),
        ("?tot=2020-01-01", False),
        ("?van=gisteren", False),
        (f"?na={'0' * 26}", False),
    ):
        found = [row for row in rows(browser.open(history + query)) if "Fatima Bouzid" in row]
        assert bool(found) is is_there, query
    file = browser.post(f"{history}/lijst", [("csrf_token", token(page)), ("layout", "csv")])
    assert "Fatima Bouzid" in file.answer.body.decode("utf-8-sig")
    browser.open(history.removesuffix("/logins"))
    page = browser.click("Verwijder Fatima Bouzid")
    assert "Het groepslid is verwijderd" in page.text
    assert {row.id for row in held(world, "fatima")} == before
    assert not standing(world, "fatima"), "what the portal holds ended with it"
    assert any(
        "niet meer in de groep" in one["subject"]
        for one in mails(world, "fatima@voorbeeld.example")
    )
    with world.session() as session:
        tags = {one.tag for one in audit.recent(session, limit=50)}
    assert {
        EventTag.GROUP_MADE,
        EventTag.GROUP_MEMBER_ADDED,
        EventTag.GROUP_MEMBER_REMOVED,
        EventTag.MANDATE_GRANTED,
        EventTag.MANDATE_REVOKED,
    } <= tags


def test_a_company_is_brought_in_and_taken_out_for_everybody(own_world: World) -> None:
    world = own_world
    browser = make(world)
    place = address(browser)
    add(browser, "piet")
    enter(world, browser, GARDEN)
    browser.open(place)
    assert browser.click("Breng in").heading == "De Molen"
    assert len(held(world, "piet", GARDEN)) == 1
    page = browser.open(f"{HERE}/groepen")
    assert any("De Molen" in row and " 2 2 " in f" {row} " for row in rows(page))
    enter(world, browser, BAKERY)
    browser.open(place)
    page = browser.click("Haal uit de groep Hoveniersbedrijf Groenrijk")
    assert "Het bedrijf is uit de groep" in page.text
    assert held(world, "piet", GARDEN) == [] and held(world, "piet")
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.GROUP_COMPANY_REMOVED])
    assert event.organisation_id == organisation(world, GARDEN), "whose group lost it reads it"
    browser.fill("naam", "Molen en meer")
    assert browser.click("Wijzig de naam").heading == "Molen en meer"


def test_what_an_administrator_took_back_a_group_does_not_give_again(own_world: World) -> None:
    world = own_world
    browser = make(world)
    place = address(browser)
    add(browser, "piet")
    (given,) = held(world, "piet")
    page = browser.open(f"{HERE}/gebruikers/piet")
    send(browser, f"{HERE}/machtiging/{given.id}/intrekken")
    browser.open(place)
    add(browser, "tim")
    assert held(world, "piet") == []
    page = browser.open(place)
    assert any("Piet Jansen" in row and "0 bedrijven" in row for row in rows(page))


def test_one_account_is_in_one_group(own_world: World) -> None:
    world = own_world
    browser = make(world)
    add(browser, "piet")
    browser.open(f"{HERE}/groepen/nieuw")
    browser.fill("kortenaam", "nog-een")
    browser.fill("naam", "Nog een")
    page = browser.click("Maak de groep")
    assert page.status == 422 and "U zit al in een andere groep" in page.text
    with world.session() as session:
        assert session.scalars(select(UserGroup.short_name)).all() == ["molen"]


def test_M_04_the_last_administrator_of_a_group_stays(own_world: World) -> None:
    world = own_world
    browser = make(world)
    place = address(browser)
    assert "houdt altijd een beheerder" in browser.click("Verlaat de groep").text
    assert "houdt altijd een beheerder" in browser.click("Maak groepslid Sanne Bakker").text
    add(browser, "joost", "administrator")
    assert "De rol is gewijzigd" in browser.click("Maak groepslid Sanne Bakker").text
    page = browser.open(place)
    assert "Verwijder" not in page.text, "who is a member changes nothing"
    assert browser.click("Verlaat de groep").heading == "Groepen"
    with world.session() as session:
        found = session.scalars(select(UserGroup)).one()
        left = groups.members(session, found.id)
    assert [(one.person_id, str(one.role)) for one in left] == [("joost", "administrator")]


def test_M_02_nobody_gives_above_the_own_level_or_with_an_old_login(own_world: World) -> None:
    world = own_world
    browser = make(world)
    place = address(browser)
    with later(world, minutes=11):
        page = add(browser, "piet")
        assert "Log eerst opnieuw in" in page.text and held(world, "piet") == []
    with world.session() as session, session.begin():
        session.execute(update(groups.GroupCompany).values(level=AssuranceLevel.EH3))
    browser = sanne(world)
    browser.open(place)
    page = add(browser, "piet")
    assert "In deze groep geldt niveau EH3" in page.text
    assert held(world, "piet") == []


def test_a_group_of_others_does_not_exist(own_world: World) -> None:
    world = own_world
    place = address(make(world))
    mo = at_console(world, "mo", BEHEER)
    page = mo.open(HERE)
    assert mo.open(place).status == 404 and mo.open(f"{place}/logins").status == 404
    mark = token(mo.open(HERE))
    fields = [("csrf_token", mark), ("layout", "csv")]
    assert mo.post(f"{place}/logins/lijst", fields).status == 404
    for what in ("naam", "leden/sanne/weg", "leden/sanne/rol", "bedrijf/x/weg"):
        assert mo.post(f"{place}/{what}", [("csrf_token", token(page))]).status == 404
    browser = sanne(world, OFFICE)
    assert browser.open(place).status == 200, "who is in it sees it from every company"
    add_page = browser.open(place)
    assert "Voeg groepslid toe" not in add_page.text, "nobody of this company can join yet"
    with world.session() as session:
        query = (
            select(Membership.person_id)
            .join(Organisation)
            .where(Organisation.kvk == OFFICE.replace(" ", ""), Membership.person_id != "sanne")
        )
        other = session.scalars(query).first()
    form = [("csrf_token", token(add_page)), ("gebruiker", other), ("rol", "member")]
    answer = browser.post(f"{place}/lid", form)
    assert other and "Het groepslid is toegevoegd" not in answer.text
    with world.session() as session:
        assert session.scalars(select(GroupMember.person_id)).all() == ["sanne"]


def test_a_member_sees_the_group_and_changes_nothing(own_world: World) -> None:
    world = own_world
    browser = make(world)
    place = address(browser)
    add(browser, "jan")
    jan = at_console(world, "jan", BEHEER)
    page = jan.open(place)
    assert page.status == 200 and "Verwijder" not in page.text
    answer = jan.post(f"{place}/leden/sanne/weg", [("csrf_token", token(page))])
    assert "Alleen een beheerder van de groep" in answer.text
    assert jan.open(f"{place}/logins").status == 200
    assert jan.open(place).status == 200
    assert jan.click("Verlaat de groep").heading == "Groepen"
    with world.session() as session:
        query = select(GroupMember.until).where(GroupMember.person_id == "jan")
        assert session.scalars(query).one() is not None


def test_a_branch_alone_can_be_in_a_group(own_world: World) -> None:
    world = own_world
    browser = sanne(world)
    browser.open(f"{HERE}/groepen/nieuw")
    browser.fill("kortenaam", "noord")
    browser.fill("naam", "Noord")
    choices = browser.page.tree.xpath("//select[@id='vestiging']/option/@value")  # type: ignore[union-attr]
    browser.fill("vestiging", choices[1])
    browser.click("Maak de groep")
    add(browser, "piet")
    (given,) = held(world, "piet")
    assert list(given.branches) == [choices[1]]


def test_several_groups_where_the_setting_allows_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_world(tmp_path_factory.mktemp("world"), joining={"one_group_per_account": False})
    make(world)
    assert make(world, "tweede").page.heading == "De Molen"  # type: ignore[union-attr]
    with world.session() as session:
        assert len(groups.of_person(session, "sanne")) == 2


def forget(world: World, person_id: str) -> None:
    process = world.process
    with world.session() as session, writing(session):
        keyring = process.holder.current.keyring
        erasure.forget(
            session, process.sealer, keyring, person_id, actor=COMMAND_LINE, now=world.clock()
        )


def test_who_is_forgotten_is_in_no_group(own_world: World) -> None:
    world = own_world
    add(make(world), "piet")
    forget(world, "piet")
    with world.session() as session:
        assert groups.of_person(session, "piet") == []
    assert held(world, "piet") == []


def test_M_04_the_last_administrator_of_others_is_not_forgotten(own_world: World) -> None:
    world = own_world
    browser = make(world)
    place = address(browser)
    add(browser, "piet")
    with pytest.raises(erasure.LastOfGroup, match="De Molen"):
        forget(world, "sanne")
    with world.session() as session:
        assert session.get_one(Person, "sanne").display_name == "Sanne Bakker"
        assert len(groups.of_person(session, "sanne")) == 1
    assert held(world, "piet"), "nothing happened"
    browser.open(place)
    browser.click("Verwijder Piet Jansen")
    forget(world, "sanne")
    with world.session() as session:
        assert groups.of_person(session, "sanne") == [], "a group of one goes with it"


def standing(world: World, person: str) -> list[Grant]:
    with world.session() as session:
        query = select(Grant).where(Grant.person_id == person, Grant.revoked_at.is_(None))
        return list(session.scalars(query))
