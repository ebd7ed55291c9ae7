"""Where links count no more, no list says that what they gave still holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from directory.people import Membership, Role
from sandbox.browser import Browser, Page
from state.db import writing
from tests.broker.portal import set_clock
from tests.journeys.asking_clients import VANDIJK, agree, ask, at_decision, at_office, client_id
from tests.journeys.at_mijn import arrive
from tests.journeys.beheer import HERE, OFFICE, organisation, rows
from tests.world import World


@pytest.fixture
def office(own_world: World) -> Browser:
    set_clock(own_world)
    return at_office(own_world)


def profile(world: World) -> Page:
    """What Mo of the office reads about himself."""
    return arrive(world, "mo", "Zekerweg").click("Mijn gegevens")


@pytest.mark.parametrize("other", [None, AssuranceLevel.EH2_PLUS], ids=["off", "lowered"])
def test_lists_say_that_what_a_link_gave_does_not_count_here(
    own_world: World, office: Browser, other: AssuranceLevel | None
) -> None:
    """At both ends and at the person, whom the office lets act for its clients."""
    world = own_world
    ask(office)
    agree(at_decision(world))
    client = "Boekhouding Van Dijk"
    mine = [row for row in rows(profile(world)) if client in row]
    assert len(mine) == 1
    (row,) = [one for one in rows(office.open(f"{HERE}/klanten")) if client in one]
    assert "Telt hier niet" not in row
    with world.session() as session, writing(session):
        place = client_id(world)
        assert place is not None
        since = world.clock() - timedelta(days=3)
        session.add(
            Membership(
                person_id="sanne", organisation_id=place, role=Role.ADMINISTRATOR, since=since
            )
        )
        for one in session.scalars(select(ChainMandate).where(ChainMandate.by_link)):
            one.valid_until = world.clock() + timedelta(days=20)
    sanne = at_office(world, kvk=VANDIJK)
    assert "Ketenmachtigingen die bijna stoppen" in sanne.open(HERE).text
    object.__setattr__(world.process.settings.mandates, "chain_link_level", other)
    assert not [one for one in rows(profile(world)) if client in one]
    assert "Ketenmachtigingen die bijna stoppen" not in sanne.open(HERE).text
    office = at_office(world)
    (row,) = rows(office.open(f"{HERE}/klanten?stand=off"))
    assert client in row and "Telt hier niet" in row
    assert not [one for one in rows(office.open(f"{HERE}/klanten?stand=active")) if client in one]
    assert "mag nergens meer namens deze klant" in office.open(f"{HERE}/klanten/{place}").text
    sanne = at_office(world, kvk=VANDIJK)
    (row,) = rows(sanne.open(f"{HERE}/ketenmachtigingen?stand=off"))
    assert "Administratiekantoor Yilmaz" in row and "Telt hier niet" in row
    page = sanne.open(f"{HERE}/ketenmachtigingen/{organisation(world, OFFICE)}")
    assert "Mag nergens meer namens" in page.text and "Geef opnieuw" in page.text
    assert "Trek in" in page.text and "Wijzig" not in " ".join(rows(page))
