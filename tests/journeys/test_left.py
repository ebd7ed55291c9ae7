"""Who left a company is told so at the next login; its administrator sees it, and may give anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consent.mandates import Mandate
from directory.consoles import BEHEER
from directory.dates import day_of
from sandbox.portal.clients import LOZING
from state.db import writing
from tests.broker.portal import set_clock
from tests.journeys.at_mijn import arrive
from tests.journeys.beheer import HERE, choose, enter, held, rows
from tests.journeys.test_ended_rights import standing
from tests.journeys.test_person_changes import change
from tests.operators import at_console
from tests.world import World


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def test_M_07_who_left_acts_no_more_until_somebody_gives_it_anew(world: World) -> None:
    assert world.walk(LOZING.name, "Polderpoort", "jan").run().heading == "U bent ingelogd"
    change(world, "jan", organisations=[])
    page = world.walk(LOZING.name, "Polderpoort", "jan").run()
    assert page.heading == f"U mag nog niet inloggen bij {LOZING.name}"
    assert "u hoort niet meer bij deze organisatie" in page.text
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    page = sanne.open(f"{HERE}/gebruikers/jan")
    assert "Jan de Vries hoort niet meer bij uw bedrijf" in page.text
    today = day_of(world.clock()).isoformat()
    page = sanne.open(f"{HERE}/mag-dit?wie=jan&dienst={LOZING.uuid}&dag={today}")
    assert "Wie de machtiging heeft, hoort niet meer bij deze organisatie" in page.text
    choose(sanne, ("jan",), (LOZING.uuid,))
    page = sanne.click("Leg 1 machtiging vast")
    assert page.heading == "1 machtiging is vastgelegd"
    page = world.walk(LOZING.name, "Polderpoort", "jan").run()
    assert page.heading == "U bent ingelogd" and standing(world, "jan")


def test_who_is_here_sees_nothing_of_it(world: World) -> None:
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    assert "hoort niet meer bij" not in sanne.open(f"{HERE}/gebruikers/jan").text


def test_M_07_no_page_says_that_the_mandate_still_holds(world: World) -> None:
    """At the company, where the person looks, in the files, and in what ends soon."""
    soon = world.clock() + timedelta(days=20)
    with world.session() as session, writing(session):
        for row in session.scalars(select(Mandate).where(Mandate.person_id == "jan")):
            row.valid_until = soon
    sanne = at_console(world, "sanne", BEHEER)
    assert any("Jan de Vries" in row for row in rows(enter(world, sanne)))
    change(world, "jan", organisations=[])
    page = enter(world, sanne)
    assert not any("Jan de Vries" in row for row in rows(page)), "nothing to extend"
    page = sanne.open(f"{HERE}/machtigingen?stand=left")
    (row, *others) = rows(page)
    assert "Jan de Vries" in row and "Telt niet meer" in row and "Trek in" in row
    assert all("Jan de Vries" in one for one in others)
    assert "Verleng" not in row and "Wijzig" not in row
    text = sanne.click("Download csv").answer.body.decode("utf-8-sig")
    assert "Jan de Vries" in text and "Telt niet meer: hoort niet meer bij de organisatie" in text
    assert not any("Jan" in one for one in rows(sanne.open(f"{HERE}/machtigingen?stand=soon")))
    (mandate_id, *_others) = [one.id for one in held(world, "jan")]
    page = sanne.open(f"{HERE}/machtiging/{mandate_id}")
    assert "Deze machtiging telt niet meer: Jan de Vries hoort niet meer bij" in page.text
    assert "Wijzig de einddatum" not in page.text
    assert sanne.open(f"{HERE}/machtiging/{mandate_id}/einddatum").status == 404
    jan = at_console(world, "jan", BEHEER)
    page = jan.open(f"{HERE}/mijn")
    assert "mag inloggen" not in page.text, page.text
    page = arrive(world, "jan", "Polderpoort").click("Mijn gegevens")
    found = [row for row in rows(page) if "De Korenmolen" in row]
    assert found and all("u hoort niet meer bij deze organisatie" in one for one in found)
    assert not any("Vraag verlenging" in one for one in found)


def test_beside_one_that_counts_an_earlier_one_is_told_as_past(world: World) -> None:
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    for moment in ("before", "after"):
        choose(sanne, ("jan",), (LOZING.uuid,))
        assert sanne.click("Leg 1 machtiging vast").heading == "1 machtiging is vastgelegd", moment
        if moment == "before":
            world.clock.advance(1)
            change(world, "jan", organisations=[])
            world.clock.advance(1)
    page = arrive(world, "jan", "Polderpoort").click("Mijn gegevens")
    found = [row for row in rows(page) if "De Korenmolen" in row and LOZING.name in row]
    assert len(found) == 1, found
    assert "Een eerdere, geldig tot" in found[0] and "telt niet meer" in found[0]
    assert "u hoort niet meer bij deze organisatie" not in found[0]
