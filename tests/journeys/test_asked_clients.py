"""What becomes of requests for chain mandates, as both read it: what stands of it, what nobody can
answer any more, and what is not sent again.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from consent import chains
from directory.consoles import BEHEER
from directory.people import Membership, Role
from sandbox.browser import Browser
from state.db import writing
from tests.broker.portal import set_clock
from tests.journeys.asking_clients import (
    EMAIL,
    GONE,
    GRONDWATER,
    VANDIJK,
    agree,
    ask,
    at_decision,
    at_office,
    find_client,
    links,
    requests_of,
    revocation_links,
    standing,
)
from tests.journeys.beheer import (
    BAKERY,
    BODEM,
    GARDEN,
    HERE,
    OFFICE,
    enter,
    organisation,
    rows,
    send,
)
from tests.operators import at_console, later
from tests.world import World


@pytest.fixture
def office(own_world: World) -> Browser:
    set_clock(own_world)
    return at_office(own_world)


def test_codes_of_one_request_run_out(own_world: World, office: Browser) -> None:
    """Who has the link and not the mail does not go on guessing for as long as it waits."""
    world = own_world
    ask(office)
    client = world.browser()
    client.open(links(world)[0])
    client.click("Ga verder")
    for hour in range(9):
        with later(world, hours=2 * (hour + 1)):
            assert client.click("Stuur een nieuwe code").status == 200
    with later(world, hours=23):
        page = client.click("Stuur een nieuwe code")
    assert page.status == 429 and "geen code meer" in page.text


def test_the_list_says_what_stands_of_what_was_asked(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office, VANDIJK, EMAIL, BODEM, GRONDWATER)
    agree(at_decision(world))
    page = office.open(f"{HERE}/klantverzoeken")
    assert "Ingewilligd" in page.text and "Deels" not in rows(page)[0]
    with world.session() as session, writing(session):
        one = next(one for one in standing(world) if one.service_uuid == GRONDWATER)
        session.get_one(type(one), one.id).revoked_at = world.clock()
    (row,) = rows(office.open(f"{HERE}/klantverzoeken"))
    assert "Deels ingewilligd" in row and "Meldportaal Bodem tot en met" in row
    client = world.browser()
    client.open(revocation_links(world)[0])
    client.click("Trek alles in")
    (row,) = rows(office.open(f"{HERE}/klantverzoeken"))
    assert "Ingewilligd, geldt niet meer" in row


def test_taking_back_says_what_another_link_still_gives(own_world: World, office: Browser) -> None:
    world = own_world
    for service in (BODEM, GRONDWATER):
        ask(office, VANDIJK, EMAIL, service)
        agree(at_decision(world))
    first, second = (
        next(url for url in revocation_links(world) if name in world.browser().open(url).text)
        for name in ("Meldportaal Bodem", "Grondwateronttrekking")
    )
    client = world.browser()
    client.open(first)
    page = client.click("Trek alles in")
    assert page.heading == GONE and "Wat nog wel mag" in page.text
    assert "Grondwateronttrekking" in page.text
    client.open(second)
    assert "Wat nog wel mag" not in client.click("Trek alles in").text and not standing(world)


def test_a_request_of_who_left_is_nothing_to_do(own_world: World, office: Browser) -> None:
    """It cannot be opened, so it is not counted either; the intermediary reads why."""
    world = own_world
    with world.session() as session, writing(session):
        place = Membership(
            person_id="jan",
            organisation_id=organisation(world, OFFICE),
            role=Role.ADMINISTRATOR,
            since=world.clock() - timedelta(days=3),
        )
        session.add(place)
    ask(office, GARDEN, "iemand@groenrijk.example", GRONDWATER)
    with world.session() as session, writing(session):
        query = session.query(Membership).filter_by(
            person_id="sanne", organisation_id=organisation(world, OFFICE)
        )
        query.one().until = world.clock()
    sanne = at_console(world, "sanne", BEHEER)
    assert "Intermediairs die voor u willen" not in enter(world, sanne, GARDEN).text
    jan = at_office(world, "jan")
    (row,) = rows(jan.open(f"{HERE}/klantverzoeken"))
    assert "Kan niet meer worden beantwoord" in row and "geen beheerder meer" in row
    jan.click("Stuur opnieuw: Hoveniersbedrijf Groenrijk")
    (row,) = rows(jan.open(f"{HERE}/klantverzoeken"))
    assert "Wacht op antwoord" in row
    assert "Intermediairs die voor u willen" in enter(world, sanne, GARDEN).text


def test_another_intermediary_is_given_what_it_did_not_ask(
    own_world: World, office: Browser
) -> None:
    """Who changes the intermediary in the steps answers no request, and loses nothing."""
    world = own_world
    ask(office, GARDEN, "iemand@groenrijk.example", GRONDWATER)
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne, GARDEN)
    page = sanne.click("Behandel het verzoek van Administratiekantoor Yilmaz B.V.")
    if "Log in met EH3" in page.text:
        sanne.click("Log in met EH3")
        sanne.click("Polderpoort")
        sanne.press("person", "sanne")
    page = sanne.click("Geef de ketenmachtigingen")
    draft = page.url.rpartition("/")[0]
    sanne.open(f"{draft}/intermediair")
    send(sanne, f"{draft}/intermediair", ("kvk", BAKERY))
    sanne.open(f"{draft}/controle")
    page = sanne.click("Leg 1 ketenmachtiging vast")
    assert "al over beslist" not in page.text
    with world.session() as session:
        found = chains.of_client(
            session,
            organisation(world, GARDEN),
            world.clock(),
            intermediary_id=organisation(world, BAKERY),
        )
    assert [one.service_uuid for one in found] == [GRONDWATER]
    assert requests_of(world)[0].outcome is None, "what the office asks still waits"


def test_an_address_is_asked_where_a_link_goes_to_it(own_world: World, office: Browser) -> None:
    world = own_world
    page = find_client(office, VANDIJK, "")
    assert page.status == 422 and "Vul het e-mailadres in" in page.text
    assert "Boekhouding Van Dijk" in page.text and "Ja, verder naar diensten" not in page.text
    draft = page.url.rpartition("/")[0]
    page = office.open(f"{draft}/diensten")
    assert page.url.endswith("/klant") and "Vul dat e-mailadres hieronder in" in page.text
    office.fill("email", EMAIL)
    page = office.click("Zoek dit bedrijf")
    assert f"Wij sturen een link naar {EMAIL}" in page.text
    assert office.click("Ja, verder naar diensten").status == 200
    page = ask(office, GARDEN, "", GRONDWATER)
    assert "Het verzoek is verstuurd" in page.text, "an administrator decides there"
    assert requests_of(world)[-1].email == ""


def test_the_level_of_a_chain_says_why_it_is_higher_than_the_service(
    own_world: World, office: Browser
) -> None:
    find_client(office)
    page = office.click("Ja, verder naar diensten")
    labels = [" ".join(one.text_content().split()) for one in page.tree.xpath("//label")]
    raised = [one for one in labels if "De dienst zelf vraagt" in one]
    assert raised and all("een ketenmachtiging is hier minstens EH3" in one for one in raised)
    assert len(raised) < len([one for one in labels if "EH" in one]), "not of those that ask it"


def test_who_lost_its_administrator_is_asked_anew_with_an_address(
    own_world: World, office: Browser
) -> None:
    world = own_world
    ask(office, GARDEN, "", GRONDWATER)
    with world.session() as session, writing(session):
        query = session.query(Membership).filter_by(organisation_id=organisation(world, GARDEN))
        for place in query:
            place.until = world.clock()
    office.open(f"{HERE}/klantverzoeken")
    page = office.click("Stuur opnieuw: Hoveniersbedrijf Groenrijk")
    assert "Deze klant heeft hier geen beheerder meer" in page.text
    assert len(requests_of(world)) == 1
